"""One message of the conversation, as the page draws it."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from nicegui.elements.mixins.text_element import TextElement

from adapters.local.nodes import button, div, icon, link, named, node, span
from adapters.local.parse import was_command
from adapters.local.tables import draw_table
from adapters.local.values import BOT, Message, Person, Piece
from adapters.local.wire import file_url
from adapters.local.words import PageWords
from bot.domain.ids import Role
from bot.domain.messages import File

_FOLD_OVER = 1_500  # characters
_FOLDED = 500
_TOGETHER = timedelta(minutes=10)
_HUES = 8
_NAMED = 20  # people under a reaction


class Shown(msgspec.Struct, kw_only=True):
    """A message and what its place in the conversation makes of it."""

    message: Message
    role: Role  # of its author, now
    reader: str  # the id of who looks
    is_first: bool  # of a group by one author
    quoted: Message | None = None
    is_open: bool = False  # a long text is shown whole
    reactions: TextElement | None = None  # where they are drawn

    @property
    def is_mine(self) -> bool:
        return self.message.author == self.reader


def follows(message: Message, previous: Message | None) -> bool:
    """Whether a message belongs to the group of the one before it."""
    if previous is None or previous.author != message.author or previous.only_for != message.only_for:
        return False
    return datetime.fromisoformat(message.at) - datetime.fromisoformat(previous.at) < _TOGETHER


def looks_like(message: Message, other: Message) -> bool:
    """Whether they differ in their reactions at most."""
    return msgspec.structs.replace(message, reactions=other.reactions, revision=other.revision) == other


class Bubbles:
    """Draws messages."""

    def __init__(self, words: PageWords, people: Mapping[str, Person]) -> None:
        self._words = words
        self._people = people

    def row(self, shown: Shown) -> TextElement:
        message = shown.message
        kind = "mine" if shown.is_mine else "bot" if message.author == BOT else "theirs"
        row = node(
            "article",
            f"message {kind}" + (" first" if shown.is_first else ""),
            data_testid="message",
            data_number=message.number,
            data_author=message.author,
        )
        self.fill(row, shown)
        return row

    def fill(self, row: TextElement, shown: Shown) -> None:
        """Draw a message into its row, anew where it was edited."""
        row.clear()
        shown.reactions = None
        row.props["aria-label"] = f"{self._words.author(shown.message)} {self._time(shown.message)}"
        with row:
            if not shown.is_mine:
                avatar(shown.message.author, self._words.author(shown.message), is_hidden=not shown.is_first)
            with div("stack"):
                if shown.message.is_deleted:
                    self._gone(shown)
                    return
                self._bubble(shown)
                shown.reactions = div("reactions")
                self.fill_reactions(shown)
                self._buttons(shown.message)

    def fill_reactions(self, shown: Shown) -> None:
        """Draw what people have put under a message; the rest of it stays as it is."""
        if shown.reactions is None:
            return
        shown.reactions.clear()
        with shown.reactions:
            for given in shown.message.reactions:
                names = [self._people[id].name if id in self._people else id for id in given.people[:_NAMED]]
                names += ["…"] if len(given.people) > _NAMED else []
                label = self._words("page.reaction", reaction=given.reaction, names=names)
                with button(
                    "reaction",
                    data_testid="reaction",
                    data_react=shown.message.number,
                    data_reaction=given.reaction,
                    title=label,
                    aria_label=label,
                    aria_pressed="true" if shown.reader in given.people else "false",
                ):
                    span("emoji", given.reaction)
                    span("count", str(len(given.people)))

    def _gone(self, shown: Shown) -> None:
        with div("bubble gone"):
            if shown.is_first and not shown.is_mine:
                self._head(shown)
            with div("text"):
                span("words", self._words("page.deleted"), data_testid="message-text")
                self._meta(shown.message)

    def _bubble(self, shown: Shown) -> None:
        message = shown.message
        with div(f"bubble{' only-you' if message.only_for else ''}{' wide' if message.table else ''}"):
            if shown.is_first and not shown.is_mine:
                self._head(shown)
            if message.only_for:
                with div("only-you-note", data_testid="only-you"):
                    icon("eye")
                    span(text=self._words("page.only_you"))
            if message.reply_to is not None:
                self._quote(message.reply_to, shown.quoted)
            for upload in message.files:
                if upload.is_picture:
                    self._picture(upload)
            self._text(shown)
            self._tools(shown)

    def _tools(self, shown: Shown) -> None:
        """What one can do to a message; seen where one points."""
        message, name = shown.message, self._words.author(shown.message)
        with div("tools"):
            if not message.only_for:
                react = self._words("page.react_to", name=name)
                _tool("react", self._words("page.react"), react, data_pick=message.number, aria_haspopup="true")
            reply = self._words("page.reply_to", name=name)
            _tool("reply", self._words("page.reply"), reply, data_reply=message.number)
            if shown.is_mine and not was_command(message):
                _tool("edit", self._words("page.edit"), data_edit=message.number)
            if shown.is_mine:
                _tool("delete", self._words("page.delete"), data_delete=message.number)

    def _head(self, shown: Shown) -> None:
        with div("head"):
            named(f"author {hue(shown.message.author)}", self._words.author(shown.message))
            if shown.message.author == BOT:
                span("badge badge-bot", self._words("page.bot_badge"))
            elif shown.role != "student":
                span(f"badge badge-{shown.role}", self._words(f"page.role_{shown.role}"))

    def _quote(self, number: int, quoted: Message | None) -> None:
        with button(f"quote {hue(quoted.author) if quoted else ''}", data_goto=number if quoted else None):
            if quoted is None:
                span("excerpt", self._words("page.quote_gone"))
                return
            named("author", self._words.author(quoted))
            named("excerpt", self._words.excerpt(quoted))

    def _text(self, shown: Shown) -> None:
        message = shown.message
        is_folded = len(message.text) > _FOLD_OVER and not shown.is_open
        with div("text"):
            with span("words", data_testid="message-text", dir="auto"):
                for piece in _cut(message.body, _FOLDED) if is_folded else message.body:
                    _piece(piece)
            if is_folded:
                label = self._words("page.show_all", characters=f"{len(message.text):,}")
                button("fold", label, data_unfold=message.number)
            if message.table:
                draw_table(message.table, frozenset(message.numbers))
            for upload in message.files:
                if not upload.is_picture:
                    self._file(upload)
            self._meta(message)

    def _meta(self, message: Message) -> None:
        with span("meta"):
            if message.is_pinned:
                with span("pin", title=self._words("page.pinned")):
                    icon("pin")
            if message.is_edited:
                span("edited", self._words("page.edited"))
            node("time", "", self._time(message), datetime=message.at)

    def _picture(self, upload: File) -> None:
        with button("picture", data_picture=file_url(upload), aria_label=self._words("page.open_picture")):
            node("img", src=file_url(upload), alt=upload.name, loading="lazy")

    def _file(self, upload: File) -> None:
        with node("a", "file", href=file_url(upload), download=upload.name):
            icon("file")
            with div("file-words"):
                named("file-name", upload.name, title=upload.name)
                span("file-size", f"{self._words.size(upload.size)} · {self._words('page.download')}")

    def _buttons(self, message: Message) -> None:
        if not message.buttons:
            return
        with div("buttons"):
            for press in message.buttons:
                button(
                    "press",
                    press.label,
                    data_testid="message-button",
                    data_press=message.number,
                    data_command=press.command,
                )

    def _time(self, message: Message) -> str:
        return self._words.time(datetime.fromisoformat(message.at))


def avatar(id: str, name: str, *, is_hidden: bool = False) -> None:
    """A coloured disc with the first letter of a name; the core has a drawing."""
    with div(f"avatar {hue(id)}{' ghost' if is_hidden else ''}", aria_hidden="true"):
        if id == BOT:
            icon("cap")
        else:
            span(text=name.strip()[:1].upper() or "?")


def hue(id: str) -> str:
    return "hue-bot" if id == BOT else f"hue-{zlib.crc32(id.encode()) % _HUES}"


def _tool(name: str, title: str, label: str = "", **attributes: Any) -> None:
    with button("tool", title=title, aria_label=label or title, **attributes):
        icon(name)


def _piece(piece: Piece) -> None:
    if piece.style == "link":
        link("link", piece.text, piece.text)
    elif piece.style == "code" and piece.text.startswith("/"):
        node("code", "command", piece.text, data_insert=piece.text, role="button", tabindex=0)
    else:
        node({"bold": "strong", "code": "code"}.get(piece.style, "span"), "", piece.text)


def _cut(body: Iterable[Piece], limit: int) -> Iterator[Piece]:
    for piece in body:
        if limit <= 0:
            return
        yield Piece(piece.text[:limit] + ("…" if len(piece.text) > limit else ""), piece.style)
        limit -= len(piece.text)
