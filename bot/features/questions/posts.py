"""What everybody reads of a question, and what staff read: one kept post each, and what is said below them."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from msgspec import structs

from bot.domain.messages import File, Text, Topic, Words
from bot.domain.places import Space
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.names import clean_line
from bot.engine.roster import member_of
from bot.engine.voice import Label, Utterance
from bot.features.questions import news
from bot.features.questions.given import Given
from bot.features.questions.meant import asker_words, homes, post_key, staff_key
from bot.features.questions.reusing import suggestions
from bot.features.questions.store import answers, own
from bot.features.questions.store.answers import Answer, Remark
from bot.features.questions.store.questions import OPEN, Question
from bot.features.questions.telling import answer_that_counts

_TITLE = 60  # columns
_LONGEST = 3000  # characters of a question that are shown


def show(ctx: Context, row: Question) -> None:
    """As it stands now, to everybody and to staff."""
    gone = row.state == "withdrawn"
    for space in homes(ctx):
        asked_in = message_in(space, row.object)
        what = _public(ctx, row, is_short=asked_in is not None)
        ctx.keep_beside(space, what, key=post_key(row), reply_to=asked_in, is_correction=gone)
    ctx.keep("staff", _for_staff(ctx, row), key=staff_key(row), is_correction=gone)


def message_in(space: Space, object: str | None) -> str | None:
    """The message that this names, where it stands in this very place; else None."""
    prefix = f"message {space.address.platform}:{space.address.room}:"
    return object.removeprefix(prefix) if object and object.startswith(prefix) else None


# --- for everybody ----------------------------------------------------------------------------------------------------


def _public(ctx: Context, row: Question, *, is_short: bool) -> Utterance:
    """Short where it replies to the message in which it was asked."""
    say = ctx.engine.voice.texts.say
    title = f"Q{row.id}" if row.state == "withdrawn" else f"Q{row.id} {shorten(clean_line(row.text), _TITLE)}".strip()
    tags = (say(ctx.course.language, f"tag.{row.tag}"),) if row.tag else ()
    lines = [*_public_lines(ctx, row, is_short=is_short)]
    text = row.text if title.endswith(row.text) else ""
    return Utterance(lines=lines, topic=Topic(title=title, tags=tags, is_said=True, text=text))


def _public_lines(ctx: Context, row: Question, *, is_short: bool) -> Iterator[Words]:
    if row.state == "withdrawn":
        yield Text(id="question.gone", values={"number": row.id})
        return
    yield asked(ctx, row, is_short=is_short)
    yield from about(row)
    yield state(ctx, row)


def asked(ctx: Context, row: Question, *, is_short: bool = False) -> Words:
    """Who asks what."""
    values = {"number": row.id, "name": asker_words(ctx, row)}
    if is_short or not row.text.strip():
        return Text(id="question.post_short", values=values)
    return Text(id="question.post", values=values | {"text": row.text[:_LONGEST]})


def about(row: Question) -> Iterator[Words]:
    """What it is sorted by, if anything."""
    found: list[Words | str] = []
    if row.tag:
        found.append(Text(id=f"tag.{row.tag}"))
    if row.lesson is not None:
        found.append(Text(id="question.lesson", values={"lesson": row.lesson}))
    if row.homework:
        found.append(Text(id="question.homework", values={"homework": row.homework}))
    if found:
        yield Text(id="question.about", values={"about": found})


def state(ctx: Context, row: Question, *, is_post: bool = True) -> Words:
    """How far it is, and until when it is answered. A reply to its post is an answer, one to other messages is not."""
    if own.was_left(ctx.db, row):
        return Text(id="question.is_left")
    if row.state == "waiting":
        if is_late(ctx, row):
            return Text(id="question.is_late" if is_post else "question.card_late")
        due = ctx.course.wall_time(row.due_at)
        return Text(id="question.is_waiting" if is_post else "question.card_waiting", values={"due": due})
    return Text(id=f"question.is_{row.state}", values={"into": row.merged_into})


def is_late(ctx: Context, row: Question) -> bool:
    """Whether an answer was promised for a moment that has passed."""
    return row.state == "waiting" and bool(row.due_at <= ctx.now)


# --- for staff --------------------------------------------------------------------------------------------------------


def _for_staff(ctx: Context, row: Question) -> Utterance:
    if row.state not in OPEN:
        return Utterance(lines=[*_public_lines(ctx, row, is_short=False)])
    known = suggestions(ctx, row) if row.state != "answered" else []
    lines = [asked(ctx, row), *about(row), _due(ctx, row), *standing(ctx, row)]
    lines += [Text(id="question.known", values={"entry": one.number, "title": one.title}) for one in known]
    if row.state != "answered":
        lines.append(Text(id="question.how_to_answer"))
    uses = [
        (Text(id="button.question_use", values={"entry": one.number}), f"question Q{row.id} use {one.id} {one.digest}")
        for one in known
        if one.is_sure
    ]
    return Utterance(lines=lines, buttons=[*staff_buttons(ctx, row), *uses])


def _due(ctx: Context, row: Question) -> Words:
    if row.state != "waiting":
        return state(ctx, row)
    id = "question.was_due" if is_late(ctx, row) else "question.due"
    return Text(id=id, values={"due": ctx.course.wall_time(row.due_at)})


def standing(ctx: Context, row: Question) -> Iterator[Words]:
    """What staff alone read of it."""
    if row.reopened:
        yield Text(id="question.reopened_times", values={"count": row.reopened})
    if row.claimed_by is not None:
        until = ctx.course.wall_time(row.claimed_until)
        yield Text(id="question.claimed", values={"name": member_of(ctx.db, row.claimed_by).name, "until": until})
    if row.state == "waiting" and answers.of_question(ctx.db, row.id):  # what staff say ends the wait
        yield Text(id="question_queue.helped")


def staff_buttons(ctx: Context, row: Question) -> Iterator[Label]:
    """What staff may do with it now; what they read is what they settle it by, whatever comes in between."""
    if row.state not in OPEN:
        return
    if row.state == "answered" and (counts := answer_that_counts(ctx, row)):
        yield Text(id="button.question_resolve"), f"question Q{row.id} resolve A{counts.id}"
    elif row.claimed_by is None:
        yield Text(id="button.question_claim"), f"question Q{row.id} claim"
    else:
        yield Text(id="button.question_release"), f"question Q{row.id} release"
    yield Text(id="button.question_answer"), f"answer Q{row.id}"
    yield Text(id="button.question_back"), f"question Q{row.id} back"


# --- below them -------------------------------------------------------------------------------------------------------


def said(ctx: Context, row: Question, remark: Remark) -> None:
    """What was added or asked back, where all read it who read the question, unless it stands there already."""
    id = "question.adds" if remark.kind == "adds" else "question.asks_back"
    what = Utterance(lines=[Text(id=id, values={"number": row.id, "text": remark.text})])
    for space in homes(ctx):
        if message_in(space, remark.object) is None:
            ctx.say_below(space, what, key=_remark_key(post_key(row), remark.id), below=post_key(row))
    if remark.kind == "adds":
        ctx.say_in_reply("staff", what, key=_remark_key(staff_key(row), remark.id), to=staff_key(row))


def _remark_key(post: str, number: int) -> str:
    return f"{post}:remark:{number}"


def take_back(ctx: Context, row: Question) -> None:
    """The asker's words and pictures below its posts go with it. What others have answered is theirs."""
    gone = Text(id="question.gone", values={"number": row.id})
    for key in (post_key(row), staff_key(row)):
        ctx.take_back(f"{key}:remark:", gone)
        ctx.take_back(f"{key}:files", gone)
        ctx.take_back(f"{key}@", gone, is_rest=True)


def answered(ctx: Context, row: Question, made: Answer, given: Given) -> None:
    """The same for an answer."""
    for space in homes(ctx):
        if message_in(space, given.object) is None:
            what = Utterance(lines=[*_answer_lines(ctx, row, made)])
            ctx.keep_beside(space, what, key=_answer_key(row, made), below=post_key(row))


def _answer_lines(ctx: Context, row: Question, given: Answer) -> Iterator[Words]:
    values = {"number": row.id, "answer": given.id}
    if given.withdrawn_at is not None:
        yield _withdrawn(row, given)
        return
    name = member_of(ctx.db, given.member).name
    yield Text(id="question.answer_post", values=values | {"name": name, "text": given.text})
    if given.corrected_at is not None:
        yield Text(id="question.answer_is_corrected", values={"at": ctx.course.wall_time(given.corrected_at)})


def _withdrawn(row: Question, given: Answer) -> Words:
    id = "question.answer_is_withdrawn" if given.note else "question.answer_is_gone"
    return Text(id=id, values={"number": row.id, "answer": given.id, "note": given.note})


def answer_changed(ctx: Context, row: Question, given: Answer, *, is_seen: bool = False) -> None:
    """It was corrected, or withdrawn: its post says so; or a note below the message that it stands in.

    `is_seen`: that message shows it already. The files of one that was withdrawn go with it.
    """
    if given.withdrawn_at is not None:
        for files in (f"{_answer_key(row, given)}:files", news.files_key(given)):
            ctx.take_back(files, _withdrawn(row, given))
    for space in homes(ctx):
        if message_in(space, given.object) is None:
            what = Utterance(lines=[*_answer_lines(ctx, row, given)])
            ctx.keep_beside(space, what, key=_answer_key(row, given), below=post_key(row), is_correction=True)
        elif not is_seen and (given.withdrawn_at is None or given.note):
            note = _withdrawn(row, given) if given.withdrawn_at else _correction(row, given)
            key = f"{_answer_key(row, given)}:{ctx.event.key}"
            ctx.say_below(space, Utterance(lines=[note]), key=key, below=post_key(row))


def _correction(row: Question, given: Answer) -> Words:
    values = {"number": row.id, "answer": given.id, "text": given.text}
    return Text(id="question.answer_correction", values=values)


def _answer_key(row: Question, given: Answer) -> str:
    return f"{post_key(row)}:answer:{given.id}"


# --- files ------------------------------------------------------------------------------------------------------------


def answer_files(ctx: Context, row: Question, given: Answer, files: Sequence[File]) -> None:
    """What came with an answer, below its post."""
    line = Text(id="question.answer_files", values={"number": row.id, "answer": given.id})
    for file in files:
        _files_to_all(ctx, row, given.object, [line], [file], f"answer:{given.id}:files:{file.sha256[:16]}")


def question_files(ctx: Context, row: Question, files: Sequence[File]) -> None:
    """What came with a question."""
    _files_one_by_one(ctx, row, row.object, files, "files")


def remark_files(ctx: Context, row: Question, remark: int, object: str | None, files: Sequence[File]) -> None:
    """What came with what was added or asked back."""
    _files_one_by_one(ctx, row, object, files, f"remark:{remark}:files")


def _files_one_by_one(ctx: Context, row: Question, object: str | None, files: Sequence[File], key: str) -> None:
    """Each is a message of its own: of those that show several, not every platform lets all be deleted."""
    line = Text(id="question.files", values={"number": row.id})
    for file in _unnamed(row, files):
        _files_to_all(ctx, row, object, [line], [file], f"{key}:{file.sha256[:16]}")
        _files_to_staff(ctx, row, [line], [file], f"{key}:{file.sha256[:16]}")


def _files_to_all(
    ctx: Context, row: Question, object: str | None, lines: Sequence[Words], files: Sequence[File], key: str
) -> None:
    """Nothing where none can be had, or where they stand with the message that they came with."""
    for space in homes(ctx) if files else ():
        if message_in(space, object) is None:
            what = Utterance(lines=lines, files=files)
            ctx.say_below(space, what, key=f"{post_key(row)}:{key}", below=post_key(row))


def _files_to_staff(ctx: Context, row: Question, lines: Sequence[Words], files: Sequence[File], key: str) -> None:
    if files:
        ctx.say_in_reply("staff", Utterance(lines=lines, files=files), key=f"{staff_key(row)}:{key}", to=staff_key(row))


def _unnamed(row: Question, files: Sequence[File]) -> list[File]:
    """The name of a file may be that of a person."""
    if not row.is_anonymous:
        return list(files)
    return [
        structs.replace(file, name=f"Q{row.id}-{number}{PurePath(file.name).suffix[:8]}")
        for number, file in enumerate(files, 1)
    ]
