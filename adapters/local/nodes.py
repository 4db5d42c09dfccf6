"""Plain HTML elements of the page. Text is always a text node, never markup."""

from typing import Any

from nicegui.elements.mixins.text_element import TextElement

HTTP = ("http://", "https://")


def node(tag: str, classes: str = "", text: str = "", **attributes: Any) -> TextElement:
    """An element inside the current one. `data_number` becomes `data-number`; None and False leave an attribute out."""
    made = TextElement(tag=tag, text=text)
    if classes:
        made.classes(classes)
    for name, value in attributes.items():
        if value is not None and value is not False:
            made.props[name.rstrip("_").replace("_", "-")] = value
    return made


def div(classes: str = "", text: str = "", **attributes: Any) -> TextElement:
    return node("div", classes, text, **attributes)


def span(classes: str = "", text: str = "", **attributes: Any) -> TextElement:
    return node("span", classes, text, **attributes)


def button(classes: str, text: str = "", **attributes: Any) -> TextElement:
    return node("button", classes, text, type="button", **attributes)


def icon(name: str) -> TextElement:
    """A drawing from the stylesheet; it says nothing to a screen reader."""
    return span(f"icon icon-{name}", aria_hidden="true")


def named(classes: str, name: str, **attributes: Any) -> TextElement:
    """Somebody's name: isolated, so that no direction mark in it reaches its surroundings."""
    return node("bdi", classes, name, **attributes)


def link(classes: str, text: str, address: str) -> TextElement:
    """A link of a message; anything but http and https stays text."""
    if not address.lower().startswith(HTTP):
        return span(classes, text)
    return node("a", classes, text, href=address, target="_blank", rel="noopener noreferrer nofollow")
