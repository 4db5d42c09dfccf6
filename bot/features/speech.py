"""What rules can say, and the fact that a plain message was posted."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from bot.domain.messages import Localised, Template, Text, Words
from bot.domain.rules import ANSWERED, Firing
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.messages import FACT
from bot.engine.roster import name_of
from bot.engine.telling import tell
from storage.tables import fact, member, profile

feature = Feature("speech")
feature.fact(FACT, has_text=True, length="number", is_reply="yes_no", attachments="number")

_VALUES = ("name", "points")  # that a text may show beside the fields of the fact; see `_filled`
_POSTS = 3  # of one kind that one event may lead to; more become one post
_LINES = 50  # of that one


@feature.offer("between_accounts")
def between_accounts(db: Connection, members: Sequence[int]) -> list[tuple[tuple[str, str], dict[str, Any]]]:
    """Replies of these members, who are one person now, to each other: what they are if nobody answers oneself."""
    posted = select(fact.c.object, fact.c["values"]).where(fact.c.member.in_(members), fact.c.kind == FACT)
    return [
        ((FACT, object), {**values, "is_reply": False})
        for object, values in db.execute(posted)
        if values.get(ANSWERED) in members
    ]


@feature.effect("say", Localised, shows=_VALUES)
def say(ctx: Context, argument: Localised, firing: Firing) -> None:
    """To the member whom the fact is about; what they did not do themselves is told once, however often it comes."""
    who = firing.fact.member
    if firing.round == 0 or ctx.answers(who):
        tell(ctx, who, _filled(ctx, argument, firing, name_of(ctx.db, who)))


@feature.effect("tell_staff", Localised, is_public=True, shows=_VALUES)
def tell_staff(ctx: Context, argument: Localised, firing: Firing) -> None:
    """Once for each thing, as praise is."""
    if firing.round == 0:
        key = f"rule:{firing.rule.id}:{firing.fact.member}:{firing.fact.object}"
        ctx.gather(_tell_staff, (key, _filled(ctx, argument, firing, name_of(ctx.db, firing.fact.member))))


@feature.effect("praise", Localised, is_public=True, shows=_VALUES)
def praise(ctx: Context, argument: Localised, firing: Firing) -> None:
    """To everybody, once for what was rewarded, however often it is taken back and given again."""
    name = _praised_name(ctx, firing)
    if name is not None and firing.round == 0:
        key = f"praise:{firing.rule.id}:{firing.fact.member}:{firing.fact.object}"
        ctx.gather(_post_praise, (key, _filled(ctx, argument, firing, name)))


def _praised_name(ctx: Context, firing: Firing) -> str | None:
    """The name that others see; None for staff, for who left, and for who does not want to be praised."""
    if firing.fact.values["member.role"] != "student":
        return None
    present = member.c.left_at.is_(None) & member.c.merged_into.is_(None)
    shown = select(func.coalesce(profile.c.pseudonym, profile.c.name)).join(member, member.c.id == profile.c.member)
    return ctx.db.execute(
        shown.where(member.c.id == firing.fact.member, member.c.is_praised, present)
    ).scalar_one_or_none()


def _post_praise(ctx: Context, praises: Sequence[tuple[str, Template]]) -> None:
    for key, lines in _posts(praises, f"praise:{ctx.event.key}", "praise.more"):
        ctx.say("main", *lines, key=key)


def _tell_staff(ctx: Context, notices: Sequence[tuple[str, Template]]) -> None:
    for key, lines in _posts(notices, f"rules:{ctx.event.key}", "tell_staff.more"):
        ctx.tell_staff(*lines, key=key)


def _posts(said: Sequence[tuple[str, Template]], key: str, more: str) -> Iterator[tuple[str, Sequence[Words]]]:
    """A few are posts of their own; many are one post, under this key."""
    if len(said) <= _POSTS:
        yield from ((own_key, [words]) for own_key, words in said)
        return
    lines: list[Words] = [words for _, words in said[:_LINES]]
    if len(said) > _LINES:
        lines.append(Text(id=more, values={"count": len(said) - _LINES}))
    yield key, lines


def _filled(ctx: Context, argument: Localised, firing: Firing, name: str) -> Template:
    """The rule's words with the fact's fields; a level shows as members know it."""
    fields = {field: value for field, value in firing.fact.values.items() if "." not in field}
    levels = {level.id: level.title for level in ctx.course.levels}
    if "level" in fields:
        fields["level"] = levels.get(fields["level"], fields["level"])
    return Template(text=argument, values={"name": name, "points": firing.verdict.points, **fields})
