"""What came of a work reaches its authors, and nobody else: in private, or when they ask for it with `/feedback`."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.homework import Homework
from bot.domain.ids import MemberId
from bot.domain.messages import File, Text, Words
from bot.engine.context import Context
from bot.engine.parameters import number
from bot.engine.pieces import Piece, pieces_in
from bot.engine.telling import Ear, ears_of
from bot.engine.voice import Label, Utterance
from bot.features.homework.declared import feature
from bot.features.homework.grading.many import numbers_in
from bot.features.homework.handing.verbs import verb
from bot.features.homework.store import grades, hand_ins
from bot.features.homework.store.grades import Grade
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.teams import members as teams

APPEAL_WITHIN = timedelta(days=7)
"""How long after a grade its author may ask to look again."""

_LIFE = timedelta(days=30)
_OTHERS = 5  # buttons for what was graded before


# --- told -------------------------------------------------------------------------------------------------------------


def send(
    ctx: Context,
    row: HandIn,
    made: Grade,
    points: Mapping[MemberId, Iterable[Words]],
    *,
    before: Grade | None = None,
) -> None:
    """To each author, with what is said of their points. `before`: the grade that it replaces."""
    authors = teams.authors(ctx, row)
    ears = ears_of(ctx, [who.id for who in authors], have_asked=True)
    for who in authors:
        if who.id in ears:
            lines = [*lines_of(ctx, row, made), *_changed(made, before), *points.get(who.id, ())]
            _whisper(ctx, ears[who.id], lines, row, made, who.id)
    if len(ears) < len(authors):
        _call(ctx)


def _whisper(ctx: Context, ear: Ear, lines: list[Words], row: HandIn, made: Grade, who: MemberId) -> None:
    what = Utterance(
        lines=lines, buttons=_buttons(row, made), files=_files(made), life=_LIFE, is_confidential=True, is_kept=True
    )
    ctx.whisper(ear.user, ear.space, what, key=f"feedback:{made.id}:{who}", language=ear.language)


def _call(ctx: Context) -> None:
    """Who can't be written to finds a button in the main group, and nobody's name; one post a day."""
    button = (Text(id="button.read_feedback"), "feedback")
    ctx.say("main", Text(id="feedback.is_ready"), key=f"feedback:ready:{ctx.course.id}:{ctx.today}", buttons=[button])


def points(points: int) -> Iterator[Words]:
    """That they were earned, or lost."""
    if points:
        yield Text(id="points.plus" if points > 0 else "feedback.points_minus", values={"points": abs(points)})


def points_held(points: int) -> Iterator[Words]:
    """Why those for handing in go, and how they come back."""
    if points:
        yield Text(id="feedback.points_held", values={"points": points})


def _changed(made: Grade, before: Grade | None) -> Iterator[Words]:
    """Who has asked to look again hears what came of it; else only what is different."""
    if before is None:
        return
    is_same, is_asked_for = before.score == made.score, made.appeal is not None
    values = {"before": before.score, "score": made.score}
    if is_asked_for:
        yield Text(id="feedback.unchanged" if is_same else "feedback.changed", values=values)
    elif not is_same:
        yield Text(id="feedback.mended", values=values)


# --- what it says -----------------------------------------------------------------------------------------------------


def lines_of(ctx: Context, row: HandIn, made: Grade) -> list[Words]:
    """A grade as its author reads it."""
    homework = ctx.course.book.homework.get(row.homework)
    lines = [_title(ctx, row, made, homework)]
    if made.lost and made.kind == "graded":
        lines.append(Text(id="feedback.late", values={"lost": made.lost}))
    if homework:
        lines += _by_criterion(homework, made)
    if made.comment:
        lines.append(Text(id="feedback.comment", values={"comment": made.comment}))
    if lost := [piece.attachment.name for piece in _pieces(made) if piece.file is None]:
        lines.append(Text(id="grading.files_lost", values={"files": lost}))
    return lines


def _title(ctx: Context, row: HandIn, made: Grade, homework: Homework | None) -> Words:
    values = {"number": row.id, "version": made.version, "homework": homework.title if homework else row.homework}
    if made.kind == "graded":
        is_done = made.out_of == 0 and not made.lost
        return Text(id="feedback.is_done" if is_done else "feedback.graded", values=values | {"score": made.score})
    if row.state == "returned" and row.revise_until:
        return Text(id="feedback.returned", values=values | {"until": ctx.course.wall_time(row.revise_until)})
    return Text(id="feedback.was_returned", values=values)


def _by_criterion(homework: Homework, made: Grade) -> Iterator[Words]:
    for criterion in homework.rubric:
        if criterion.id in made.scores:
            values = {"criterion": criterion.title, "points": made.scores[criterion.id], "of": criterion.points}
            yield Text(id="feedback.criterion", values=values)
        for id, problem in criterion.problems.items():
            if f"{criterion.id}.{id}" in made.problems:
                yield Text(id="feedback.problem", values={"problem": problem})
    if not made.scores and made.out_of and made.kind == "graded":
        yield Text(id="feedback.total", values={"points": made.points, "of": made.out_of})


def _pieces(made: Grade) -> tuple[Piece, ...]:
    return pieces_in(made.files)


def _files(made: Grade) -> list[File]:
    return [piece.file for piece in _pieces(made) if piece.file]


def _buttons(row: HandIn, made: Grade) -> list[Label]:
    if made.kind == "graded" and made.member is not None:
        return [(Text(id="button.appeal"), f"appeal {row.id}")]
    return []


# --- asked for --------------------------------------------------------------------------------------------------------


@feature.command("feedback", words=("我的点评",), roles=("student",), is_private=True, parameters=(number("hand_in"),))
def command(ctx: Context, cmd: CommandInvoked) -> None:
    found = grades.of_member(ctx.db, ctx.course.id, ctx.member.id)
    asked = numbers_in(cmd.text)
    if cmd.via != "word" and cmd.text.strip() and asked is None:
        raise UserError("feedback.usage")
    if asked is not None:
        found = [one for one in found if one.hand_in == asked.numbers[0]]
    if not found:
        raise UserError("feedback.not_yours" if asked else "feedback.none")
    _show(ctx, found[0])
    for other in found[1 : _OTHERS + 1]:
        label = Text(id="button.feedback_of", values={"number": other.hand_in, "homework": _titled(ctx, other)})
        ctx.reply_buttons([(label, f"feedback {other.hand_in}")])


@verb("feedback", "点评", "批改")
def of_one(ctx: Context, row: HandIn, _: str) -> None:
    """What came of a hand-in of one's own."""
    made = grades.newest(ctx.db, row.id)
    if made is None:
        raise UserError("feedback.none")
    _show(ctx, made)


def _titled(ctx: Context, one: Grade) -> object:
    homework = ctx.course.book.homework.get(one.homework)
    return homework.title if homework else one.homework


def _show(ctx: Context, made: Grade) -> None:
    row = hand_ins.by_number(ctx.db, ctx.course.id, made.hand_in)
    assert row is not None, "a grade is one of a hand-in"
    for line in lines_of(ctx, row, made):
        ctx.reply_words(line)
    for file in _files(made):
        ctx.reply_file(file)
    ctx.reply_buttons(_buttons(row, made))
    grades.mark_read(ctx.db, made.id, ctx.now)
