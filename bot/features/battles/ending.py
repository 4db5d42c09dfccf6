"""How a battle ends: with its places, broken off after a long outage, or cancelled by staff."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from bot.domain.messages import Text, Words
from bot.engine.names import clean_line
from bot.engine.roster import members_by_id, praised_names
from bot.engine.telling import ears_of
from bot.engine.voice import NOTICE_LIFE, Utterance
from bot.features.battles import store
from bot.features.battles.declared import PLAYED, WON
from bot.features.battles.own import own_lines
from bot.features.battles.ranking import Score, places, scores
from bot.features.battles.scene import Scene, sleep
from bot.features.battles.store import Asked
from bot.features.battles.wording import void_lines

_SHOWN = 20  # winners; there are more only where many share a place

Right = Mapping[int, int]
"""The right option of each question that counts."""


def right_options(scene: Scene) -> Right:
    questions = scene.questions
    asked = store.asked_in(scene.ctx.db, scene.battle.id)
    return {one.number: questions[one.number - 1].right for one in asked if one.closed_at and not one.is_void}


def finish(scene: Scene) -> None:
    """Everybody reads the first places, each who took part their own, staff how hard the questions were."""
    right = right_options(scene)
    if not right:
        _end_without(scene, Text(id="battle.broken_off", values={"title": scene.title}))
        return
    store.end(scene.ctx.db, scene.battle.id, "over", at=scene.ctx.now)
    found = scores(store.answers_in(scene.ctx.db, scene.battle.id), right)
    winners = list(places(found, scene.battle.top))
    mine = (Text(id="button.battle_mine"), f"battle {scene.battle.id}")
    scene.say("result", *_result(scene, right, found, winners), buttons=[mine] if found else [])
    scene.tell_staff("report", *_report(scene, found))
    _announce(scene, right, found, winners)
    _tell_each(scene, found)


def break_off(scene: Scene, late: timedelta) -> None:
    """We were away for too long. What counts by then decides, if it is at least half of the battle."""
    asked, count = len(right_options(scene)), len(scene.questions)
    values = {"title": scene.title, "late": late, "asked": asked, "of": count, "ritual": scene.battle.ritual}
    if 2 * asked >= count:
        scene.tell_staff("broken_off", Text(id="battle.staff_ended_early", values=values))
        finish(scene)
    else:
        scene.tell_staff("broken_off", Text(id="battle.staff_broken_off", values=values))
        _end_without(scene, Text(id="battle.broken_off", values=values))


def cancel(scene: Scene) -> None:
    """Nobody has a place, and nothing that was answered counts."""
    open_one = next((one for one in store.asked_in(scene.ctx.db, scene.battle.id) if one.closed_at is None), None)
    if open_one is not None:
        _void(scene, open_one)
    _end_without(scene, Text(id="battle.cancelled", values={"title": scene.title}))
    sleep(scene.ctx, scene.battle.id)


def _void(scene: Scene, asked: Asked) -> None:
    store.close(scene.ctx.db, asked, at=scene.ctx.now, is_void=True)
    scene.show(asked.number, void_lines(scene, asked, "battle.question_cancelled"), buttons=(), is_closed=True)


def _end_without(scene: Scene, why: Words) -> None:
    store.end(scene.ctx.db, scene.battle.id, "cancelled", at=scene.ctx.now)
    scene.say("result", why)


# --- what is said -----------------------------------------------------------------------------------------------------


def _result(
    scene: Scene, right: Right, found: Sequence[Score], winners: Sequence[tuple[int, Score]]
) -> Iterator[Words]:
    yield Text(id="battle.result", values={"title": scene.title})
    if len(right) < len(scene.questions):
        yield Text(id="battle.only_some_count", values={"count": len(right), "of": len(scene.questions)})
    names = praised_names(scene.ctx.db, [score.person for _, score in winners])
    for place, score in winners[:_SHOWN]:
        yield _place(place, score, names.get(score.person))
    if more := len(winners[_SHOWN:]):
        yield Text(id="battle.more_places", values={"count": more})
    if not found:
        yield Text(id="battle.nobody_played")
    elif not winners:
        yield Text(id="battle.nobody_was_right", values={"count": len(found)})
    else:
        yield Text(id="battle.thanks", values={"count": len(found)})


def _place(place: int, score: Score, name: str | None) -> Words:
    values = {"place": place, "count": score.right, "seconds": score.seconds}
    if name is None:
        return Text(id="battle.place_unnamed", values=values)
    return Text(id="battle.place", values={**values, "name": clean_line(name)})


def _report(scene: Scene, found: Sequence[Score]) -> Iterator[Words]:
    yield Text(id="battle.report", values={"title": scene.title, "count": len(found)})
    for one in store.asked_in(scene.ctx.db, scene.battle.id):
        counts = store.counts(scene.ctx.db, one)
        right = counts.get(scene.questions[one.number - 1].right, 0)
        id = "battle.report_void" if one.is_void else "battle.report_line"
        yield Text(id=id, values={"number": one.number, "count": sum(counts.values()), "right": right})


def _announce(scene: Scene, right: Right, found: Sequence[Score], winners: Sequence[tuple[int, Score]]) -> None:
    """The rules hear of everybody who took part, then of those who have a place."""
    ctx, title = scene.ctx, scene.title.in_(scene.ctx.course.language)
    members = members_by_id(ctx.db, [score.person for score in found])
    played = ((members[one.person], {"battle": title, "right": one.right, "questions": len(right)}) for one in found)
    ctx.announce_each(PLAYED, scene.object, played, on=ctx.today)
    won = ((members[one.person], {"battle": title, "place": place, "right": one.right}) for place, one in winners)
    ctx.announce_each(WON, scene.object, won, on=ctx.today)


def _tell_each(scene: Scene, found: Sequence[Score]) -> None:
    """Each alone, where that is possible; all others read it by `/battle`."""
    answers = store.answers_in(scene.ctx.db, scene.battle.id)
    asked = store.asked_in(scene.ctx.db, scene.battle.id)
    for who, ear in ears_of(scene.ctx, [score.person for score in found]).items():
        lines = list(own_lines(scene.battle, asked, answers, who, is_over=True))
        what = Utterance(lines=lines, life=NOTICE_LIFE, is_confidential=True, is_notice=True)
        key = f"battle:{scene.battle.id}:told:{who}"
        scene.ctx.whisper(ear.user, ear.space, what, key=key, language=ear.language)
