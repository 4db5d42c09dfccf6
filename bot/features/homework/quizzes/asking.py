"""How a question of a quiz is shown, and how it is answered there."""

from collections.abc import Iterator, Mapping
from string import ascii_uppercase
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.homework import Homework, Question
from bot.domain.messages import Localised, Template, Text, Words
from bot.engine.context import Context
from bot.engine.forms import open_form
from bot.engine.forms_sheet import has_sheet
from bot.engine.voice import Label
from bot.features.homework.quizzes.judging import fingerprint, shuffled
from bot.features.homework.store import quizzes
from bot.features.homework.store.quizzes import Answer, Attempt

WORDS_FORM = "quiz_answer"
"""Asks for what is to be filled in."""


GAP = Template(text=Localised({"en": ""}))
"""A line with nothing on it."""


class Sitting(NamedTuple):
    """An attempt, with what was answered in it of what the quiz asks now."""

    homework: Homework
    attempt: Attempt
    answers: Mapping[str, Answer]  # by the id of the question

    @property
    def current(self) -> Question | None:
        """The first question without a final answer; None where all have one."""
        return next((one for one in self.homework.questions if not self.is_final(one)), None)

    def is_final(self, question: Question) -> bool:
        return question.id in self.answers and bool(self.answers[question.id].is_final)

    @property
    def given(self) -> list[int]:
        """What is being chosen for the current question: numbers of options, in the order of the presses."""
        chosen = self.answers.get(self.current.id) if self.current else None
        return [one for one in chosen.given if isinstance(one, int)] if chosen else []

    @property
    def is_last(self) -> bool:
        """Whether there is no further attempt that a right answer told now could be copied into."""
        return self.homework.attempts is not None and self.attempt.number >= self.homework.attempts


def sitting_of(ctx: Context, attempt: Attempt) -> Sitting:
    """Raises UserError where the course has this quiz no more."""
    homework = ctx.course.book.homework.get(attempt.homework)
    if homework is None or not homework.is_quiz:
        raise UserError("quiz.gone")
    given = quizzes.answers_of(ctx.db, attempt.id)
    asked = {question.id: fingerprint(question) for question in homework.questions}
    return Sitting(homework, attempt, {id: given[mark] for id, mark in asked.items() if mark in given})


# --- a question -------------------------------------------------------------------------------------------------------


def show(ctx: Context, sitting: Sitting) -> None:
    """Ask the current question, and wait for its answer."""
    question = sitting.current
    assert question is not None, "who has answered all is told the result"
    quizzes.ask(ctx.db, sitting.attempt.id, at=ctx.now)
    for line in _lines(sitting, question):
        ctx.reply_words(line)
    if question.kind == "fill":
        _ask_for_words(ctx, sitting, question)
    else:
        show_choice(ctx, sitting)


def _lines(sitting: Sitting, question: Question) -> Iterator[Words]:
    at = sitting.homework.questions.index(question) + 1
    steps = {"title": sitting.homework.title, "number": at, "of": len(sitting.homework.questions)}
    yield Text(id="quiz.step", values=steps)
    yield Template(text=question.text)
    for number in in_order_shown(question, sitting.attempt.id):
        yield option(question, number, sitting.attempt.id)


def in_order_shown(question: Question, attempt: int) -> list[int]:
    """The numbers of the options as they stand below the question."""
    return shuffled(question, attempt) if question.kind == "order" else list(range(len(question.options)))


def option(question: Question, number: int, attempt: int) -> Text:
    """`B. What it says`."""
    return Text(
        id="quiz.option", values={"letter": letter(question, number, attempt), "option": question.options[number]}
    )


def letter(question: Question, number: int, attempt: int) -> str:
    return ascii_uppercase[in_order_shown(question, attempt).index(number)]


def _ask_for_words(ctx: Context, sitting: Sitting, question: Question) -> None:
    """In a form of the platform's own, else the next words count."""
    quizzes.choose(ctx.db, sitting.attempt.id, question, (), at=ctx.now)
    if has_sheet(ctx, ctx.engine.registry.forms[WORDS_FORM]):
        ctx.reply("quiz.fill", buttons=[(Text(id="button.quiz_words"), command(sitting, question, "words"))])
    else:
        if not ctx.actor_address.private:  # where there is no private chat
            ctx.reply("quiz.others_read")
        open_form(ctx, WORDS_FORM)


# --- what is chosen ---------------------------------------------------------------------------------------------------


def show_choice(ctx: Context, sitting: Sitting) -> None:
    """What is chosen so far, and what can be pressed."""
    question, given = sitting.current, sitting.given
    assert question is not None, "only what is asked is being chosen"
    letters = [letter(question, number, sitting.attempt.id) for number in given]
    if letters and question.kind == "order":
        ctx.reply("quiz.order_so_far", letters=" → ".join(letters))
    elif letters:
        ctx.reply("quiz.chosen", letters=sorted(letters))
    else:
        ctx.reply(_HINTS[question.kind])
    ctx.reply_buttons(_buttons(sitting, question, given))


_HINTS = {"single": "quiz.choose_one", "multiple": "quiz.choose_many", "order": "quiz.choose_order"}


def _buttons(sitting: Sitting, question: Question, given: list[int]) -> Iterator[Label]:
    is_order = question.kind == "order"
    for number in in_order_shown(question, sitting.attempt.id):
        if not (is_order and number in given):
            id = "quiz.letter_chosen" if number in given else "quiz.letter"
            label = Text(id=id, values={"letter": letter(question, number, sitting.attempt.id)})
            yield label, command(sitting, question, f"pick {number + 1}")
    if given and (not is_order or len(given) == len(question.options)):
        yield Text(id="button.quiz_done"), command(sitting, question, "done")
    if given and is_order:
        yield Text(id="button.quiz_reset"), command(sitting, question, "reset")


def command(sitting: Sitting, question: Question, what: str) -> str:
    """It carries which attempt and which question it is about, so that an old button does no harm."""
    return f"quiz {sitting.attempt.id}:{fingerprint(question)} {what}"
