"""A battle begins: by its ritual, or because staff run it."""

from typing import Literal

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence
from bot.engine.context import Context
from bot.features.battles import store
from bot.features.battles.declared import feature
from bot.features.battles.doubtful import doubts, lasts
from bot.features.battles.options import BattleOptions
from bot.features.battles.questions import in_turn
from bot.features.battles.scene import scene_of
from bot.features.battles.wording import head
from rules.vocabulary import Uses


def _preview(course: Course, occurrence: Occurrence) -> Words:
    options = _options(course, occurrence.ritual)
    if options is None:
        return Text(id="preview.battle_gone")
    return Text(id="preview.battle", values={"title": options.title, "count": _count(options)})


def _count(options: BattleOptions) -> int:
    return min(options.count, len(options.questions))


def _options(course: Course, ritual: str) -> BattleOptions | None:
    """None where the course no longer has it."""
    found = course.ritual(ritual)
    return found.options if found and isinstance(found.options, BattleOptions) else None


@feature.action("battle", BattleOptions, preview=_preview, uses=Uses(lasts=lasts, doubts=doubts))
def begin(ctx: Context, due: OccurrenceDue) -> Literal["gap"] | None:
    """The first question is put in a while: who wants to play has time to come."""
    options = _options(ctx.course, due.ritual)
    if options is None or ctx.space is None:
        return None
    if any(one.space == due.space for one in store.on_now(ctx.db, ctx.course.id)):
        ctx.tell_staff(Text(id="battle.another_is_on", values={"title": options.title}), key=f"{due.key}:another")
        return "gap"
    questions = in_turn(options, store.last_asked(ctx.db, due))
    first_at = due.at + options.starts_in  # not when it was due: nobody can come to what is past
    number = store.begin(ctx.db, due, options, questions, first_at=first_at)
    found = store.locked(ctx.db, number)
    scene = scene_of(ctx, found) if found else None
    assert scene, "it was just begun, in a space that is there"
    scene.then("ask", first_at)
    ctx.say(ctx.space, *head(scene, options.starts_in), key=due.key)
    return None
