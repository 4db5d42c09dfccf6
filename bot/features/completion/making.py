"""A certificate is made out: a number, a signed code, a row; and its picture is asked for."""

from hashlib import blake2b

from bot.domain.ids import Language
from bot.engine.certificates import new_key_pair, new_serial, read, signed
from bot.engine.context import Context
from bot.engine.drawing import draw
from bot.engine.roster import member_of
from bot.features.completion import store
from bot.features.completion.store import Completed, Made
from bot.features.completion.wording import certificate_for, picture_of
from storage.signing import key_pair

KEY = "certificate"
"""The name of the key pair that signs certificates."""
JOB = "certificate"
"""How the keys of the jobs begin that draw them."""


def make_out(ctx: Context, row: Completed, name: str) -> Made:
    """Under this name; the completion is locked, and no certificate of it is good any more."""
    serial, language = new_serial(), _language(ctx, row)
    pair = key_pair(ctx.db, KEY, new_key_pair, ctx.now)
    code = signed(certificate_for(ctx, serial, name, language), pair.private)
    made = store.make_out(ctx.db, row, serial=serial, name=name, code=code, at=ctx.now)
    have_drawn(ctx, row, made)
    return made


def have_drawn(ctx: Context, row: Completed, made: Made) -> None:
    """What it says is what its code says, however the course is called by now. One that failed is tried again."""
    pair = key_pair(ctx.db, KEY, new_key_pair, ctx.now)
    picture = picture_of(ctx, read(made.code, pair.public), row, made.code, _language(ctx, row))
    attempt = blake2b(ctx.event.key.encode(), digest_size=6).hexdigest()
    draw(ctx, f"{JOB}:{made.serial}:{attempt}", picture, name=f"{made.serial}.png", whose=made.member)


def _language(ctx: Context, row: Completed) -> Language:
    """The member's own, else the course's."""
    return member_of(ctx.db, row.member).language or ctx.course.language
