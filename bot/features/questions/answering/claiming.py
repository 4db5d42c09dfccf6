"""Who is at what: questions are claimed for a while, released, handed over; nobody's again in the end."""

from collections.abc import Collection

from bot.domain.errors import UserError
from bot.domain.events import AlarmsDue, CommandInvoked, MemberLeft
from bot.domain.ids import MemberId
from bot.domain.messages import Button, Text
from bot.domain.places import Member
from bot.domain.response import Area
from bot.engine.areas import areas_for
from bot.engine.context import Context
from bot.engine.roster import member_of
from bot.features.questions import flow, telling
from bot.features.questions.command import verb
from bot.features.questions.declared import CLAIM_ALARM, feature
from bot.features.questions.store import questions
from bot.features.questions.store.questions import Question
from bot.features.questions.store.unseen import unseen_accounts

# --- taking -----------------------------------------------------------------------------------------------------------


@verb("claim", "认领", "接单", for_staff=True)
def claim(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    """Of two who want it at once, the second reads who has it."""
    row = _without_ended_claim(ctx, row)
    holder = _holder(ctx, row)
    if holder is not None and holder != ctx.member.id:
        name, until = member_of(ctx.db, holder).name, ctx.course.wall_time(row.claimed_until)
        over = Button(label="button.question_take_over", command=f"question Q{row.id} claim!")
        raise UserError("question.is_claimed", number=row.id, name=name, until=until, buttons=[over])
    _claim(ctx, row)


@verb("claim!", "接手", for_staff=True)
def take_over(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    before = _holder(ctx, row)
    _claim(ctx, row)
    if before is not None and before != ctx.member.id:
        values = {"number": row.id, "name": ctx.member.name}
        telling.to_member(ctx, before, [Text(id="question.taken_over", values=values)])


def _claim(ctx: Context, row: Question) -> None:
    row = flow.claim(ctx, row, ctx.member)
    ctx.audit("claim_question", question=row.id)
    button = Text(id="button.question_answer"), f"answer Q{row.id}"
    ctx.reply("question.claimed_now", number=row.id, until=ctx.course.wall_time(row.claimed_until), buttons=[button])


# --- giving it away ---------------------------------------------------------------------------------------------------


@verb("release", "释放", "放弃认领", for_staff=True)
def release(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    """Who has it, or an admin in their place."""
    holder = _holder(ctx, row)
    if holder is None:
        raise UserError("question.not_claimed", number=row.id)
    if holder != ctx.member.id and ctx.member.role != "admin":
        raise UserError("question.is_claimed_by", number=row.id, name=member_of(ctx.db, holder).name)
    flow.release(ctx, row)
    ctx.audit("release_question", question=row.id)
    ctx.reply("question.released", number=row.id)


@verb("to", "转交", "转给", for_staff=True)
def hand_over(ctx: Context, cmd: CommandInvoked, row: Question, who: str) -> None:
    """To somebody of the staff, who is told."""
    if not who:
        raise UserError("question.to_whom", number=row.id)
    other = _staff_called(ctx, row, who)
    if other.role == "student":
        raise UserError("question.to_staff_only", name=other.name)
    if "questions" not in areas_for(ctx, other):
        raise UserError("question.to_other_area", name=other.name, area=Text(id="area.questions"))
    before = _holder(ctx, row)
    row = flow.claim(ctx, row, other)
    if before is not None and before not in (other.id, ctx.member.id):
        values = {"number": row.id, "name": other.name}
        telling.to_member(ctx, before, [Text(id="question.taken_over", values=values)])
    ctx.audit("hand_over_question", question=row.id, member=f"#{other.id}")
    ctx.reply("question.handed_over", number=row.id, name=other.name)
    if other.id != ctx.member.id:
        values = telling.about(row) | {"name": ctx.member.name, "until": ctx.course.wall_time(row.claimed_until)}
        buttons = [
            (Text(id="button.question_answer"), f"answer Q{row.id}"),
            (Text(id="button.question_release"), f"question Q{row.id} release"),
        ]
        telling.to_member(ctx, other.id, [Text(id="question.is_yours", values=values)], buttons=buttons)


def _staff_called(ctx: Context, row: Question, who: str) -> Member:
    """Raises UserError; who of the staff has never said a word has no name yet, and is named by their account."""
    try:
        return ctx.find_member(who, is_present=True)
    except UserError as error:
        course = ctx.course
        unseen = unseen_accounts(ctx.db, course.id, course.admins | course.assistants)
        if error.text.id != "member.unknown" or not unseen:
            raise
        raise UserError("question.to_unseen", name=who[:48], accounts=unseen, number=row.id) from error


# --- when it ends by itself -------------------------------------------------------------------------------------------


@feature.alarm(CLAIM_ALARM)
def ran_out(ctx: Context, due: AlarmsDue) -> None:
    for row in questions.those(ctx.db, ctx.course.id, [int(one.object) for one in due.alarms], lock=True):
        _without_ended_claim(ctx, row)


@feature.on(MemberLeft)
def left(ctx: Context, event: MemberLeft) -> None:
    """What they had is nobody's again at once."""
    if not ctx.has_member:
        return
    for row in questions.claimed_by(ctx.db, ctx.course.id, ctx.member.id):
        flow.release(ctx, row)


@feature.offer("let_go")
def let_go(ctx: Context, who: Member, areas: Collection[Area]) -> None:
    """What they had is free for others at once."""
    if "questions" not in areas:
        for row in questions.claimed_by(ctx.db, ctx.course.id, who.id):
            telling.to_member(ctx, who.id, [Text(id="question.claim_let_go", values=telling.about(row))])
            flow.release(ctx, row)


def _without_ended_claim(ctx: Context, row: Question) -> Question:
    """Nobody's, where it was kept for too long, or belongs to who answers as staff no more; who had it is told."""
    if row.claimed_by is None:
        return row
    had = member_of(ctx.db, row.claimed_by)
    is_theirs = questions.is_staff(ctx.db, had.id) and "questions" in areas_for(ctx, had)
    if is_theirs and ctx.now < row.claimed_until:
        return row
    id = "question.claim_ended" if is_theirs else "question.claim_let_go"
    telling.to_member(ctx, had.id, [Text(id=id, values=telling.about(row))])
    return flow.release(ctx, row)


def _holder(ctx: Context, row: Question) -> MemberId | None:
    return None if row.claimed_by is None else member_of(ctx.db, row.claimed_by).id
