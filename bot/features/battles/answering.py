"""A press on an option: the first of a person counts, up to the last moment; what is right nobody hears before."""

from bot.domain.errors import UserError
from bot.engine.context import Context
from bot.features.battles import store
from bot.features.battles.own import one_line
from bot.features.battles.questions import choice, read
from bot.features.battles.ranking import on_the_clock
from bot.features.battles.store import Asked, Battle


def answer(ctx: Context, number: int, place: int, option: int) -> None:
    """`number` of the battle, `place` of the question, `option` from 1."""
    battle, asked = _asked(ctx, number, place)
    question = read(battle.questions)[place - 1]
    if not 1 <= option <= len(question.options):
        raise UserError("battle.no_such_option")
    if ctx.member.role != "student":
        raise UserError("battle.for_students")
    if asked.closed_at is not None or on_the_clock(ctx.now) > asked.closes_at:
        raise _too_late(ctx, battle, asked)
    if not store.take(ctx.db, asked, ctx.member.id, option, at=ctx.now):
        before = store.choice_of(ctx.db, number, place, ctx.member.id)
        assert before is not None, "somebody has answered already"
        raise UserError("battle.answered_already", choice=choice(question, before))
    ctx.reply("battle.taken", choice=choice(question, option))


def show_own(ctx: Context, number: int, place: int) -> None:
    """Whether one was right, after the close."""
    battle, asked = _asked(ctx, number, place)
    if asked.closed_at is None:
        raise UserError("battle.is_open")
    if asked.is_void:
        raise UserError("battle.did_not_count")
    ctx.reply_words(one_line(battle, asked, store.choice_of(ctx.db, number, place, ctx.member.id)))


def _asked(ctx: Context, number: int, place: int) -> tuple[Battle, Asked]:
    """Raises UserError for what was never asked in this course."""
    battle = store.shared(ctx.db, ctx.course.id, number)
    asked = store.asked_as(ctx.db, number, place) if battle else None
    if battle is None or asked is None:
        raise UserError("battle.no_such_option")
    return battle, asked


def _too_late(ctx: Context, battle: Battle, asked: Asked) -> UserError:
    """Also what was chosen in time, where that is so: who presses twice need not fear that nothing counted."""
    before = store.choice_of(ctx.db, battle.id, asked.number, ctx.member.id)
    if battle.state == "cancelled":
        return UserError("battle.was_cancelled")
    if before is not None:
        question = read(battle.questions)[asked.number - 1]
        return UserError("battle.too_late_to_change", choice=choice(question, before))
    return UserError("battle.is_over" if battle.state == "over" else "battle.too_late")
