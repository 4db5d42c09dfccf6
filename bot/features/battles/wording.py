"""What the posts of a battle say."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.domain.messages import Template, Text, Words
from bot.engine.voice import Label
from bot.features.battles.questions import Question, choice
from bot.features.battles.scene import Scene
from bot.features.battles.store import Asked


def head(scene: Scene, starts_in: timedelta) -> list[Words]:
    battle, count = scene.battle, len(scene.questions)
    return [
        Text(id="battle.opens", values={"title": scene.title, "starts_in": starts_in}),
        Text(id="battle.how", values={"count": count, "seconds": battle.seconds}),
        Text(id="battle.how_it_counts", values={"top": battle.top}),
    ]


def open_lines(scene: Scene, asked: Asked, *, hurry: timedelta | None = None) -> list[Words]:
    """The question while it is open; `hurry`: for so long still."""
    until = f"{asked.closes_at.astimezone(scene.ctx.course.tzinfo):%H:%M:%S}"
    limits = Text(id="battle.limits", values={"seconds": scene.battle.seconds, "until": until})
    lines = [_step(scene, asked), Template(text=_question(scene, asked).ask), limits]
    return [*lines, Text(id="battle.hurry", values={"count": hurry // timedelta(seconds=1)})] if hurry else lines


def option_buttons(scene: Scene, asked: Asked) -> list[Label]:
    """Each names its battle and its question: pressed later, it is no answer to another one."""
    question = _question(scene, asked)
    numbers = range(1, len(question.options) + 1)
    return [(choice(question, one), f"battle {asked.battle} {asked.number} {one}") for one in numbers]


def closed_lines(scene: Scene, asked: Asked, counts: Mapping[int, int]) -> Iterator[Words]:
    """What was right, how many chose what, and what comes next; never who."""
    question = _question(scene, asked)
    yield _step(scene, asked)
    yield Template(text=question.ask)
    for number in range(1, len(question.options) + 1):
        id = "battle.right_option" if number == question.right else "battle.wrong_option"
        yield Text(id=id, values={"option": choice(question, number), "count": counts.get(number, 0)})
    if question.because:
        yield Template(text=question.because)
    answered = sum(counts.values())
    id = "battle.answered" if answered else "battle.answered_by_nobody"
    yield Text(id=id, values={"count": answered, "right": counts.get(question.right, 0)})
    yield _next(scene, asked)


def void_lines(scene: Scene, asked: Asked, id: str) -> list[Words]:
    """A question that does not count, and why."""
    return [_step(scene, asked), Template(text=_question(scene, asked).ask), Text(id=id)]


def own_button(asked: Asked) -> Label:
    return Text(id="button.battle_own"), f"battle {asked.battle} {asked.number}"


def _step(scene: Scene, asked: Asked) -> Words:
    values = {"title": scene.title, "number": asked.number, "of": len(scene.questions)}
    return Text(id="battle.step", values=values)


def _question(scene: Scene, asked: Asked) -> Question:
    number: int = asked.number
    return scene.questions[number - 1]


def _next(scene: Scene, asked: Asked) -> Words:
    id = "battle.next" if asked.number < len(scene.questions) else "battle.result_comes"
    return Text(id=id, values={"pause": scene.pause})
