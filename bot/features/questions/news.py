"""How news of a question reach one person alone: in the answer if it is theirs, else in one message for each event."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.domain.events import MemberLeft, MessagePosted
from bot.domain.ids import MemberId
from bot.domain.messages import File, Text, Words
from bot.engine.context import Context
from bot.engine.overheard import is_told_alone
from bot.engine.pieces import pieces_in
from bot.engine.telling import Ear, ears_of
from bot.engine.voice import NOTICE_LIFE, Label, Utterance
from bot.features.questions.meant import asker_of, homes, post_key
from bot.features.questions.store.answers import Answer
from bot.features.questions.store.questions import Question


class News(NamedTuple):
    """What one person is to hear of one thing."""

    who: MemberId
    lines: tuple[Words, ...]
    buttons: tuple[Label, ...]
    files: tuple[File, ...]
    about: Question | None = None  # of theirs
    of: Answer | None = None
    is_called: bool = False  # a button below its post tells it, where they can't be written to
    is_last: bool = False  # it stands below all else that they are told


def to_asker(
    ctx: Context,
    row: Question,
    lines: Sequence[Words],
    *,
    buttons: Iterable[Label] = (),
    of: Answer | None = None,
    is_called: bool = False,
) -> None:
    """To them alone, with the files of an answer. `is_called`: who can't be written to sees that there is something.

    An anonymous asker finds it in their private chat as soon as they open it: nothing in a group tells who they are.
    """
    files = [piece.file for piece in pieces_in(of.files) if piece.file] if of else []
    _bring(ctx, News(asker_of(ctx, row).id, tuple(lines), tuple(buttons), tuple(files), row, of, is_called))


def to_member(ctx: Context, who: MemberId, lines: Sequence[Words], *, buttons: Iterable[Label] = ()) -> None:
    """The same to anybody; who can't be written to finds it when they can."""
    _bring(ctx, News(who, tuple(lines), tuple(buttons), ()))


def at_last(ctx: Context, who: MemberId, line: Words, *, row: Question) -> None:
    """One line more, below all else that they are told of what has just happened to this question."""
    _bring(ctx, News(who, (line,), (), (), row, is_last=True))


def files_key(given: Answer) -> str:
    """How the keys begin of what shows somebody the files of this answer."""
    return f"question_files:{given.id}:"


def _bring(ctx: Context, news: News) -> None:
    if not _reads_answer(ctx, news):
        ctx.gather(_tell_each, news)
    elif news.is_last:
        ctx.gather(_reply_each, news)
    else:
        _reply(ctx, news)


def _reply_each(ctx: Context, told: Sequence[News]) -> None:
    for news in told:
        _reply(ctx, news)


def _reply(ctx: Context, news: News) -> None:
    for line in news.lines:
        ctx.reply_words(line)
    ctx.reply_buttons(news.buttons)
    for file in news.files:
        ctx.reply_file(file)


def _reads_answer(ctx: Context, news: News) -> bool:
    """Who has just left reads none, and who has only written in a group is not answered there.

    Nor is a group to see that somebody is answered who gave no name.
    """
    if not ctx.answers(news.who) or isinstance(ctx.event, MemberLeft):
        return False
    if isinstance(ctx.event, MessagePosted) and not ctx.event.address.private:
        return False
    return is_told_alone(ctx) or not (news.about and news.about.is_anonymous)


# --- in private -------------------------------------------------------------------------------------------------------


def _tell_each(ctx: Context, told: Sequence[News]) -> None:
    """Of several things in one event, what can be done is what can be done after the last."""
    by_person: dict[MemberId, list[News]] = {}
    for news in told:
        by_person.setdefault(news.who, []).append(news)
    now = ears_of(ctx, by_person, have_asked=True)
    later = ears_of(ctx, [who for who in by_person if who not in now], may_wait=True)
    for who, in_turn in by_person.items():
        of_person = sorted(in_turn, key=lambda news: news.is_last)
        if who in now:
            _whisper(ctx, now[who], of_person)
        elif who in later and all(news.about and not news.about.is_anonymous for news in of_person):
            called = {news.about.id: news.about for news in of_person if news.about and news.is_called}
            _call(ctx, called.values(), later[who].space.address.platform)
        elif who in later:
            _whisper(ctx, later[who], of_person)


def _whisper(ctx: Context, ear: Ear, told: Sequence[News]) -> None:
    utterance = Utterance(
        lines=[line for news in told for line in news.lines],
        buttons=next((news.buttons for news in reversed(told) if not news.is_last), ()),
        files=[file for news in told for file in news.files],
        life=NOTICE_LIFE,
        is_confidential=True,
        is_kept=True,
        is_notice=True,
    )
    shown = next((news.of for news in told if news.of and news.files), None)
    key = f"{files_key(shown) if shown else 'question_told:'}{ctx.event.key}:{told[0].who}"
    ctx.whisper(ear.user, ear.space, utterance, key=key, language=ear.language)


# --- where they can't be written to -----------------------------------------------------------------------------------


def _call(ctx: Context, rows: Iterable[Question], platform: str) -> None:
    """Nobody's name, and once a day, below what they have asked."""
    for row in rows:
        line = Text(id="question.has_news", values={"number": row.id})
        button = (Text(id="button.question_read"), f"question Q{row.id}")
        what = Utterance(lines=[line], buttons=[button], life=NOTICE_LIFE)
        key = f"{post_key(row)}:news:{ctx.today}"
        for space in (space for space in homes(ctx) if space.address.platform == platform):
            ctx.say_below(space, what, key=key, below=post_key(row))
