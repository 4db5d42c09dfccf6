"""What becomes of a question: each step changes its row, its clock, the facts, and what is read of it.

Every function takes a row that is locked, and gives it back as it is afterwards.
"""

from datetime import datetime, timedelta
from typing import Any

from bot.domain.errors import UserError
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.roster import member_of
from bot.features.questions import anonymous, posts, telling
from bot.features.questions.declared import ACCEPTED, ALARM, ANSWERED, ASKED, CLAIM_ALARM, DRAFT_ALARM, object_of
from bot.features.questions.given import Given
from bot.features.questions.meant import asker_of, pace_of
from bot.features.questions.store import answers, own, questions
from bot.features.questions.store.answers import Answer
from bot.features.questions.store.questions import OPEN, Question
from storage import alarms

_HOUR = timedelta(hours=1)
_SLIP = timedelta(minutes=15)
"""How soon an answer is withdrawn that should not have been sent at all."""


# --- asked ------------------------------------------------------------------------------------------------------------


def file(ctx: Context, row: Question) -> Question:
    """It waits for an answer from the moment on at which it was asked; everybody can read it."""
    alarms.drop(ctx.db, ctx.course.id, DRAFT_ALARM, [str(row.id)])
    row = _wait(ctx, row, row.at)
    if row.is_anonymous:
        row = anonymous.put_off(ctx, row)
    else:
        _announce_asked(ctx, row)
    posts.show(ctx, row)
    return row


def _announce_asked(ctx: Context, row: Question) -> None:
    outcome = ctx.announce(ASKED, object_of(row.id), member=asker_of(ctx, row), **anonymous.asked_values(row))
    telling.points(ctx, row, asker_of(ctx, row), outcome)


def add(ctx: Context, row: Question, given: Given) -> Question:
    """The asker says more; where staff have asked back, or answered, they are waited for again."""
    _check_open(row)
    remark = answers.add_remark(ctx.db, _said(ctx, row, given) | {"kind": "adds"})
    if row.state in ("asked_back", "answered"):
        row = _wait(ctx, row, ctx.now)
    posts.said(ctx, row, remark)
    posts.show(ctx, row)
    return row


def withdraw(ctx: Context, row: Question) -> Question:
    """The asker takes it back: nobody reads it any more, and nobody is waited for."""
    row = _rest(ctx, row, "withdrawn", closed_at=ctx.now)
    if row.unsettled:
        row = questions.change(ctx.db, row.id, unsettled=None)
    elif row.is_anonymous:
        row = anonymous.put_off(ctx, row)
    else:
        ctx.retract(ASKED, object_of(row.id), member=asker_of(ctx, row))
    posts.show(ctx, row)
    posts.take_back(ctx, row)
    return row


def give_up(ctx: Context, row: Question) -> Question:
    """Who asked it is about to be forgotten: it is read no more. What the facts say of them is not for us to change."""
    row = _rest(ctx, row, "withdrawn", closed_at=ctx.now, unsettled=None)
    posts.show(ctx, row)
    posts.take_back(ctx, row)
    return row


# --- answered ---------------------------------------------------------------------------------------------------------


def answer(ctx: Context, row: Question, by: Member, given: Given, *, is_staff: bool) -> Answer:
    """Somebody answers. Staff are waited for until one of them does, whatever classmates say; unless it is accepted."""
    _check_open(row)
    if by.id == asker_of(ctx, row).id and not row.is_anonymous:
        raise UserError("answer.own", number=row.id)
    is_first = not answers.has_answered(ctx.db, row.id, by.id)
    values = _said(ctx, row, given, by) | {"is_staff": is_staff, "entry": given.entry}
    made = answers.add(ctx.db, values)
    if is_staff:
        _responded(ctx, row, by, made)
        row = _rest(ctx, row, "answered")
    if is_first:
        outcome = ctx.announce(ANSWERED, object_of(row.id), member=by, text=given.text, **_answered_values(ctx, row))
        telling.points(ctx, row, by, outcome)
    posts.answered(ctx, row, made, given)
    posts.show(ctx, row)
    telling.answered(ctx, row, made)
    return made


def ask_back(ctx: Context, row: Question, given: Given) -> Question:
    """Staff want to know more: the clock stands until the asker has said it."""
    _check_open(row)
    remark = answers.add_remark(ctx.db, _said(ctx, row, given) | {"kind": "asks_back"})
    _responded(ctx, row, ctx.member, None)
    row = _rest(ctx, row, "asked_back")
    posts.said(ctx, row, remark)
    posts.show(ctx, row)
    telling.asked_back(ctx, row, given)
    return row


def correct_answer(ctx: Context, row: Question, given: Answer, text: str, *, is_seen: bool = False) -> Answer:
    """It says something else from now on; `is_seen`: the message that it stands in shows that already.

    What it said before is kept: by that it is found wherever it stands when its author is forgotten.
    """
    before = {"question": row.id, "member": given.member, "at": ctx.now, "kind": "before", "text": given.text}
    answers.add_remark(ctx.db, before | {"files": [], "object": None})
    given = answers.change(ctx.db, given.id, text=text, corrected_at=ctx.now)
    posts.answer_changed(ctx, row, given, is_seen=is_seen)
    posts.show(ctx, row)
    telling.answer_corrected(ctx, row, given)
    if row.accepted == given.id and not given.is_staff:
        telling.accepted_corrected(ctx, row, given)
    return given


def withdraw_answer(ctx: Context, row: Question, given: Answer, note: str | None, *, is_seen: bool = False) -> Question:
    """It was wrong: what stands of it says so. A question that nothing else has answered since it waited waits again.

    Since now; or since before, where it was only a slip. `is_seen`: its message is not there any more.
    """
    given = answers.change(ctx.db, given.id, withdrawn_at=ctx.now, note=note)
    response = answers.response_of(ctx.db, given.id)
    answers.withdraw_responses(ctx.db, given.id, at=ctx.now)
    by = member_of(ctx.db, given.member)
    if not answers.has_answered(ctx.db, row.id, by.id):
        ctx.retract(ANSWERED, object_of(row.id), member=by)
    is_accepted = row.accepted == given.id
    if is_accepted:
        ctx.retract(ACCEPTED, object_of(row.id), member=by)
        row = questions.change(ctx.db, row.id, accepted=None)
    if _waits_again(ctx, row, given, is_accepted=is_accepted):
        is_slip = response is not None and ctx.now - given.at <= _SLIP
        row = _wait(ctx, row, response.since if response and is_slip else ctx.now, closed_at=None)
    posts.answer_changed(ctx, row, given, is_seen=is_seen)
    posts.show(ctx, row)
    telling.answer_withdrawn(ctx, row, given)
    return row


def _waits_again(ctx: Context, row: Question, withdrawn: Answer, *, is_accepted: bool) -> bool:
    """Whether that was all that staff have said since they were waited for, or all that a question was settled by."""
    if row.state == "answered":
        return withdrawn.is_staff and not answers.staff_since_waited(ctx.db, row.id)
    if row.state != "closed" or row.helped_by or own.has_left(ctx.db, row.member):
        return False
    has_counted = is_accepted or (row.accepted is None and withdrawn.is_staff)
    return has_counted and not any(one.is_staff for one in answers.of_question(ctx.db, row.id))


# --- settled ----------------------------------------------------------------------------------------------------------


def close(ctx: Context, row: Question, accepted: Answer | None = None, *, is_just_answered: bool = False) -> Question:
    """Nothing is left to be said. What the asker accepts earns its author something; what staff close does not.

    `is_just_answered`: by an answer that was given in the same event.
    """
    _check_open(row)
    row = _rest(ctx, row, "closed", closed_at=ctx.now, accepted=accepted.id if accepted else None)
    asker, by = asker_of(ctx, row), member_of(ctx.db, accepted.member) if accepted else None
    if by and by.id == asker.id and ctx.answers(asker.id):
        raise UserError("answer.own", number=row.id)
    if by and ctx.answers(asker.id):
        outcome = ctx.announce(ACCEPTED, object_of(row.id), member=by, **_answered_values(ctx, row))
        telling.accepted(ctx, row, by, outcome)
    posts.show(ctx, row)
    telling.closed(ctx, row, is_just_answered=is_just_answered)
    return row


def reopen(ctx: Context, row: Question) -> Question:
    """It did not help after all: staff are waited for again, from now on, and look at it first.

    One that was merged into another one stands by itself again.
    """
    if row.state not in ("closed", "answered", "merged"):
        raise UserError("question.is_open" if row.state in OPEN else "question.over", number=row.id)
    accepted = answers.by_number(ctx.db, ctx.course.id, row.accepted) if row.accepted else None
    if accepted is not None:
        ctx.retract(ACCEPTED, object_of(row.id), member=member_of(ctx.db, accepted.member))
    changes = {"accepted": None, "closed_at": None, "reopened": row.reopened + 1, "satisfaction": None, "verdict": None}
    changes |= {"merged_into": None, "helped_by": None}
    if row.state == "merged":
        answers.withdraw_response_at(ctx.db, row.id, row.closed_at, at=ctx.now)
    row = _wait(ctx, row, ctx.now, **changes)
    posts.show(ctx, row)
    telling.reopened(ctx, row)
    return row


def merge(ctx: Context, row: Question, into: Question) -> Question:
    """It asks the same as another one: who asked it hears what is answered there."""
    _check_open(row)
    if into.id == row.id or into.state not in (*OPEN, "closed"):
        raise UserError("question.no_merge", number=row.id, into=into.id)
    if into.state == "closed" and telling.answer_that_counts(ctx, into) is None:
        raise UserError("question.no_merge_unanswered", number=row.id, into=into.id)
    followers = questions.merged_into(ctx.db, row.id)
    for one in followers:
        questions.change(ctx.db, one.id, merged_into=into.id)
    _responded(ctx, row, ctx.member, None)
    row = _rest(ctx, row, "merged", merged_into=into.id, closed_at=ctx.now)
    posts.show(ctx, row)
    for one in (row, *followers):
        telling.merged(ctx, one, into)
    return row


# --- claimed ----------------------------------------------------------------------------------------------------------


def claim(ctx: Context, row: Question, by: Member) -> Question:
    """Somebody of the staff takes it upon themselves for a while; the clock goes on. Raises UserError."""
    _check_open(row)
    until = ctx.now + ctx.course.answering.claim_for
    alarms.put(ctx.db, ctx.course.id, CLAIM_ALARM, [(str(row.id), until)])
    row = questions.change(ctx.db, row.id, claimed_by=by.id, claimed_until=until)
    posts.show(ctx, row)
    return row


def release(ctx: Context, row: Question) -> Question:
    """It is nobody's again."""
    alarms.drop(ctx.db, ctx.course.id, CLAIM_ALARM, [str(row.id)])
    row = questions.change(ctx.db, row.id, claimed_by=None, claimed_until=None)
    posts.show(ctx, row)
    return row


# --- parts ------------------------------------------------------------------------------------------------------------


def _check_open(row: Question) -> None:
    if row.state not in OPEN:
        raise UserError("question.over", number=row.id)


def _wait(ctx: Context, row: Question, since: datetime, **changes: Any) -> Question:
    """Staff are waited for from this moment on, whatever was before."""
    pace = pace_of(ctx.course)
    at = pace.told_at(since, 1)
    assert at is not None, "time always runs out"
    alarms.put(ctx.db, ctx.course.id, ALARM, [(str(row.id), at)])
    return questions.change(
        ctx.db, row.id, state="waiting", waiting_since=since, due_at=pace.due(since), rung=0, **changes
    )


def _rest(ctx: Context, row: Question, state: str, **changes: Any) -> Question:
    """Nobody is waited for."""
    alarms.drop(ctx.db, ctx.course.id, ALARM, [str(row.id)])
    alarms.drop(ctx.db, ctx.course.id, CLAIM_ALARM, [str(row.id)])
    changes |= {"waiting_since": None, "due_at": None, "rung": 0, "claimed_by": None, "claimed_until": None}
    return questions.change(ctx.db, row.id, state=state, **changes)


def _responded(ctx: Context, row: Question, by: Member, given: Answer | None) -> None:
    """How long staff were waited for, if they were."""
    if row.waiting_since is None:
        return
    pace, since = pace_of(ctx.course), row.waiting_since
    answers.add_response(
        ctx.db,
        {
            "question": row.id,
            "member": by.id,
            "since": since,
            "at": ctx.now,
            "waited": round(pace.waited(since, ctx.now).total_seconds()),
            "is_in_time": pace.is_in_time(since, ctx.now),
            "answer": given.id if given else None,
        },
    )


def _answered_values(ctx: Context, row: Question) -> dict[str, Any]:
    return {"tag": row.tag or "", "hours": int((ctx.now - row.at) / _HOUR)}


def _said(ctx: Context, row: Question, given: Given, by: Member | None = None) -> dict[str, Any]:
    return {
        "question": row.id,
        "member": (by or ctx.member).id,
        "at": ctx.now,
        "text": given.text,
        "files": list(given.pieces),
        "object": given.object,
    }
