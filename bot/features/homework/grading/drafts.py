"""Who is at what: hand-ins are claimed to be graded, and go back to the queue when nobody finishes them."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from bot.domain.errors import UserError
from bot.domain.events import AlarmsDue
from bot.domain.homework import Homework
from bot.domain.messages import Button, Text, Words
from bot.domain.places import Member
from bot.domain.response import Area
from bot.engine.context import Context
from bot.engine.voice import Utterance
from bot.features.homework.declared import CLAIM_ALARM, feature
from bot.features.homework.grading import saying
from bot.features.homework.pace import waiting
from bot.features.homework.store import drafts as store
from bot.features.homework.store import grades, hand_ins
from bot.features.homework.store.drafts import Draft
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.teams import members as teams
from storage import alarms

KEPT_FOR = timedelta(days=1)
"""How long what was filled in waits for the same person, after the claim has ended."""

NEXT = Button(label="button.grade_next", command="grade next")
_DIGITS = 16
_GRADABLE = ("waiting", "graded")


def homework_of(ctx: Context, row: HandIn | Draft) -> Homework:
    """Raises UserError where the course has this homework no more."""
    found = ctx.course.book.homework.get(row.homework)
    if found is None:
        raise UserError("homework.unknown", said=row.homework, known=[*ctx.course.book.homework][:20])
    return found


# --- taking -----------------------------------------------------------------------------------------------------------


def take(ctx: Context, rows: Sequence[HandIn]) -> Draft:
    """Claim hand-ins of one homework for the member in context, who gives back what they had before.

    Raises UserError where they may not be graded, or somebody else is at them.
    """
    for row in rows:
        check_state(row)
        check_may(ctx, row)
    numbers, until = [row.id for row in rows], ctx.now + ctx.course.book.grading.claim_for
    draft = _draft_for(ctx, rows)
    if taken := sorted(set(numbers) - store.claim(ctx.db, draft.id, numbers)):
        raise _is_taken(ctx, taken[0])
    alarms.put(ctx.db, ctx.course.id, CLAIM_ALARM, [(str(draft.id), until)])
    return store.change(ctx.db, draft.id, at=ctx.now, until=until, seen={str(row.id): row.counts for row in rows})


def _draft_for(ctx: Context, rows: Sequence[HandIn]) -> Draft:
    """The one they are at, or were at before; else a new one."""
    mine, numbers = store.under_way(ctx.db, ctx.course.id, ctx.member.id), {row.id for row in rows}
    if mine is not None:
        if {row.id for row in store.claimed(ctx.db, mine.id)} == numbers:
            return mine
        for line in back_words(give_back(ctx, mine), "grading.gave_back"):
            ctx.reply_words(line)
    if kept := store.kept(ctx.db, ctx.course.id, ctx.member.id, numbers):
        ctx.reply("grading.kept_for_you")
        return kept
    values = {"course": ctx.course.id, "homework": rows[0].homework, "member": ctx.member.id}
    return store.make(ctx.db, values | {"at": ctx.now, "until": ctx.now, "seen": {}})


def check_state(row: HandIn) -> None:
    """Raises UserError where there is nothing that counts."""
    if row.state not in _GRADABLE or row.counts is None:
        raise UserError("grading.not_waiting", number=row.id, buttons=[NEXT])


def check_may(ctx: Context, row: HandIn) -> None:
    """Nobody grades their own work; who is complained of does not decide about it, where there is somebody else."""
    if is_own(ctx, row):
        raise UserError("grading.own", buttons=[NEXT])
    if row.appeal is not None and not may_hear(ctx, row):
        raise UserError("grading.others_hear_it", number=row.id, buttons=[NEXT])


def is_own(ctx: Context, row: HandIn) -> bool:
    return ctx.member.id in {who.id for who in teams.authors(ctx, row)}


def may_hear(ctx: Context, row: HandIn) -> bool:
    """Whether the member in context may decide about an appeal: another than who has graded, where there is one.

    Staff who have never said anything may or may not be there: they have the time in which an answer is due.
    """
    first = grades.newest(ctx.db, row.id)
    if first is None or first.member is None or first.grader != ctx.member.id:
        return True
    authors = [who.id for who in teams.authors(ctx, row)]
    if store.others_among_staff(ctx.db, ctx.course.id, [ctx.member.id, *authors]):
        return False
    is_overdue = waiting.is_overdue(ctx.course, row, ctx.now)
    return is_overdue or not (_staff_accounts(ctx) - store.accounts_of(ctx.db, ctx.course.id))


def _staff_accounts(ctx: Context) -> set[str]:
    """As course.yaml names them, or as a member of staff has let them in."""
    named = {*ctx.course.admins, *ctx.course.assistants, *ctx.live.grants}
    return {account for account in named if ctx.live.role_of(ctx.course.id, account) != "student"}


def _is_taken(ctx: Context, number: int) -> UserError:
    who = store.holders(ctx.db, ctx.course.id).get(number)
    return UserError("grading.taken", number=number, name=who or "?", buttons=[NEXT])


# --- holding ----------------------------------------------------------------------------------------------------------


def mine(ctx: Context) -> Draft:
    """What the member in context is at. Raises UserError where that is nothing."""
    tidy(ctx)
    draft = store.under_way(ctx.db, ctx.course.id, ctx.member.id)
    if draft is None:
        raise UserError("grading.nothing_under_way", buttons=[NEXT])
    return draft


def meant(ctx: Context, name: str) -> Draft:
    """The draft that a button names. Raises UserError where that is over, or somebody else's."""
    number = name.partition(".")[0]
    is_number = number.isascii() and number.isdigit() and len(number) < _DIGITS
    draft = store.by_id(ctx.db, ctx.course.id, int(number)) if is_number else None
    if draft is None or name_of(draft) != name:
        raise UserError("grading.nothing_under_way", buttons=[NEXT])
    mine = store.under_way(ctx.db, ctx.course.id, ctx.member.id)
    if mine is None or mine.id != draft.id:
        raise _is_taken(ctx, store.claimed(ctx.db, draft.id)[0].id)
    return draft


def name_of(draft: Draft) -> str:
    """As buttons have it: who looks anew gets a new panel, and the buttons of the old one do nothing."""
    return f"{draft.id}.{int(draft.at.timestamp())}"


def unseen(rows: Sequence[HandIn], draft: Draft) -> HandIn | None:
    """The first of which another version counts by now than who grades has seen."""
    return next((row for row in rows if draft.seen.get(str(row.id)) != row.counts), None)


# --- giving back ------------------------------------------------------------------------------------------------------


def give_back(ctx: Context, draft: Draft) -> Sequence[HandIn]:
    """What it claimed is nobody's again; what was filled in, or was being said, is kept for a while."""
    saying.take_open(ctx, draft)
    rows = store.claimed(ctx.db, draft.id)
    store.release(ctx.db, draft.id)
    alarms.drop(ctx.db, ctx.course.id, CLAIM_ALARM, [str(draft.id)])
    close_panel(ctx, draft, *back_words(rows, "grading.is_back"))
    return rows


def back_words(rows: Sequence[HandIn], id: str) -> list[Text]:
    """That what waits is in the queue again, in these words; and of what was graded before that its grade stays."""
    those = [f"#{row.id}" for row in rows if row.state == "waiting"]
    others = [f"#{row.id}" for row in rows if row.state != "waiting"]
    lines = [Text(id=id, values={"numbers": those})] if those else []
    return [*lines, Text(id="grading.unchanged", values={"numbers": others})] if others else lines


def panel_key(draft: Draft) -> str:
    """The post in the staff room in which a grading is done. Who looks again gets a new one.

    Neither the number of a draft nor those of hand-ins come again; the first of these tells a reader what it was about.
    """
    first = min(map(int, draft.seen), default=0)
    return f"grading:{first}:{draft.id}:{draft.at:%Y%m%dT%H%M%S%f}"


def close_panel(ctx: Context, draft: Draft, *lines: Text) -> None:
    """Say in the place of its buttons what has become of it."""
    ctx.keep("staff", Utterance(lines=lines), key=panel_key(draft), is_correction=True)


def tidy(ctx: Context) -> None:
    """Give back what was kept for too long, and what belongs to those who are no staff any more.

    Staff hear of what waits; of what was graded before nothing has changed.
    """
    lines, keys = list[Words](), list[str]()
    for one in store.over(ctx.db, ctx.course.id, ctx.now):
        id = "grading.back_in_queue" if one.until <= ctx.now else "grading.let_go"
        if line := _given_back(ctx, one, one.name, id):
            lines.append(line)
            keys.append(panel_key(one))
    if lines:
        ctx.tell_staff(*lines, key=f"{keys[0]}:back")
    saying.give_up(ctx, *store.drop_kept(ctx.db, ctx.course.id, ctx.now - KEPT_FOR))


def _given_back(ctx: Context, draft: Draft, name: str, id: str) -> Text | None:
    """What staff read of that, in these words; None where nothing of it waits."""
    those = [f"#{row.id}" for row in give_back(ctx, draft) if row.state == "waiting"]
    return Text(id=id, values={"numbers": those, "name": name, "count": len(those)}) if those else None


@feature.offer("let_go")
def let_go(ctx: Context, who: Member, areas: Collection[Area]) -> None:
    """Who looks after homework no more has nothing to be graded any more."""
    draft = None if "homework" in areas else store.under_way(ctx.db, ctx.course.id, who.id)
    if draft is not None and (line := _given_back(ctx, draft, who.name, "grading.let_go")):
        ctx.tell_staff(line, key=f"{panel_key(draft)}:back")


@feature.alarm(CLAIM_ALARM)
def ring(ctx: Context, due: AlarmsDue) -> None:
    tidy(ctx)


def rows_of(ctx: Context, numbers: Sequence[int]) -> list[HandIn]:
    """The hand-ins with these numbers, locked in order. Raises UserError for one that is not there."""
    found = {number: hand_ins.by_number(ctx.db, ctx.course.id, number, lock=True) for number in sorted(numbers)}
    for number, row in found.items():
        if row is None:
            raise UserError("grading.no_such", number=number)
    return [row for row in found.values() if row is not None]


def until(ctx: Context, draft: Draft) -> str:
    """`14:30`: the end of a claim, by the course's clock."""
    return f"{ctx.course.wall_time(draft.until):%H:%M}"
