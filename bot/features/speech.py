"""What rules can say, and the fact that a plain message was posted."""

from collections.abc import Sequence

from sqlalchemy import func, select

from bot.domain.messages import Localised, Template, Text, Words
from bot.domain.rules import Firing
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.messages import FACT
from bot.engine.roster import name_of
from storage.tables import member, profile

feature = Feature("speech")
feature.fact(FACT, has_text=True, length="number", is_reply="yes_no", attachments="number")

_POSTS = 3  # of praise that one event may lead to; more become one post
_LINES = 50  # of that one


@feature.effect("say", Localised)
def say(ctx: Context, argument: Localised, firing: Firing) -> None:
    """To the member whom the fact is about, with the answer that they get anyway."""
    if ctx.answers(firing.fact.member):
        ctx.reply_words(_filled(ctx, argument, firing, name_of(ctx.db, firing.fact.member)))


@feature.effect("tell_staff", Localised, is_public=True)
def tell_staff(ctx: Context, argument: Localised, firing: Firing) -> None:
    key = f"rule:{firing.rule.id}:{firing.fact.member}:{firing.fact.object}"
    ctx.tell_staff(_filled(ctx, argument, firing, name_of(ctx.db, firing.fact.member)), key=key)


@feature.effect("praise", Localised, is_public=True)
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
    if len(praises) <= _POSTS:
        for key, words in praises:
            ctx.say("main", words, key=key)
        return
    lines: list[Words] = [words for _, words in praises[:_LINES]]
    if len(praises) > _LINES:
        lines.append(Text(id="praise.more", values={"count": len(praises) - _LINES}))
    ctx.say("main", *lines, key=f"praise:{ctx.event.key}")


def _filled(ctx: Context, argument: Localised, firing: Firing, name: str) -> Template:
    """The rule's words with the fact's fields; a level shows as members know it."""
    fields = {field: value for field, value in firing.fact.values.items() if "." not in field}
    levels = {level.id: level.title for level in ctx.course.levels}
    if "level" in fields:
        fields["level"] = levels.get(fields["level"], fields["level"])
    return Template(text=argument, values={"name": name, "points": firing.verdict.points, **fields})
