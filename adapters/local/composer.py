"""Where one writes: the input, what is answered and attached, and the completion of commands."""

from collections.abc import Iterable

from nicegui.elements.mixins.text_element import TextElement

from adapters.local.control import CommandHint
from adapters.local.nodes import button, div, icon, named, node, span
from adapters.local.words import PageWords


class Composer:
    """Drawn once; the script in `assets/composer.js` makes it work."""

    def __init__(self, words: PageWords) -> None:
        self._words = words
        with node("footer", "composer"):
            self._completion = self._draw_completion()
            self._draw_reply()
            self._draw_editing()
            div("chips", id="chips")
            with div("line"):
                self._draw_attach()
                self._draw_input()
                label = words("page.send")
                with button("round send", id="send", data_testid="send", aria_label=label, title=label):
                    icon("send")

    def show(self, commands: Iterable[CommandHint]) -> None:
        """Offer these commands."""
        self._completion.clear()
        with self._completion:
            for command in commands:
                with button(
                    "option",
                    id=f"option-{command.name}",
                    data_testid=f"completion-{command.name}",
                    data_option=command.name,
                    role="option",
                    tabindex=-1,
                ):
                    span("option-name", f"/{command.name}")
                    span("option-summary", command.summary)

    def _draw_completion(self) -> TextElement:
        label = self._words("page.commands")
        return div("completion", id="completion", data_testid="completion", role="listbox", aria_label=label)

    def _draw_reply(self) -> None:
        with div("replying", id="replying", data_testid="reply-preview"):
            icon("reply")
            with div("replying-words"):
                named("author", "", id="replying-author")
                named("excerpt", "", id="replying-excerpt")
            with button("round small", data_cancel_reply="1", aria_label=self._words("page.cancel_reply")):
                icon("close")

    def _draw_editing(self) -> None:
        with div("replying", id="editing", data_testid="edit-preview"):
            icon("edit")
            with div("replying-words"):
                span("author", self._words("page.editing"))
                named("excerpt", "", id="editing-excerpt")
            with button("round small", data_cancel_edit="1", aria_label=self._words("page.cancel_edit")):
                icon("close")

    def _draw_attach(self) -> None:
        label = self._words("page.attach")
        with button("round attach", data_attach="1", data_testid="attach", aria_label=label, title=label):
            icon("clip")
        node("input", "file-input", type="file", multiple="multiple", id="file-input", tabindex=-1, aria_hidden="true")

    def _draw_input(self) -> None:
        node(
            "textarea",
            "input",
            id="input",
            data_testid="input",
            rows=1,
            dir="auto",
            placeholder=self._words("page.placeholder"),
            aria_label=self._words("page.placeholder"),
            aria_controls="completion",
            autocomplete="off",
            enterkeyhint="send",
        )
