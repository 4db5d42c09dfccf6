"""The catalogues are whole and of one mind with the code, and no value is ever read as markup."""

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from string import ascii_lowercase
from typing import Any, get_args

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from bench.crash.values import Effects, Messages
from bot.cli import _COMMANDS
from bot.domain.events import TimeLost
from bot.domain.ids import LANGUAGES, ROLES, Language
from bot.domain.messages import Localised, Span, Template, Text
from bot.domain.placeholders import placeholders
from bot.domain.places import SPACE_KINDS
from bot.domain.response import AREAS
from bot.domain.rules import ANONYMOUS, GRANTED, MARK, Category, Field, Per
from bot.engine.agenda import Reason
from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.features.privacy.kept import OF_NOBODY
from bot.features.questions.store.questions import OPEN
from bot.simulation.cast import KINDS
from bot.simulation.report import Points, Rituals
from bot.simulation.storm import Trouble
from bot.slash import slash_commands_of
from bot.texts.catalogue import Catalogues
from bot.texts.template import fill, parse
from rules.conditions import COMMON_FIELDS
from rules.fields import WEEKDAYS
from rules.fold import LINKED, POINTS_SETTLED, RETRACTED, UNLINKED
from rules.json_schema import schemas_of
from rules.vocabulary import CalendarPart
from storage.personal import ELSEWHERE
from storage.tables import metadata
from tests.sources import PACKAGES, ROOT, files_of, nodes_of

SAYING = (*PACKAGES, "bench")
"""The folders of the checkout whose code has texts."""
TEXTS = Catalogues()
REGISTRY = Registry(FEATURES)


def read(language: Language) -> dict[str, Message]:
    with (ROOT / "bot" / "texts" / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    return {
        message.id if isinstance(message.id, str) else message.id[0]: message for message in catalogue if message.id
    }


CATALOGUES: Mapping[Language, Mapping[str, Message]] = {language: read(language) for language in LANGUAGES}
IDS = sorted(CATALOGUES["en"])


def strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


# --- the catalogues ---------------------------------------------------------------------------------------------------


def test_both_catalogues_say_the_same_things() -> None:
    assert sorted(CATALOGUES["zh_Hans"]) == IDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_doubtful_or_there_twice(language: Language) -> None:
    messages = CATALOGUES[language]
    assert [id for id, message in messages.items() if not all(strings(message)) or message.fuzzy] == []
    source = (ROOT / "bot" / "texts" / f"{language}.po").read_text(encoding="utf-8")
    ids = re.findall(r'^msgid "(.+)"$', source, re.MULTILINE)
    assert sorted(ids) == sorted(set(ids)) == sorted(messages)


def test_each_text_has_the_same_placeholders_in_both_languages() -> None:
    def asked(id: str, language: Language) -> set[str]:
        return set().union(*(placeholders(text) for text in strings(CATALOGUES[language][id])))

    different = {id: (asked(id, "en"), asked(id, "zh_Hans")) for id in IDS}
    # A count that only English needs to say is no mistake.
    assert {id: both for id, both in different.items() if (both[0] ^ both[1]) - {"count"}} == {}


def test_what_has_a_plural_in_english_has_its_forms_in_both() -> None:
    for id in IDS:
        english, chinese = CATALOGUES["en"][id], CATALOGUES["zh_Hans"][id]
        assert bool(english.pluralizable) == bool(chinese.pluralizable), id
        if english.pluralizable:
            assert (len(strings(english)), len(strings(chinese))) == (2, 1), id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mark_in_a_text_closes(language: Language) -> None:
    for id, message in CATALOGUES[language].items():
        for text in strings(message):
            shown = "".join(span.text for span in fill(parse(text), str.upper))
            assert "**" not in shown, id
            assert "`" not in shown, id
            assert not re.search(r"[{}]", shown), id


# --- the code's ids ---------------------------------------------------------------------------------------------------

ID = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")
SAYERS = {
    "Text", "UserError", "Mistake", "Unreadable", "PydanticCustomError", "mistake", "problem", "reply", "say", "text",
    "complain", "_words", "add", "unknown", "flaw", "_quiet", "_tell_staff",
}  # fmt: skip
NAMESPACES = {id.partition(".")[0] for id in IDS}
FOREIGN = {f"{table}.id" for table in metadata.tables}  # what foreign keys refer to
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files_of(*SAYING)}
NOT_TEXTS = {
    MARK,
    ANONYMOUS,
    "checkin.done",
    *FOREIGN,
    *MODULES,
    *REGISTRY.facts,
    *REGISTRY.queries,
    *COMMON_FIELDS,
} - set(IDS)
PIECED = ("page.hint_", "page.jump_")  # put together inside the page, from words that stand nowhere else
FILES = (".yaml", ".js", ".css", ".py", ".db", ".svg")


def literals(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and ID.fullmatch(part.value):
            yield part.value


def name_called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def written_ids() -> dict[str, str]:
    """Every literal in the code that is a message id by its look and its namespace, or by who says it."""
    found: dict[str, str] = {}
    for place, node in nodes_of(*SAYING):
        if isinstance(node, ast.Call) and name_called(node) in SAYERS:
            said = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "id"), None)
            found |= dict.fromkeys(literals(said), place) if said is not None else {}
        if isinstance(node, ast.Constant):
            found |= {id: place for id in literals(node) if id.partition(".")[0] in NAMESPACES}
    return {
        id: place
        for id, place in found.items()
        if id not in NOT_TEXTS and not id.endswith(FILES) and not id.endswith("_")
    }


REDEMPTION_STATES = ("owed", "requested", "given", "delivered", "declined", "cancelled", "refunded")


def composed_ids() -> set[str]:
    """The ids that the code puts together from a namespace and a word."""
    fields = {*COMMON_FIELDS, *(field for fact in REGISTRY.facts.values() for field in fact.fields)}
    words = {
        "help": REGISTRY.commands,
        "usage": REGISTRY.commands,
        "command.name": offered(),
        "parameter": parameter_words(),
        "slash": ("bind", "unbind", "pause", "postpone", "resume", "run"),
        "menu": {command.on_message.partition(".")[2] for command in REGISTRY.commands.values() if command.on_message},
        "question": (
            *(f"is_{state}" for state in (*OPEN, "closed", "merged", "helped")),
            *(f"card_{kind}" for kind in ("adds", "asks_back", "before", "answer", "accepted", "settled")),
        ),
        "reward": reward_words(),
        "button": {*(f"seeds_{word}" for word in ("both", *AREAS)), *redemption_buttons()},
        "area": AREAS,
        "redemption": redemption_words(),
        "role": ROLES,
        "space": SPACE_KINDS,
        "room": SPACE_KINDS,
        "fact": (*REGISTRY.facts, RETRACTED, LINKED, UNLINKED, POINTS_SETTLED),
        "field": fields,
        "word": ("yes", "no"),
        "language": ("zh", "en", "auto"),
        "cli": cli_words(),
        "crash": (*Effects.__struct_fields__[1:], *Messages.__struct_fields__[1:]),
        "bench.column": ("median", "lowest", "highest"),
        "cli.arg": {about for _, _, arguments in _COMMANDS for _, _, about, _ in arguments},
        "page": page_words(),
        "audit": audited(),
        "kept": {*(p.table.name for p in REGISTRY.personals), *ELSEWHERE, *OF_NOBODY},
        "category": get_args(Category),
        "part": get_args(CalendarPart),
        "weekday": WEEKDAYS,
        "skipped": get_args(Reason),
        "missed": {*get_args(Reason)} - {"quiet", "paused", "gap"},
        "time": get_args(TimeLost.__annotations__["kind"]),
        "limit": {f"once_per_{per}" for per in get_args(Per)},
        "facts": (name for kind in REGISTRY.facts for name in (kind, f"{kind}.object")),
        "effect": REGISTRY.vocabulary().effects,
        "simulate.kind": (*KINDS, "all"),
        "simulate.trouble": get_args(Trouble),
        "simulate.points": Points.__struct_fields__[1:],
        "simulate.pace": ("answers", "median", "p90", "in_time"),
        "simulate.ritual": Rituals.__struct_fields__[1:],
        "simulate.category": (*get_args(Category), GRANTED),
        "kind": (word for kind in get_args(Field) for word in (kind, f"{kind}_asked")),
        "form": form_words(),
        "problem": (
            "unknown_suggest",
            "unknown_field_suggest",
            "unknown_placeholder_suggest",
            "unknown_key_suggest",
            "unknown_file_suggest",
            "unknown_column_suggest",
            "no_such_file_suggest",
        ),
    }
    composed = {f"{namespace}.{word}" for namespace, some in words.items() for word in some}
    return composed | schema_words() | own_meanings() & set(IDS)


def reward_words() -> set[str]:
    """What the person who redeems reads of each state, and of each kind of reward."""
    return (
        {f"{word}_{state}" for state in REDEMPTION_STATES for word in ("state", "is")}
        | {f"next_{kind}" for kind in ("code", "goods", "goods_known", "privilege")}
        | {f"delivered_{kind}" for kind in ("goods", "privilege", "other")}
    )


def redemption_buttons() -> set[str]:
    """Staff's buttons under a redemption: where there are several in a list, each with its number, and alone."""
    verbs = ("approve", "decline", "give", "address", "deliver")
    return {f"redemption_{verb}{one}" for verb in verbs for one in ("", "_one")}


def redemption_words() -> set[str]:
    """What staff read of redemptions."""
    return (
        {*REDEMPTION_STATES}
        | {f"state_{state}" for state in REDEMPTION_STATES}
        | {f"waits_{state}" for state in ("requested", "owed", "given")}
        | {f"done_{verb}" for verb in ("approve", "give", "decline", "deliver", "refund")}
    )


def form_words() -> set[str]:
    """What forms ask for: their titles, the questions with their hints, the labels of what one may choose."""
    words = set(REGISTRY.forms)
    for form in REGISTRY.forms.values():
        for field in form.fields:
            question = f"{form.name}.{field.id}"
            options = () if callable(field.options) else field.options
            words |= {question, f"{question}.hint", *(f"{question}.{option}" for option in options)}
            words |= {f"{question}.sheet"} if f"form.{question}.sheet" in IDS else set()
    return words


def offered() -> set[str]:
    """The commands that a platform's own box knows by a name of its language."""
    return {command.name for command in slash_commands_of(REGISTRY, TEXTS)}


def parameter_words() -> set[str]:
    """What commands take: each thing with what it is, and the words that one may choose."""
    words: set[str] = set()
    for one in (one for command in REGISTRY.commands.values() for one in command.parameters):
        words |= {one.name, f"{one.name}.about", *(f"{one.name}.{choice}" for choice in one.choices)}
    return words


def cli_words() -> set[str]:
    """The commands, and the groups that hold some of them."""
    names = [name for name, _, _ in _COMMANDS]
    return {part.replace(" ", ".") for name in names for part in (name, name.split()[0])}


def schema_words() -> set[str]:
    """What editors explain: all that the schemas ask for, but what only some fields have."""
    asked: set[str] = set()

    def describe(id: str) -> str:
        asked.add(id)
        return ""

    schemas_of(REGISTRY.vocabulary(), describe)
    return asked - own_meanings()


def own_meanings() -> set[str]:
    """What a field means for one kind of fact, where that is more than what everybody calls it."""
    kinds = {"every": COMMON_FIELDS, **{kind.name: kind.fields for kind in REGISTRY.facts.values()}}
    anything = {field for fields in kinds.values() for field in fields}
    return {f"facts.{kind}.{field}" for kind, fields in {**kinds, "any": anything}.items() for field in fields}


def page_words() -> set[str]:
    """What the page hands to its script, and whom it calls what."""
    script: set[str] = set()
    for _, node in nodes_of("adapters/local"):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "_SCRIPT_TEXTS":
            script |= set(ast.literal_eval(node.value))
    return script | {f"role_{role}" for role in ROLES}


def audited() -> set[str]:
    """The acts that staff see in `/audit`."""
    nodes = (node for _, node in nodes_of("bot/features", "bot/engine"))
    calls = [node for node in nodes if isinstance(node, ast.Call) and name_called(node).startswith("audit")]
    said = (arg for call in calls for arg in call.args[:2] if isinstance(arg, ast.Constant))
    return {str(arg.value) for arg in said}


def test_every_id_that_the_code_says_has_a_text() -> None:
    assert {id: place for id, place in written_ids().items() if id not in CATALOGUES["en"]} == {}


def test_every_id_that_the_code_composes_has_a_text() -> None:
    assert composed_ids() - set(IDS) == set()


def test_no_text_is_there_that_nobody_says() -> None:
    unsaid = set(IDS) - set(written_ids()) - composed_ids()
    assert {id for id in unsaid if not id.startswith(PIECED)} == set()


def test_each_text_gets_the_values_that_it_asks_for() -> None:
    """For calls such as `reply("checkin.done", date=day, count=streak)` and `Text(id=…, values={…})`."""
    lacking = {}
    for place, node in nodes_of(*SAYING):
        if not isinstance(node, ast.Call) or name_called(node) not in SAYERS:
            continue
        said = next((k.value for k in node.keywords if k.arg == "id"), node.args[0] if node.args else None)
        given = values_given(node)
        id = said.value if isinstance(said, ast.Constant) else None
        if given is None or not isinstance(id, str) or id not in IDS:
            continue
        asked = set().union(*(placeholders(text) for c in CATALOGUES.values() for text in strings(c[id])))
        if asked - given:
            lacking[f"{place} {id}"] = asked - given
    assert lacking == {}


def values_given(call: ast.Call) -> set[str] | None:
    """The names of the values in a call; None where they can't be seen in it."""
    if name_called(call) in ("add", "unknown", "mistake", "PydanticCustomError", "Unreadable", "flaw"):
        return None  # these add `name`, `value` and `known` on their own, or take a mapping
    if name_called(call) == "Text":
        values = next((k.value for k in call.keywords if k.arg == "values"), ast.Dict(keys=[], values=[]))
        if not isinstance(values, ast.Dict) or not all(isinstance(key, ast.Constant) for key in values.keys):
            return None
        return {str(key.value) for key in values.keys if isinstance(key, ast.Constant)}
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else {name for name in names if name}


def test_every_command_explains_itself_in_both_languages() -> None:
    for name in REGISTRY.commands:
        for language in LANGUAGES:
            assert TEXTS.say(language, f"usage.{name}").startswith(f"/{name}"), (language, name)


# --- rendering --------------------------------------------------------------------------------------------------------

ANY_TEXT = (
    st.text()
    | st.text(st.sampled_from("*`{}na mehtps:/.\\"))
    | st.sampled_from(
        ["**bold**", "`code`", "{name}", "{other}", "{{", "}}", "https://example.org", "</b>", "%s", "{0.__class__}"]
    )
)


@given(value=ANY_TEXT)
def test_a_value_is_never_markup_nor_a_placeholder(value: str) -> None:
    for around, style in (("{name}", "plain"), ("**{name}**", "bold"), ("`{name}`", "code")):
        text = Template(text=Localised({"en": f"<{around}>"}), values={"name": value, "other": "!"})
        spans = TEXTS.render("en", text)
        assert "".join(span.text for span in spans) == f"<{value}>"
        styled = [span for span in spans if span.style != "plain"]
        assert styled == ([Span(value, style)] if style != "plain" and value else [])  # type: ignore[arg-type]


@given(text=ANY_TEXT)
def test_any_text_of_an_admin_can_be_rendered_and_loses_nothing_but_marks(text: str) -> None:
    shown = "".join(span.text for span in TEXTS.render("en", Template(text=Localised({"en": text}))))
    for mark in "*`{}":  # a mark may end up beside another one when what stood between them goes
        text, shown = text.replace(mark, ""), shown.replace(mark, "")
    assert shown == text


@pytest.mark.parametrize(
    ("template", "spans"),
    [
        ("", []),
        ("plain", [("plain", "plain")]),
        ("a **b** c", [("a ", "plain"), ("b", "bold"), (" c", "plain")]),
        ("**注意：**请", [("注意：", "bold"), ("请", "plain")]),
        ("`a **b**` c", [("a **b**", "code"), (" c", "plain")]),
        ("**a `b` c**", [("a ", "bold"), ("b", "code"), (" c", "bold")]),
        ("2 ** 3 = 8", [("2 ** 3 = 8", "plain")]),  # what does not close stands for itself
        ("**a", [("**a", "plain")]),
        ("it`s", [("it`s", "plain")]),
        ("**a `b** c", [("a `b", "bold"), (" c", "plain")]),
        ("{{name}}", [("{name}", "plain")]),
        ("{name}", [("NAME", "plain")]),
        ("{member.name}", [("MEMBER.NAME", "plain")]),
        ("{Name} {} { name } {0}", [("{Name} {} { name } {0}", "plain")]),
        ("see https://x.org/a?b=1#c now", [("see ", "plain"), ("https://x.org/a?b=1#c", "link"), (" now", "plain")]),
        ("Read https://x.org/a.", [("Read ", "plain"), ("https://x.org/a", "link"), (".", "plain")]),
        ("看https://x.org/a。好", [("看", "plain"), ("https://x.org/a", "link"), ("。好", "plain")]),
        ("（https://x.org）", [("（", "plain"), ("https://x.org", "link"), ("）", "plain")]),
        ("**https://x.org**", [("https://x.org", "link")]),
        ("`https://x.org`", [("https://x.org", "code")]),
        ("https://", [("https://", "plain")]),
        ("ftp://x.org", [("ftp://x.org", "plain")]),
    ],
)
def test_the_notation(template: str, spans: list[tuple[str, str]]) -> None:
    assert [(span.text, span.style) for span in fill(parse(template), str.upper)] == spans


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [
        (0, "Checked in! 0 days in a row.", "打卡成功！已连续 0 天。"),
        (1, "Checked in! 1 day in a row.", "打卡成功！已连续 1 天。"),
        (2, "Checked in! 2 days in a row.", "打卡成功！已连续 2 天。"),
    ],
)
def test_english_has_a_plural_and_chinese_none(count: int, english: str, chinese: str) -> None:
    assert TEXTS.say("en", "checkin.done", count=count, date=date(2027, 3, 1)) == english
    assert TEXTS.say("zh_Hans", "checkin.done", count=count, date=date(2027, 3, 1)) == chinese


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (date(2027, 3, 1), "Mon, 1 Mar", "3月1日 周一"),
        (datetime(2027, 3, 1, 9, 5, tzinfo=UTC), "1 Mar 09:05", "3月1日 09:05"),
        (timedelta(hours=2), "2 hours", "2 小时"),
        (timedelta(minutes=90), "1 hour 30 minutes", "1 小时 30 分钟"),
        (timedelta(days=10), "10 days", "10 天"),
        (True, "yes", "是"),
        (False, "no", "否"),
        (["a", "b", "c"], "a, b, c", "a、b、c"),
        ((date(2027, 3, 1), 2), "Mon, 1 Mar, 2", "3月1日 周一、2"),
        ([], "", ""),
        ([Text(id="role.student"), Text(id="role.admin")], "student, admin", "学员、管理员"),
        (Localised({"zh_Hans": "写作营", "en": "Camp"}), "Camp", "写作营"),
        (Localised({"zh_Hans": "写作营"}), "写作营", "写作营"),  # in the language that the course has
        (Localised({"en": "**Camp** {name}"}), "Camp {name}", "Camp {name}"),
        (Template(text=Localised({"en": "Hi {name}"}), values={"name": "{x}"}), "Hi {x}", "Hi {x}"),
        (5, "5", "5"),
        (None, "None", "None"),
    ],
)
def test_values_are_written_as_people_write_them(value: Any, english: str, chinese: str) -> None:
    assert (TEXTS.show("en", value), TEXTS.show("zh_Hans", value)) == (english, chinese)


def test_a_value_that_is_missing_shows_its_name() -> None:
    assert TEXTS.say("en", "checkin.done") == "Checked in! {count} day in a row."
    assert TEXTS.say("zh_Hans", "course.over").count("{date}") == 1


def test_a_text_that_is_missing_shows_its_id() -> None:
    assert TEXTS.say("en", "no.such_text", count=2) == "no.such_text"
    assert TEXTS.say("en", "no.such_text") == "no.such_text"


def test_a_value_of_another_name_changes_nothing() -> None:
    assert TEXTS.say("en", "word.yes", **dict.fromkeys(ascii_lowercase, "!")) == "yes"


def test_catalogues_of_another_folder_can_be_read(tmp_path: Path) -> None:
    for language in LANGUAGES:
        header = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        (tmp_path / f"{language}.po").write_text(f'{header}\nmsgid "a.b"\nmsgstr "{language}!"\n', encoding="utf-8")
    assert Catalogues(tmp_path).say("zh_Hans", "a.b") == "zh_Hans!"
