"""How a battle goes on by itself: question after question, by the clock.

Each step says when the next one is due, counted from when it was done: after an outage nothing comes in a burst. A
question during which nobody could answer does not count; after a long outage the battle is over.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.domain.events import AlarmsDue
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.features.battles import ending, store
from bot.features.battles.declared import feature
from bot.features.battles.scene import ALARM, Scene, scene_of, wake
from bot.features.battles.store import Asked, NextStep
from bot.features.battles.wording import closed_lines, open_lines, option_buttons, own_button, void_lines

_ON_THE_WAY = timedelta(seconds=2)
"""What was pressed in time may arrive so much later."""

_HURRY = timedelta(seconds=10)  # before the close
_WORTH_HURRYING = timedelta(seconds=20)  # shorter questions go without
_LATE = timedelta(seconds=30)  # from then on, people have noticed that we were away
_OVER = timedelta(minutes=10)  # after that they have gone home
_BACK_IN = timedelta(seconds=30)  # time to come back


@feature.alarm(ALARM, most=1)
def goes_on(ctx: Context, due: AlarmsDue) -> None:
    for one in due.alarms:
        found = store.locked(ctx.db, int(one.object))
        if found is None or found.state != "on":
            continue
        if ctx.now < found.next_at:  # the clock was set back
            wake(ctx, found.id, found.next_at)
        elif scene := scene_of(ctx, found):
            _go_on(scene)
        else:
            store.end(ctx.db, found.id, "cancelled", at=ctx.now)
            ctx.tell_staff(Text(id="battle.has_no_place", values={"ritual": found.ritual, "space": found.space}))


def _go_on(scene: Scene) -> None:
    step: NextStep = scene.battle.next_step
    _STEPS[step](scene, scene.ctx.now - scene.battle.next_at)
    scene.ctx.finish()


# --- the steps --------------------------------------------------------------------------------------------------------


def _ask(scene: Scene, late: timedelta) -> None:
    """Put the next question; after an outage not at once, so that people can come back."""
    if late > _OVER:
        ending.break_off(scene, late)
    elif late > _LATE:
        _come_back(scene, late)
    else:
        now = scene.ctx.now
        asked = store.ask(scene.ctx.db, scene.battle, at=now)
        scene.show(asked.number, open_lines(scene, asked), buttons=option_buttons(scene, asked), is_closed=False)
        if timedelta(seconds=scene.battle.seconds) >= _WORTH_HURRYING:
            scene.then("hurry", asked.closes_at - _HURRY)
        else:
            scene.then("settle", asked.closes_at + _ON_THE_WAY)


def _hurry(scene: Scene, late: timedelta) -> None:
    """Say that there is not much time left, while that is true."""
    asked, now = _current(scene), scene.ctx.now
    settled_at = asked.closes_at + _ON_THE_WAY
    if now >= settled_at:
        _settle(scene, now - settled_at)
        return
    if late < _HURRY / 2:
        lines = open_lines(scene, asked, hurry=_HURRY)
        scene.show(asked.number, lines, buttons=option_buttons(scene, asked), is_closed=False)
    scene.then("settle", settled_at)


def _settle(scene: Scene, late: timedelta) -> None:
    """No more answers are taken; everybody reads what was right."""
    asked, is_void = _current(scene), late > _LATE
    store.close(scene.ctx.db, asked, at=scene.ctx.now, is_void=is_void)
    if is_void:
        scene.show(asked.number, void_lines(scene, asked, "battle.is_void"), buttons=(), is_closed=True)
        _go_on_after(scene, late)
        return
    counts = store.counts(scene.ctx.db, asked)
    lines = list(closed_lines(scene, asked, counts))
    scene.show(asked.number, lines, buttons=[own_button(asked)] if counts else [], is_closed=True)
    is_last = asked.number == len(scene.questions)
    scene.then("finish" if is_last else "ask", scene.ctx.now + scene.pause)


def _finish(scene: Scene, late: timedelta) -> None:
    ending.finish(scene)


_STEPS: Mapping[NextStep, Callable[[Scene, timedelta], None]] = {
    "ask": _ask,
    "hurry": _hurry,
    "settle": _settle,
    "finish": _finish,
}


def _current(scene: Scene) -> Asked:
    asked = store.asked_as(scene.ctx.db, scene.battle.id, scene.battle.asked)
    assert asked is not None, "what is hurried or settled was asked"
    return asked


# --- after an outage --------------------------------------------------------------------------------------------------


def _go_on_after(scene: Scene, late: timedelta) -> None:
    """The question that was open then counts for nobody."""
    if late > _OVER:
        ending.break_off(scene, late)
    elif scene.battle.asked == len(scene.questions):
        scene.tell_staff(f"void:{scene.battle.asked}", _missed(scene, "battle.staff_void_last", late))
        ending.finish(scene)
    else:
        _come_back(scene, late)


def _come_back(scene: Scene, late: timedelta) -> None:
    name = f"back:{scene.battle.asked}"
    scene.say(name, Text(id="battle.is_back", values={"title": scene.title, "back_in": _BACK_IN}))
    scene.tell_staff(name, _missed(scene, "battle.staff_back", late))
    scene.then("ask", scene.ctx.now + _BACK_IN)


def _missed(scene: Scene, id: str, late: timedelta) -> Text:
    return Text(id=id, values={"title": scene.title, "number": scene.battle.asked, "late": late})
