"""`/grade`: take what waits, give points by criterion on a panel or in one line, and finish."""

from collections.abc import Callable, Mapping

from bot.domain.errors import UserError
from bot.domain.events import Attachment, CommandInvoked
from bot.domain.homework import Homework
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.forms import open_form
from bot.engine.parameters import text
from bot.features.homework.assignments import called, homework_called
from bot.features.homework.declared import feature
from bot.features.homework.grading import card, commenting, drafts, finishing, many, naming, returning, rubric, saying
from bot.features.homework.grading import featuring as featuring_work
from bot.features.homework.store import drafts as store
from bot.features.homework.store import hand_ins
from bot.features.homework.store.drafts import Draft
from bot.features.homework.store.hand_ins import HandIn

_NEXT = frozenset(("next", "下一份", "下一个"))
_FINISH = frozenset(("finish", "done", "完成"))
_FEATURE = frozenset(("feature", "精选"))
_RELEASE = frozenset(("release", "放弃", "退回队列"))
_COMMENT = frozenset(("comment", "评语"))


@feature.command(
    "grade",
    words=("批改作业",),
    roles=("assistant", "admin"),
    area="homework",
    places=("staff",),
    parameters=(text("hand_in"), text("result")),
)
def grade(ctx: Context, cmd: CommandInvoked) -> None:
    said = "" if cmd.via == "word" else cmd.text.strip()
    first, _, rest = said.partition(" ")
    word, rest = first.casefold(), rest.strip()
    drafts.tidy(ctx)
    if word == "draft":
        _press(ctx, rest)
    elif word in _NEXT:
        _take_next(ctx, homework_called(ctx, rest) if rest else None)
    elif homework := _next_of(ctx, said):
        _take_next(ctx, homework)
    elif word in _RELEASE:
        _release(ctx, drafts.mine(ctx))
    elif word in _COMMENT:
        _comment(ctx, drafts.mine(ctx), rest, commenting.files_with(cmd))
    elif word in _FINISH and not rest:
        _finish(ctx, drafts.mine(ctx))
    elif asked := naming.asked(ctx, said):
        _grade(ctx, asked, commenting.files_with(cmd))
    elif said:
        raise UserError("grading.usage")
    else:
        card.show(ctx, drafts.mine(ctx))


# --- taking -----------------------------------------------------------------------------------------------------------


def _next_of(ctx: Context, said: str) -> Homework | None:
    """The homework of `note next`; a comment may end with that word, too."""
    name, _, last = said.rpartition(" ")
    return called(ctx, name) if last.casefold() in _NEXT else None


def _take_next(ctx: Context, homework: Homework | None) -> None:
    """What waits longest, and is nobody's yet."""
    only = [homework.id] if homework else [*ctx.course.book.homework]
    row = next((row for row in hand_ins.waiting(ctx.db, ctx.course.id, only) if _is_free(ctx, row)), None)
    if row is None:
        raise UserError("grading.none_waits")
    card.show(ctx, drafts.take(ctx, drafts.rows_of(ctx, [row.id])))


def _is_free(ctx: Context, row: HandIn) -> bool:
    is_known = row.homework in ctx.course.book.homework
    if row.draft is not None or not is_known or drafts.is_own(ctx, row):
        return False
    return row.appeal is None or drafts.may_hear(ctx, row)


def _grade(ctx: Context, asked: many.Asked, files: tuple[Attachment, ...]) -> None:
    many.check_clear(asked, at_most=0)
    rows = drafts.rows_of(ctx, asked.numbers)
    homework = drafts.homework_of(ctx, rows[0])
    many.check_alike(rows, homework)
    if asked.rest.casefold() in _FEATURE:
        for row in rows:
            drafts.check_may(ctx, row)
            if row.featured_at is None:
                drafts.check_state(row)
            featuring_work.toggle(ctx, row)
        return
    draft = drafts.take(ctx, rows)
    if files:
        draft = saying.say(ctx, saying.take_open(ctx, draft), "", files)
    if not asked.rest:
        card.show(ctx, draft)
        return
    _fill_in(ctx, draft, homework, asked.rest)


def _fill_in(ctx: Context, draft: Draft, homework: Homework, said: str) -> None:
    """As it was typed; finished at once where nothing is left open."""
    is_done = said.split(maxsplit=1)[0].casefold() in _FINISH
    given = rubric.given_in(said.split(maxsplit=1)[1] if is_done and " " in said else "" if is_done else said, homework)
    draft = saying.take_open(ctx, draft)
    draft = store.change(ctx.db, draft.id, scores={**draft.scores, **given.scores})
    if given.points is not None and saying.is_fetching(draft):
        raise UserError("grading.files_first")  # nothing keeps points in all until they are here
    if given.comment:
        draft = saying.say(ctx, draft, given.comment)
    is_filled = bool(given.scores) and rubric.current(homework, draft.scores) is None
    if is_done or is_filled or given.points is not None:
        _finish(ctx, draft, given.points)
    else:
        card.show(ctx, draft)


# --- pressing ---------------------------------------------------------------------------------------------------------


def _press(ctx: Context, said: str) -> None:
    """`7.1800000000 give hook 22`: what a button of a panel says. Raises UserError where the panel is an old one."""
    name, what, *arguments = [*said.split(), "", "", "", ""][:4]
    act = _ACTS.get(what)
    if act is None:
        raise UserError("grading.usage")
    act(ctx, drafts.meant(ctx, name), *(arguments if what in _WITH else ()))


def _give(ctx: Context, draft: Draft, id: str, points: str) -> None:
    homework = drafts.homework_of(ctx, draft)
    criterion = rubric.current(homework, draft.scores)
    if criterion is None or criterion.id != id or not points.isdigit() or int(points) > criterion.points:
        raise UserError("grading.old_button")
    draft = store.change(ctx.db, draft.id, scores={**draft.scores, id: int(points)})
    ctx.reply("grading.noted", criterion=criterion.title, points=int(points), of=criterion.points)
    card.refresh(ctx, draft)


def _problem(ctx: Context, draft: Draft, name: str, switch: str) -> None:
    homework = drafts.homework_of(ctx, draft)
    known = rubric.problems_in(homework, [name])
    if not known:
        raise UserError("grading.old_button")
    others = [one for one in draft.problems if one != name]
    draft = store.change(ctx.db, draft.id, problems=others if switch == "off" else [*others, name])
    ctx.reply("grading.unpicked" if switch == "off" else "grading.picked", problem=known[0][1])
    card.refresh(ctx, draft)


def _back(ctx: Context, draft: Draft, id: str, _: str) -> None:
    homework = drafts.homework_of(ctx, draft)
    last = rubric.last_given(homework, draft.scores)
    if last is None or last.id != id:
        raise UserError("grading.old_button")
    scores = {one: points for one, points in draft.scores.items() if one != id}
    draft = store.change(ctx.db, draft.id, scores=scores)
    ctx.reply("grading.reopened", criterion=last.title)
    card.refresh(ctx, draft)


def _comment(ctx: Context, draft: Draft, said: str = "", files: tuple[Attachment, ...] = ()) -> None:
    if not (said or files):
        open_form(ctx, "grade_comment")
        return
    draft = saying.say(ctx, saying.take_open(ctx, draft), said, files)
    ctx.reply("grading.comment_noted")
    card.refresh(ctx, draft)


def _feature(ctx: Context, draft: Draft) -> None:
    """At the end of the grading, or not; once more is the other way round."""
    wanted = not card.is_to_be_featured(draft, store.claimed(ctx.db, draft.id))
    draft = store.change(ctx.db, draft.id, features=wanted)
    ctx.reply("grading.will_feature" if wanted else "grading.will_not_feature")
    card.refresh(ctx, draft)


def _finish(ctx: Context, draft: Draft, points: int | None = None) -> None:
    """With what is still being said of it; `points` in all, where they were not given by criterion."""
    if said := commenting.all_said(ctx, draft):
        finishing.finish(ctx, said, points)


def _look(ctx: Context, draft: Draft) -> None:
    """Show it once more, as it is by now."""
    rows = store.claimed(ctx.db, draft.id)
    card.show(ctx, drafts.take(ctx, rows))


def _release(ctx: Context, draft: Draft) -> None:
    for line in drafts.back_words(drafts.give_back(ctx, draft), "grading.released"):
        ctx.reply_words(line)
    ctx.reply_buttons([(Text(id="button.grade_next"), "grade next")])


_ACTS: Mapping[str, Callable[..., None]] = {
    "give": _give,
    "problem": _problem,
    "back": _back,
    "comment": _comment,
    "feature": _feature,
    "look": _look,
    "release": _release,
    "return": returning.send_back,
    "finish": _finish,
}
_WITH = frozenset(("give", "problem", "back"))
"""Those that say more than what is to be done."""
