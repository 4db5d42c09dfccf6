"""Somebody is about to be forgotten: what was posted of their questions and answers is read no more."""

from msgspec import structs

from bot.domain.ids import CourseId
from bot.engine.context import Context
from bot.engine.transaction import Belonging
from bot.features.questions import flow, posts
from bot.features.questions.declared import feature
from bot.features.questions.own import heirs
from bot.features.questions.store import answers, leaving, questions
from bot.features.questions.store.questions import OPEN
from storage.personal import Person


@feature.before_forgetting
def let_go(ctx: Context, whose: Person, key: str) -> None:
    """Nobody waits for their questions any more. What others have answered stays theirs, what they answered goes."""
    for row in leaving.questions_of(ctx.db, whose.members):
        if there := _there(ctx, row.course):
            if row.state in OPEN:
                heirs.pass_on(there, row)
            flow.give_up(there, row)
            there.finish()
    for given in leaving.answers_of(ctx.db, whose.members):
        course = answers.course_of(ctx.db, given.question)
        answered = questions.by_number(ctx.db, course, given.question, lock=True) if course else None
        if answered is not None and (there := _there(ctx, answered.course)):
            posts.answer_changed(there, answered, answers.change(ctx.db, given.id, withdrawn_at=ctx.now, note=None))
            there.finish()
    leaving.drop_drafts(ctx.db, whose.members)


def _there(ctx: Context, course: str) -> Context | None:
    """In their course, and as something that answers nobody; None where that is no more."""
    found = ctx.live.courses.get(CourseId(course))
    if found is None:
        return None
    silent = structs.replace(ctx.event, interaction=None) if hasattr(ctx.event, "interaction") else ctx.event
    return Context(ctx.tx, silent, Belonging(course=found), writes=ctx.writes)
