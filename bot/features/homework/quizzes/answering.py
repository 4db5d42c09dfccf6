"""What comes as the answer to a question of a quiz: presses and words, judged at once."""

from collections.abc import Iterable, Iterator

from bot.domain.errors import UserError
from bot.domain.events import FormSubmitted
from bot.domain.homework import Question
from bot.domain.messages import Template, Text, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField
from bot.engine.names import clean_line
from bot.features.homework.assignments import assignment_of
from bot.features.homework.declared import feature
from bot.features.homework.quizzes.asking import GAP, WORDS_FORM, Sitting, option, show, show_choice, sitting_of
from bot.features.homework.quizzes.judging import Given, fingerprint, is_right
from bot.features.homework.quizzes.result import close, finish, show_standing
from bot.features.homework.store import quizzes
from bot.features.homework.store.quizzes import Judged

_LONGEST = 200  # characters that are filled in
_COLUMNS = 60  # of them that are shown again


def press(ctx: Context, number: int, question: str, what: str, argument: int) -> None:
    """A button below a question, which is named by its fingerprint.

    `number` is that of the attempt, `argument` that of an option from 1.
    """
    attempt = quizzes.attempt_of(ctx.db, ctx.course.id, ctx.member.id, number)
    if attempt is None:
        raise UserError("quiz.not_yours")
    sitting = sitting_of(ctx, attempt)
    if attempt.finished_at is not None:
        ctx.reply("quiz.finished_already")
        show_standing(ctx, sitting.homework)
    elif not is_over(ctx, sitting):
        asked = sitting.current
        if asked is None or fingerprint(asked) != question or not _take_press(ctx, sitting, asked, what, argument - 1):
            _go_on_from_old(ctx, sitting)


def is_over(ctx: Context, sitting: Sitting) -> bool:
    """Whether nothing is taken any more; what was answered until then counts."""
    deadline = assignment_of(ctx, sitting.homework, ctx.member.id).deadline
    if not deadline.is_closed(ctx.now):
        return False
    close(ctx, sitting)
    return True


def _go_on_from_old(ctx: Context, sitting: Sitting) -> None:
    """The button belongs to what is done: where one is now stands below."""
    ctx.reply("quiz.moved_on")
    go_on(ctx, sitting)


def go_on(ctx: Context, sitting: Sitting) -> None:
    """To the next question, or to the end."""
    if sitting.current is None:
        finish(ctx, sitting, at=ctx.now)
    else:
        show(ctx, sitting)


# --- presses ----------------------------------------------------------------------------------------------------------


def _take_press(ctx: Context, sitting: Sitting, asked: Question, what: str, number: int) -> bool:
    """False where this question has no such button."""
    match asked.kind, what:
        case "single", "pick" if _is_option(asked, number):
            _settle(ctx, sitting, asked, [number])
        case "multiple" | "order", "pick" if _is_option(asked, number):
            _choose(ctx, sitting, asked, _with(asked, sitting.given, number))
        case "order", "reset":
            _choose(ctx, sitting, asked, [])
        case "multiple" | "order", "done":
            _settle(ctx, sitting, asked, _whole(asked, sitting.given))
        case "fill", "words":
            open_form(ctx, WORDS_FORM)
        case _:
            return False
    return True


def _is_option(asked: Question, number: int) -> bool:
    return 0 <= number < len(asked.options)


def _with(asked: Question, given: list[int], number: int) -> list[int]:
    """What is chosen after one more press. Of an order, what is left at the end goes there by itself."""
    if asked.kind == "multiple":
        return sorted(set(given) ^ {number})
    chosen = given if number in given else [*given, number]
    left = [one for one in range(len(asked.options)) if one not in chosen]
    return [*chosen, *left] if len(left) == 1 else chosen


def _whole(asked: Question, given: list[int]) -> list[int]:
    """Raises UserError where something is missing."""
    if not given or (asked.kind == "order" and len(given) < len(asked.options)):
        raise UserError("quiz.choose_first")
    return given


def _choose(ctx: Context, sitting: Sitting, asked: Question, given: list[int]) -> None:
    quizzes.choose(ctx.db, sitting.attempt.id, asked, given, at=ctx.now)
    show_choice(ctx, sitting_of(ctx, sitting.attempt))


# --- words ------------------------------------------------------------------------------------------------------------


@feature.form(WORDS_FORM, fields=(FormField(id="answer", max_length=_LONGEST),), command="quiz")
def answered_in_words(ctx: Context, form: FormSubmitted) -> None:
    """What is filled in, for the question that was shown last."""
    attempt = quizzes.last_asked(ctx.db, ctx.course.id, ctx.member.id)
    if attempt is None:
        ctx.reply("quiz.nothing_asked")
        return
    sitting = sitting_of(ctx, attempt)
    if is_over(ctx, sitting):
        return
    asked = sitting.current
    if asked is None or asked.kind != "fill" or asked.id not in sitting.answers:  # not even shown yet
        _go_on_from_old(ctx, sitting)
    else:
        _settle(ctx, sitting, asked, [form.fields["answer"]])


# --- the judgement ----------------------------------------------------------------------------------------------------


def _settle(ctx: Context, sitting: Sitting, asked: Question, given: Given) -> None:
    """The answer is final: say what is true of it, and go on."""
    seconds = int((ctx.now - sitting.attempt.asked_at).total_seconds())
    judged = Judged(is_right(asked, given), max(0, seconds))
    if quizzes.settle(ctx.db, sitting.attempt.id, asked, given, judged, at=ctx.now):
        for line in _judgement(ctx, sitting, asked, given, right=judged.is_right):
            ctx.reply_words(line)
        ctx.reply_words(GAP)
    else:
        ctx.reply("quiz.moved_on")
    go_on(ctx, sitting_of(ctx, sitting.attempt))


def _judgement(ctx: Context, sitting: Sitting, asked: Question, given: Given, *, right: bool) -> Iterator[Words]:
    if right:
        yield Text(id="quiz.right")
    else:
        yield Text(id="quiz.wrong", values={"answer": _said(ctx, sitting, asked, given)})
    if not right and sitting.is_last:
        yield Text(id="quiz.right_is", values={"answer": _right_answer(ctx, sitting, asked)})
    if asked.because:
        yield Template(text=asked.because)


def _said(ctx: Context, sitting: Sitting, asked: Question, given: Given) -> str | list[Text]:
    """What somebody has answered, as it is shown to them."""
    if asked.kind == "fill":
        return shorten(clean_line(str(given[0])), _COLUMNS)
    return _options(ctx, sitting, asked, [int(number) for number in given])


def _right_answer(ctx: Context, sitting: Sitting, asked: Question) -> str | list[Text]:
    if asked.kind == "fill":
        return asked.accepted[0]
    right = range(len(asked.options)) if asked.kind == "order" else sorted(asked.right)
    return _options(ctx, sitting, asked, right)


def _options(ctx: Context, sitting: Sitting, asked: Question, numbers: Iterable[int]) -> str | list[Text]:
    """Of an order one after the other, else side by side."""
    shown = [option(asked, number, sitting.attempt.id) for number in numbers]
    if asked.kind != "order":
        return shown
    return " → ".join(ctx.engine.voice.texts.show(ctx.language, one) for one in shown)
