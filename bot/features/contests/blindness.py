"""What tells in a contest without names whose a work is, and works that say the same."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from bot.domain.ids import MemberId
from bot.domain.messages import Text
from bot.domain.text import fingerprint
from bot.engine.context import Context
from bot.features.contests.found import title_of
from storage.persons import same_person
from storage.tables import profile

_SHORTEST = 2  # letters of a name: a single one stands in any text
_PAIRS = 10  # that staff are told of


def own_name_in(db: Connection, who: MemberId, text: str) -> str | None:
    """The first of a person's names, handles and pseudonyms that stands in a text; None where none does."""
    query = select(profile.c.name, profile.c.handle, profile.c.pseudonym)
    rows = db.execute(query.where(same_person(profile.c.member, who)).order_by(profile.c.member)).all()
    names = (name for row in rows for name in row if name and len(name) >= _SHORTEST)
    return next((name for name in names if _stands_in(name, text)), None)


def _stands_in(name: str, text: str) -> bool:
    """As a word of its own where words have spaces between them: Ada is not in Canada."""
    if not name.isascii():
        return name.casefold() in text.casefold()
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text, re.IGNORECASE) is not None


def tell_of_same(ctx: Context, found: Any, works: Sequence[Any]) -> None:
    """Staff, once: which works of different people say the same. They look who was first."""
    by_text = defaultdict[str, list[int]](list)
    for work in works:
        if (mark := fingerprint(work.text)) is not None:
            by_text[mark].append(work.number)
    same = [numbers for numbers in by_text.values() if len(numbers) > 1]
    if same:
        head = Text(id="contest.same_works", values={"title": title_of(ctx, found), "contest": found.id})
        lines = [Text(id="contest.same_work", values={"numbers": numbers}) for numbers in same[:_PAIRS]]
        ctx.tell_staff(head, *lines, key=f"contest:{found.id}:same")
