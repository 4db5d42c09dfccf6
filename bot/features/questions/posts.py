"""What everybody reads of a question, and what staff read: one kept post each, and what is said below them."""

from collections.abc import Iterator, Sequence

from bot.domain.messages import Text, Topic, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.pieces import Piece
from bot.engine.roster import member_of
from bot.engine.voice import Label, Utterance
from bot.features.questions.given import Given
from bot.features.questions.meant import asker_words, homes, post_key, staff_key
from bot.features.questions.store.answers import Answer
from bot.features.questions.store.questions import Question

_TITLE = 60  # columns


def show(ctx: Context, row: Question) -> None:
    """As it stands now, to everybody and to staff."""
    gone = row.state == "withdrawn"
    for space in homes(ctx):
        ctx.keep(space, _public(ctx, row), key=post_key(row), is_correction=gone)
    ctx.keep("staff", _for_staff(ctx, row), key=staff_key(row), is_correction=gone)


def _public(ctx: Context, row: Question) -> Utterance:
    say = ctx.engine.voice.texts.say
    title = f"Q{row.id}" if row.state == "withdrawn" else f"Q{row.id} {shorten(' '.join(row.text.split()), _TITLE)}"
    tags = (say(ctx.course.language, f"tag.{row.tag}"),) if row.tag else ()
    return Utterance(lines=[*_public_lines(ctx, row)], topic=Topic(title=title, tags=tags))


def _public_lines(ctx: Context, row: Question) -> Iterator[Words]:
    if row.state == "withdrawn":
        yield Text(id="question.gone", values={"number": row.id})
        return
    values = {"number": row.id, "name": asker_words(ctx, row), "text": row.text}
    yield Text(id="question.post", values=values)
    yield _state(ctx, row)


def _state(ctx: Context, row: Question) -> Words:
    values = {"due": ctx.course.wall_time(row.due_at)} if row.due_at else {}
    return Text(id=f"question.is_{row.state}", values=values | {"into": row.merged_into})


def _for_staff(ctx: Context, row: Question) -> Utterance:
    return Utterance(lines=[*_public_lines(ctx, row), *_holder(ctx, row)], buttons=[*_buttons(row)])


def _holder(ctx: Context, row: Question) -> Iterator[Words]:
    if row.claimed_by is not None:
        yield Text(id="question.claimed", values={"name": member_of(ctx.db, row.claimed_by).name})


def _buttons(row: Question) -> Iterator[Label]:
    if row.state in ("waiting", "asked_back"):
        yield Text(id="button.question_claim"), f"question Q{row.id} claim"


def said(ctx: Context, row: Question, kind: str, given: Given) -> None:
    """What was added or asked back, where all read it who read the question, unless it stands there already."""
    if given.object is None:
        _below(ctx, row, [Text(id=f"question.{kind}", values={"number": row.id, "text": given.text})], given.pieces)


def answered(ctx: Context, row: Question, made: Answer, given: Given) -> None:
    """The same for an answer."""
    if given.object is None:
        name = member_of(ctx.db, made.member).name
        values = {"number": row.id, "answer": made.id, "name": name, "text": made.text}
        _below(ctx, row, [Text(id="question.answer_post", values=values)], given.pieces, key=f":answer:{made.id}")


def answer_changed(ctx: Context, row: Question, given: Answer) -> None:
    """It was corrected, or withdrawn: the post says so."""


def _below(ctx: Context, row: Question, lines: Sequence[Words], pieces: Sequence[Piece], *, key: str = "") -> None:
    files = [piece.file for piece in pieces if piece.file]
    what = Utterance(lines=lines, files=files)
    for space in homes(ctx):
        ctx.say_below(space, what, key=f"{post_key(row)}{key or f':{ctx.event.key}'}", below=post_key(row))
