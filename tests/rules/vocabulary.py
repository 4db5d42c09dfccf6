"""A small vocabulary and a small course, for the tests of the loader."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from bot.domain.messages import Localised
from bot.domain.rituals import Step
from bot.domain.rules import FactKind
from rules.fields import Duration
from rules.vocabulary import Action, EffectKind, Vocabulary


class Makeup(BaseModel):
    within_days: int = 3
    at_most: int = 2


class CheckinSection(BaseModel):
    makeup: Makeup = Makeup()


class SharingOptions(BaseModel):
    lasts: Duration = timedelta(hours=1)
    topics: tuple[str, ...] = ()


class GivenTitle(BaseModel):
    name: str
    lasts: Duration | None = None


def until_it_closes(options: SharingOptions) -> tuple[Step, ...]:
    return Step(), Step(after=options.lasts, is_needed=True)


FACTS = (
    FactKind(
        name="homework.submitted",
        fields={"homework": "text", "version": "number", "late": "yes_no", "due": "date"},
    ),
    FactKind(name="checkin.done", fields={"streak": "number"}),
    FactKind(name="message.posted", fields={"length": "number", "is_reply": "yes_no"}, has_text=True),
    FactKind(name="points.granted", fields={"points": "number"}),
    FactKind(name="level.reached", fields={"level": "text", "step": "number"}),
    FactKind(name="day.ended", fields={"streak": "number"}, has_place=False),
)
EFFECTS = (
    EffectKind(name="award", argument=Annotated[int, Field(ge=-100, le=100)]),
    EffectKind(name="say", argument=Localised, shows=("name", "points")),
    EffectKind(name="badge", argument=str, names="badges"),
    EffectKind(name="title", argument=GivenTitle, names="titles"),
    EffectKind(name="reward", argument=str, names="rewards", not_on=("points.granted",)),
)
ACTIONS = (Action(name="post_task"), Action(name="sharing", options=SharingOptions, steps=until_it_closes))
VOCABULARY = Vocabulary(
    facts={fact.name: fact for fact in FACTS},
    effects={effect.name: effect for effect in EFFECTS},
    actions={action.name: action for action in ACTIONS},
    sections={"checkin": CheckinSection},
)

COURSE = """\
title: 两周写作营
language: zh-CN
time_zone: Asia/Shanghai
starts: 2027-03-01
ends: 2027-03-14
spaces:
  - {id: main, kind: main, local: main}
  - {id: staff, kind: staff, telegram: -1001, discord: "7"}
staff:
  admins: [local:chen]
  assistants: [local:lin]
"""
