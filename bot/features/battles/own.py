"""How one person did: for nobody else."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.ids import MemberId
from bot.domain.messages import Localised, Text, Words
from bot.features.battles.questions import choice, read
from bot.features.battles.ranking import Answered, place_of, scores
from bot.features.battles.store import Asked, Battle


def own_lines(
    battle: Battle, asked: Sequence[Asked], answers: Sequence[Answered], who: MemberId, *, is_over: bool
) -> Iterator[Words]:
    """Of the questions that are closed and count; the place when the battle is over, for who has something right."""
    questions = read(battle.questions)
    closed = [one for one in asked if one.closed_at and not one.is_void]
    right = {one.number: questions[one.number - 1].right for one in closed}
    found = scores(answers, right)
    mine = next((score for score in found if score.person == who), None)
    if mine is None:
        yield Text(id="battle.you_did_not_play", values={"title": Localised(battle.title)})
        return
    values: dict[str, Any] = {"title": Localised(battle.title), "right": mine.right, "of": len(right)}
    yield Text(id="battle.you_have" if mine.right else "battle.you_have_none", values=values)
    given = {one.number: one for one in answers if one.person == who}
    for one in closed:
        yield _line(one.number, given.get(one.number), right[one.number])
    if mine.right and is_over:
        yield Text(id="battle.your_place", values={"place": place_of(mine, found), "seconds": mine.seconds})


def _line(number: int, given: Answered | None, right: int) -> Words:
    if given is None:
        return Text(id="battle.own_none", values={"number": number})
    if given.option != right:
        return Text(id="battle.own_wrong", values={"number": number})
    return Text(id="battle.own_right", values={"number": number, "seconds": given.seconds})


def one_line(battle: Battle, asked: Asked, option: int | None) -> Words:
    """What a person has answered to one closed question."""
    question = read(battle.questions)[asked.number - 1]
    if option is None:
        return Text(id="battle.you_did_not_answer", values={"number": asked.number})
    id = "battle.you_were_right" if option == question.right else "battle.you_were_wrong"
    values = {"choice": choice(question, option), "right": choice(question, question.right)}
    return Text(id=id, values=values)
