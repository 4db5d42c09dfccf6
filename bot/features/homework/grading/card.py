"""What an assistant sees of a hand-in: the work, and the panel on which it is graded.

In a staff room both are posts, and the panel is edited in place; in private everything is an answer.
"""

from collections.abc import Iterator, Sequence

from bot.domain.homework import Criterion, Homework
from bot.domain.messages import File, Text, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.names import clean_line
from bot.engine.pieces import Piece, pieces_in
from bot.engine.voice import Label, Utterance
from bot.features.homework.copies import comparing as near
from bot.features.homework.grading import rubric
from bot.features.homework.grading.drafts import homework_of, name_of, panel_key, unseen, until
from bot.features.homework.grading.finishing import loss_of
from bot.features.homework.grading.naming import names_of
from bot.features.homework.store import drafts, grades, hand_ins
from bot.features.homework.store.drafts import Draft
from bot.features.homework.store.grades import Grade
from bot.features.homework.store.hand_ins import HandIn, Submission
from bot.features.homework.works import kind_of

_EXCERPT = 200  # columns of a work, where several are graded at once
_EARLIER = 3


def show(ctx: Context, draft: Draft) -> None:
    """The work, and the panel below it."""
    rows = drafts.claimed(ctx.db, draft.id)
    lines, files = _work(ctx, rows)
    if _is_room(ctx):
        assert ctx.space is not None, "a room of the course"
        ctx.say(ctx.space, *lines, files=files, policy="at_least_once")
        ctx.reply("grading.claimed", numbers=_numbers(rows), until=until(ctx, draft))
    else:
        for line in lines:
            ctx.reply_words(line)
        for file in files:
            ctx.reply_file(file)
    refresh(ctx, draft)


def refresh(ctx: Context, draft: Draft) -> None:
    """The panel, as it is by now."""
    rows = drafts.claimed(ctx.db, draft.id)
    homework = homework_of(ctx, draft)
    lines, buttons = list(_panel(ctx, draft, homework, rows)), list(_buttons(draft, homework, rows))
    if _is_room(ctx):
        assert ctx.space is not None, "a room of the course"
        ctx.keep(ctx.space, Utterance(lines=lines, buttons=buttons), key=panel_key(draft), is_worth_a_post=True)
    else:
        for line in lines:
            ctx.reply_words(line)
        ctx.reply_buttons(buttons)


def _is_room(ctx: Context) -> bool:
    return ctx.space is not None and ctx.space.kind == "staff"


def _numbers(rows: Sequence[HandIn]) -> list[str]:
    return [f"#{row.id}" for row in rows]


# --- the work ---------------------------------------------------------------------------------------------------------


def _work(ctx: Context, rows: Sequence[HandIn]) -> tuple[list[Words], list[File]]:
    """Of one all that it holds; of several how each begins."""
    lines, files = list[Words](), list[File]()
    for row in rows:
        found = hand_ins.version_of(ctx.db, row.id, row.counts)
        if found is None:
            continue
        lines += _head(ctx, row, found)
        if len(rows) > 1:
            lines += _said(shorten(clean_line(found.text), _EXCERPT))
            continue
        pieces = pieces_in(found.files)
        lines += [*_said(found.text), *told_of_files(pieces), *_earlier(ctx, row)]
        files += files_of(pieces)
    return lines, files


def _head(ctx: Context, row: HandIn, found: Submission) -> Iterator[Words]:
    homework = homework_of(ctx, row)
    values = {
        "number": row.id,
        "homework": homework.title,
        "name": names_of(ctx, [row])[row.id],
        "version": found.version,
        "at": ctx.course.wall_time(found.at),
    }
    yield Text(id="grading.work", values=values)
    if found.is_late:
        yield Text(id="grading.late", values={"lost": loss_of(ctx, homework, row, found)})
    if row.appeal is not None:
        yield Text(id="grading.appeal", values={"reason": row.appeal})
    if row.featured_at is not None:
        yield Text(id="grading.is_featured")
    if alike := near.notice(ctx, found.id):
        yield alike


def _said(text: str) -> Iterator[Words]:
    if text.strip():
        yield Text(id="grading.said", values={"text": text.strip()})


def files_of(pieces: Sequence[Piece]) -> list[File]:
    return [piece.file for piece in pieces if piece.file]


def told_of_files(pieces: Sequence[Piece]) -> Iterator[Words]:
    """What can't be shown of the files."""
    coming = [_called(piece) for piece in pieces if piece.file is None and not piece.error]
    lost = [_called(piece) for piece in pieces if piece.error]
    if coming:
        yield Text(id="grading.files_coming", values={"files": coming})
    if lost:
        yield Text(id="grading.files_lost", values={"files": lost})


def _called(piece: Piece) -> str:
    return shorten(clean_line(piece.attachment.name), 40) or kind_of(piece.attachment)


def _earlier(ctx: Context, row: HandIn) -> Iterator[Words]:
    for one in grades.of_hand_in(ctx.db, row.id)[:_EARLIER]:
        yield _result(ctx, one)
        if one.comment:
            yield Text(id="grading.earlier_said", values={"comment": shorten(clean_line(one.comment), _EXCERPT)})


def _result(ctx: Context, one: Grade) -> Words:
    values = {"at": ctx.course.wall_time(one.at), "version": one.version, "score": one.score}
    values["name"] = one.name or Text(id="audit.by_itself")
    values["read"] = Text(id="grading.read" if one.read_at else "grading.unread")
    return Text(id="grading.earlier_return" if one.kind == "returned" else "grading.earlier", values=values)


# --- the panel --------------------------------------------------------------------------------------------------------


def _panel(ctx: Context, draft: Draft, homework: Homework, rows: Sequence[HandIn]) -> Iterator[Words]:
    names = [name for those in names_of(ctx, rows).values() for name in those]
    values = {"numbers": _numbers(rows), "homework": homework.title, "names": names, "by": ctx.member.name}
    yield Text(id="grading.panel", values=values | {"until": until(ctx, draft)})
    upcoming = rubric.current(homework, draft.scores)
    for criterion in homework.rubric:
        yield _criterion_line(criterion, draft, is_next=criterion is upcoming)
    for criterion, problem in rubric.problems_in(homework, draft.problems):
        yield Text(id="grading.problem", values={"criterion": criterion.title, "problem": problem})
    if draft.comment:
        yield Text(id="grading.comment", values={"comment": draft.comment})
    if draft.files:
        yield Text(id="grading.comment_files", values={"count": len(draft.files)})
    if draft.features is not None:
        yield Text(id="grading.will_feature" if draft.features else "grading.will_not_feature")
    if upcoming is None:
        yield from _scores(ctx, draft, homework, rows)
    if newer := unseen(rows, draft):
        yield Text(id="grading.newer", values={"number": newer.id, "version": newer.counts})


def is_to_be_featured(draft: Draft, rows: Sequence[HandIn]) -> bool:
    """Whether the works will be featured when the grading is finished."""
    if draft.features is not None:
        return bool(draft.features)
    return all(row.featured_at is not None for row in rows)


def _criterion_line(criterion: Criterion, draft: Draft, *, is_next: bool) -> Words:
    values = {"criterion": criterion.title, "of": criterion.points}
    if criterion.id in draft.scores:
        return Text(id="grading.given", values=values | {"points": draft.scores[criterion.id]})
    return Text(id="grading.is_next" if is_next else "grading.is_open", values=values)


def _scores(ctx: Context, draft: Draft, homework: Homework, rows: Sequence[HandIn]) -> Iterator[Words]:
    points = rubric.total(homework, draft.scores)
    for row in rows:
        found = hand_ins.version_of(ctx.db, row.id, row.counts)
        lost = loss_of(ctx, homework, row, found) if found else 0
        score = rubric.score(points, homework.out_of, lost)
        values = {"number": row.id, "points": points, "of": homework.out_of, "lost": lost, "score": score}
        if not homework.out_of:
            yield Text(id="grading.makes_done", values=values)
        else:
            yield Text(id="grading.makes_late" if lost else "grading.makes", values=values)


def _buttons(draft: Draft, homework: Homework, rows: Sequence[HandIn]) -> Iterator[Label]:
    upcoming, last = rubric.current(homework, draft.scores), rubric.last_given(homework, draft.scores)
    if upcoming:
        for points in rubric.steps(upcoming.points):
            label = Text(id="button.grade_points", values={"points": points, "of": upcoming.points})
            yield label, _command(draft, f"give {upcoming.id} {points}")
        yield from _problem_buttons(draft, upcoming)
    else:
        yield Text(id="button.grade_finish"), _command(draft, "finish")
        yield Text(id="button.grade_comment"), _command(draft, "comment")
        featured = is_to_be_featured(draft, rows)
        yield Text(id="button.grade_unfeature" if featured else "button.grade_feature"), _command(draft, "feature")
    if last:
        yield Text(id="button.grade_back"), _command(draft, f"back {last.id}")
    yield Text(id="button.grade_return"), _command(draft, "return")
    yield Text(id="button.grade_look"), _command(draft, "look")
    yield Text(id="button.grade_release"), _command(draft, "release")


def _problem_buttons(draft: Draft, criterion: Criterion) -> Iterator[Label]:
    for id, problem in criterion.problems.items():
        name = f"{criterion.id}.{id}"
        is_on = name in draft.problems
        label = Text(id="button.problem_on" if is_on else "button.problem_off", values={"problem": problem})
        yield label, _command(draft, f"problem {name} {'off' if is_on else 'on'}")


def _command(draft: Draft, what: str) -> str:
    return f"grade draft {name_of(draft)} {what}"
