"""Texts that are meant to break something, and what would show that one has."""

from __future__ import annotations

import os
from collections.abc import Sequence

from bot.domain.text import clean_text
from tests.test_hostile import TEXTS as SHORT

MORE = {
    "empty": "",
    "path": "../../../../etc/passwd\\..\\..\\con.txt",
    "html": '<a href="javascript:alert(1)" onclick=x>&lt;</a><img src=x onerror=alert(1)>',
    "markdown": "[x](http://evil) ~~a~~ __b__ ||c|| # d\n> e\n```f``` `g",
    "mentions": "@everyone @here <@501> <@&1> <#1001> <:a:1> @ben",
    "template": "{member.name} {ctx.__class__.__mro__} %(name)s %n %s {{7*7}} ${7*7} #{7*7}",
    "sql": "' OR '1'='1'; DROP TABLE member; -- \" ) UNION SELECT * FROM profile",
    "yaml": "!!python/object/apply:os.system ['true']",
    "spreadsheet": '=HYPERLINK("http://evil","x")\t+1+1 @SUM(A1)',
    "controls": "a\0b\x07c\x1b[31md\x7fe\u0085f\u2028g\ufeffh\u200bi",
    "right to left": "\u202eabc\u2066def\u2069 #1 \u200f+5",
    "long word": "x" * 4097,
    "long lines": "word " * 2000,
    "many lines": "a\n" * 3000,
    "combining": "e" + "\u0301" * 500,
    "wide": "🏳️‍🌈" * 1100,
    "numbers": "9" * 400,
    "negative": "-1",
    "huge id": "#99999999999999999999 +99999999999999999999 x",
    "beyond bits": f"{2**31} {2**63} {2**64}",
    "fraction": "1e309 0.1 -0 NaN inf ½ ٣ ² ⅷ",
    "digit that is none": "Q² A³ H⑤ #①",
    "other person": "@ben +5 because",
    "staff person": "@chen -5 because",
    "themselves": "@ada +5 because",
    "dates": "2027-02-30 31/31 9999-12-31 0000-00-00 25:61",
    "far dates": "9999-12-31 23:59",
    "first date": "0001-01-01 00:00",
    "duration": "99999999999d 1e9h -5m",
    "links": "http://[::1 https://user:pw@host:99999/%zz?#",
}
_ALL = {**{f"{name} (short)": text for name, text in SHORT.items() if len(text) < 10_000}, **MORE}
TEXTS = {name: clean_text(text) for name, text in _ALL.items()}
"""As adapters hand them over: what is no text, half of a character or NUL, never gets further than their parsers."""
BEHIND: Sequence[str] = (
    "1 {}",
    "Q1 {}",
    "@ben {}",
    "#1 {}",
    "note {}",
    "tea {}",
    "quiz_1 {}",
    "daily_task {}",
    "2027-03-02 {}",
)
"""What may stand before such a text, so that it gets deeper into a handler."""
TRACES = ("<class '", "Traceback", "object at 0x", "MappingProxy", os.environ.get("HOME", "/root") + "/", "root:x:0")
"""What no answer says unless a text was run, or filled in."""
