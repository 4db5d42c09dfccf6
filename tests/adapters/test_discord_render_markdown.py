"""Styled text as Discord's Markdown: what is seen is what was meant, and nothing that somebody types becomes more."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapters.discord.markdown import has_block, markdown
from bot.domain.messages import Span
from tests.adapters.discord_shown import seen, shown

APART = "\N{ZERO WIDTH SPACE}"


def plain(text: str) -> str:
    return markdown([Span(text)])


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ([Span("打卡成功，"), Span("第 3 天", "bold")], "打卡成功，**第 3 天**"),
        ([Span("注意：", "bold"), Span("请按时交作业")], "**注意：**请按时交作业"),
        ([Span("a", "bold"), Span("b", "bold"), Span("c")], "**ab**c"),
        ([Span("one\n\ntwo", "bold")], "**one**\n\n**two**"),
        ([Span("a "), Span(" b ", "bold"), Span("c")], "a  **b** c"),
        ([Span("a"), Span(" \n", "bold"), Span("b")], "a \nb"),
        ([Span("*", "bold"), Span("*")], r"**\***\*"),
        ([Span("Type "), Span("/checkin", "code")], "Type `/checkin`"),
        ([Span("a`b", "code")], r"a\`b"),
        ([Span("Board\n"), Span("1 Ada\n2 Ben", "code")], "Board\n```\n1 Ada\n2 Ben\n```"),
        ([Span(" 1 Ada\n10 ```", "code")], f"```\n 1 Ada\n10 `{APART}``\n```"),
        ([Span("see "), Span("https://x.org/a_b", "link"), Span("。")], "see <https://x.org/a_b>。"),
        ([Span("https://x.org", "link"), Span("now", "bold")], "<https://x.org>**now**"),
        ([Span("https://x.org/**", "bold")], "**<https://x.org/%2A%2A>**"),
        ([Span("  a\n")], "a"),
        ([Span("")], ""),
    ],
)
def test_styles_are_written_with_marks_that_never_merge(body: list[Span], written: str) -> None:
    assert markdown(body) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("**a** __b__ ~~c~~ ||d|| `e`", r"\*\*a\*\* \_\_b\_\_ \~\~c\~\~ \|\|d\|\| \`e\`"),
        ("# a\n## b\n-# c", "\\# a\n\\## b\n\\-# c"),
        ("#学习 #1", "#学习 #1"),
        ("- a\n* b\n1. c\n12) d", "\\- a\n\\* b\n1\\. c\n12\\) d"),
        ("-5, +10 and 1.5", "-5, +10 and 1.5"),
        ("> a\n>>> b", "\\> a\n\\>>> b"),
        ("[free](https://evil.example)", r"\[free](<https://evil.example>)"),
        ("<@123> <#5> <:x:1> <t:0>", r"\<@123> \<#5> \<\:x:1> \<t:0>"),
        ("@everyone @here @ada", r"\@everyone \@here @ada"),
        (":tada: 09:30", r"\:tada: 09:30"),
        ("steam://run https://", r"steam\://run https\://"),
        ("见https://x.org/a，谢谢 (https://x.org).", "见<https://x.org/a>，谢谢 (<https://x.org>)."),
        (r"¯\_(ツ)_/¯", r"¯\\\_(ツ)\_/¯"),
    ],
)
def test_what_somebody_types_stays_what_it_is(text: str, written: str) -> None:
    assert plain(text) == written
    assert seen(written) == text
    assert {part.style for part in shown(written)} == {"plain"}


def test_only_lines_of_code_are_a_board() -> None:
    assert has_block([Span("1 Ada\n2 Ben", "code")])
    assert not has_block([Span("/checkin\n", "code"), Span("a\nb")])


SIGNS = "ab1 \n\t#>-+*_~|`[]()<>@:!./\\\r\u2028打，🦊\ufe0f"
MARKUP = ["**", "```", "](", "@everyone", "<@1>", "<t:1>", ":x:", "https://x.org/a", "http://", "steam://x"]
PIECES = st.sampled_from([*SIGNS, *MARKUP, "¯\\_(ツ)_/¯", "\n```\n", "# ", "- ", "1. ", "> "])
WORDS = st.lists(PIECES, max_size=8).map("".join) | st.text(st.characters(exclude_characters="%"), max_size=8)
BODIES = st.lists(st.builds(Span, WORDS, st.sampled_from(["plain", "bold", "code", "link"])), max_size=6)


def characters(body: list[Span]) -> list[tuple[str, str]]:
    """Each character that is seen, and how; code with its own marks in it is plain."""
    joined: list[tuple[str, str]] = []
    for span in (span for span in body if span.text):
        style: str = "plain" if span.style == "link" else span.style
        if joined and joined[-1][1] == style:
            joined[-1] = (joined[-1][0] + span.text, style)
        else:
            joined.append((span.text, style))
    found = []
    for text, style in joined:
        is_bare = style == "code" and "`" in text and "\n" not in text.strip("\n")
        found += [(char, "plain" if is_bare else style) for char in text]
    return [(char, style) for char, style in found if not char.isspace() and char != APART]


@settings(max_examples=300)
@example(body=[Span("-"), Span(" a", "bold")])
@example(body=[Span("1"), Span(". a", "link")])
@example(body=[Span("https://x.org/a", "bold"), Span("*")])
@example(body=[Span("\\", "bold"), Span("*", "plain"), Span("\\", "code"), Span("`")])
@given(body=BODIES)
def test_every_character_is_seen_in_its_style_and_no_other(body: list[Span]) -> None:
    written = markdown(body)
    got = [
        (char, "code" if part.style == "code block" else part.style)
        for part in shown(written)
        for char in part.text.replace("%2A", "*")  # in an address it means the same
        if not char.isspace() and char != APART
    ]
    assert got == characters(body)


@given(text=st.text(max_size=200) | st.lists(PIECES, max_size=60).map("".join))
def test_plain_text_doubles_at_most(text: str) -> None:
    assert len(markdown([Span(text, "bold")], is_styled=False)) <= 2 * len(text)
