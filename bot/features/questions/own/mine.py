"""`/questions`: all that one has asked, and how it stands."""

from collections.abc import Mapping

from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.parameters import number
from bot.engine.voice import Label
from bot.features.questions import posts, telling
from bot.features.questions.declared import feature
from bot.features.questions.store import own
from bot.features.questions.store.own import Page
from bot.features.questions.store.questions import Question

_PAGE = 10
_MOST_PAGES = 10_000
_STATES = {
    "waiting": "question.state_waiting",
    "asked_back": "question.state_asked_back",
    "answered": "question.state_answered",
    "closed": "question.state_closed",
    "helped": "question.state_closed",
    "merged": "question.state_merged",
    "withdrawn": "question.state_withdrawn",
}


@feature.command("questions", words=("我的问题", "my questions"), is_private=True, parameters=(number("page"),))
def show_own(ctx: Context, cmd: CommandInvoked) -> None:
    """Among staff, where others read along, only where to find what waits for them."""
    if ctx.space is not None and ctx.space.kind == "staff":
        ctx.reply("question.see_queue", buttons=[(Text(id="button.question_queue"), "queue questions")])
        return
    page, number = _page(ctx, _number_in(cmd.text))
    if not page.rows:
        ctx.reply("question.none_of_yours")
        return
    ctx.reply("question.yours", count=page.total)
    counts = own.answer_counts(ctx.db, [row.id for row in page.rows])
    for row in page.rows:
        ctx.reply_words(_line(ctx, row, counts))
    ctx.reply_buttons(_look(row) for row in page.rows)
    ctx.reply_buttons(_turn(page, number))


def _number_in(text: str) -> int:
    """From 1; the first where it says nothing that could be meant."""
    said = text.strip()
    return min(max(int(said), 1), _MOST_PAGES) if said.isdecimal() and len(said) < 9 else 1


def _page(ctx: Context, number: int) -> tuple[Page, int]:
    """The page that was asked for, or the last one."""
    found = own.page_of(ctx.db, ctx.course.id, ctx.member.id, first=(number - 1) * _PAGE, limit=_PAGE)
    last = max(-(-found.total // _PAGE), 1)
    return (found, number) if number <= last else _page(ctx, last)


def _line(ctx: Context, row: Question, counts: Mapping[int, int]) -> Text:
    values = telling.about(row) | {
        "state": Text(id=_state(ctx, row), values={"into": row.merged_into}),
        "count": counts.get(row.id, 0),
        "due": ctx.course.wall_time(row.due_at) if row.due_at else None,
    }
    return Text(id=_how(ctx, row, counts), values=values)


def _state(ctx: Context, row: Question) -> str:
    return "question.state_late" if posts.is_late(ctx, row) else _STATES[row.state]


def _how(ctx: Context, row: Question, counts: Mapping[int, int]) -> str:
    """What matters of it: until when it is answered, or how much was answered."""
    if row.due_at is not None and not posts.is_late(ctx, row):
        return "question.line_due"
    return "question.line_answers" if row.id in counts else "question.line"


def _look(row: Question) -> Label:
    return Text(id="button.question_number", values={"number": row.id}), f"question Q{row.id}"


def _turn(page: Page, number: int) -> list[Label]:
    before = [(Text(id="button.question_newer"), f"questions {number - 1}")] if number > 1 else []
    after = [(Text(id="button.question_older"), f"questions {number + 1}")] if number * _PAGE < page.total else []
    return [*before, *after]
