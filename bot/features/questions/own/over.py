"""Why something can't be done with a question here and now, and what can."""

from bot.domain.errors import UserError
from bot.domain.messages import Button
from bot.features.questions.store.questions import OPEN, Question


def check_open(row: Question) -> None:
    """Raises UserError: a button was pressed twice, or stands below an old message."""
    if row.state not in OPEN:
        raise is_over(row)


def is_over(row: Question) -> UserError:
    again = Button(label="button.question_reopen", command=f"question Q{row.id} reopen")
    match row.state:
        case "closed" | "helped":
            return UserError("question.closed_already", buttons=[again], number=row.id)
        case "merged":
            look = Button(label="button.question_read", command=f"question Q{row.merged_into}")
            alone = Button(label="button.question_differs", command=f"question Q{row.id} reopen")
            return UserError("question.merged_already", buttons=[look, alone], number=row.id, into=row.merged_into)
        case _:
            return UserError("question.withdrawn_already", number=row.id)
