"""A question is taken: checked, sorted as it seems, kept; then what is known is shown, or it is filed."""

from typing import Any

from bot.domain.errors import UserError
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.domain.questions import Tag
from bot.engine.context import Context
from bot.engine.pieces import pieces_in
from bot.features.questions import telling
from bot.features.questions.asking import offering, pictures, receipts
from bot.features.questions.asking.known import known_to
from bot.features.questions.asking.said import Asked, check, check_limits, the_same
from bot.features.questions.asking.sorting import likely_lesson, named_homework, suggested_tag
from bot.features.questions.meant import asker_of
from bot.features.questions.store import asked, questions
from bot.features.questions.store.questions import Question
from storage.persons import lock_person


def check_student(whose: Member) -> None:
    """Staff answer; they may file what a student has written."""
    if whose.role != "student":
        raise UserError("ask.for_students")


def check_all(ctx: Context, whose: Member, said: Asked) -> Question | None:
    """What this member has asked in the same words already, if they have. Raises UserError where it can't be asked."""
    check_student(whose)
    check(said)
    lock_person(ctx.db, whose.id)  # who asks twice at once asks one after the other
    before = asked.of_member(ctx.db, ctx.course.id, whose.id)
    if not said.is_anonymous:  # what others see of it must not hang on what was asked without a name
        before = [row for row in before if not row.is_anonymous]
    same = the_same(said, before)
    if same is None:
        check_limits(ctx, whose.id, said, before)
    return same


def take_slowly(ctx: Context, whose: Member, said: Asked) -> None:
    """What is known is shown before anybody else is asked. Raises UserError."""
    if same := check_all(ctx, whose, said):
        again(ctx, same)
        return
    row = _draft(ctx, whose, said)
    if not offering.offer_first(ctx, row):
        offering.file(ctx, row)


def take_at_once(ctx: Context, whose: Member, said: Asked) -> Question:
    """What was checked is filed; an answer that is sure is shown besides."""
    return offering.file_and_offer(ctx, _draft(ctx, whose, said))


def file_after_all(ctx: Context, row: Question) -> None:
    """What was known did not help, now that they have looked: as if it were asked now. Raises UserError."""
    asker = asker_of(ctx, row)
    files = tuple(piece.attachment for piece in pieces_in(row.files))
    if same := check_all(ctx, asker, Asked(row.text, files, is_anonymous=row.is_anonymous)):
        again(ctx, same)
        return
    changes = {"state": "drafted", "at": ctx.now, "helped_by": None, "closed_at": None}
    offering.file(ctx, questions.change(ctx.db, row.id, **changes, satisfaction=None, verdict=None))


def again(ctx: Context, row: Question) -> None:
    """They have asked it already: how that stands."""
    line = Text(id="ask.again", values={"number": row.id})
    if row.state == "drafted":
        offering.show(ctx, row, known_to(ctx, row))
    elif row.state == "waiting":
        receipts.give(ctx, row, before=[line])
    else:
        look = Text(id="button.question_read"), f"question Q{row.id}"
        telling.to_asker(ctx, row, [line], buttons=[look])


def _draft(ctx: Context, whose: Member, said: Asked) -> Question:
    row = questions.add(ctx.db, _row(ctx, whose, said))
    pictures.fetch(ctx, row, said.user)
    return row


def _row(ctx: Context, whose: Member, said: Asked) -> dict[str, Any]:
    sorted_ = sorted_as(ctx, said.text, said.tag)
    return {
        "course": ctx.course.id,
        "member": whose.id,
        "at": ctx.now,
        "text": said.text,
        "files": list(pictures.pieces_with(said, ctx.actor_address.platform)),
        "object": None if said.is_anonymous else said.object,
        "is_anonymous": said.is_anonymous,
        "state": "drafted",
        **sorted_,
        "is_sorted": said.tag is not None,
    }


def sorted_as(ctx: Context, text: str, tag: Tag | None = None) -> dict[str, Any]:
    """What it seems to be about; `tag`: as somebody has said it."""
    course = ctx.course
    tag = tag or suggested_tag(text, course.answering.keywords)
    homework = named_homework(text, course.book.homework.values())
    return {
        "tag": tag,
        "lesson": likely_lesson(text, tag, course.day_number(ctx.today), course.day_number(course.ends)),
        "homework": homework.id if homework else None,
    }
