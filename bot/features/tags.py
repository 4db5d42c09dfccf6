"""`/tag`: what staff note about members, for rules to go by."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.parameters import text
from bot.engine.tags import LONGEST_TAG, MOST_TAGS, is_tag
from storage.tables import member, profile

feature = Feature("tags")

_SHOWN = 50


@feature.command(
    "tag",
    roles=("assistant", "admin"),
    places=("staff",),
    parameters=(text("member", suggests="members"), text("tags", suggests="tags")),
)
def tag(ctx: Context, cmd: CommandInvoked) -> None:
    who, added, removed = _asked(cmd.text)
    if who:
        _tag(ctx, ctx.find_member(who), added, removed)
    elif len(added) == 1 and not removed:
        _show_who_has(ctx, added[0])
    else:
        raise UserError("tag.usage")


def _asked(text: str) -> tuple[str, list[str], list[str]]:
    """Who is meant, and the tags to add and to remove, which stand at the end."""
    words = unicodedata.normalize("NFC", text.translate(str.maketrans("＋－−", "+--"))).split()
    first = len(words)
    while first and words[first - 1].startswith(("+", "-")):
        first -= 1
    changes = [(word[0], _checked(word[1:])) for word in words[first:]]
    added = [tag for sign, tag in changes if sign == "+"]
    return " ".join(words[:first]), added, [tag for sign, tag in changes if sign == "-"]


def _checked(word: str) -> str:
    if not word:
        raise UserError("tag.usage")
    if not is_tag(word):
        raise UserError("tag.bad", tag=word[:48], most=LONGEST_TAG)
    return word


def _tag(ctx: Context, who: Member, added: Sequence[str], removed: Sequence[str]) -> None:
    new = [word for word in dict.fromkeys(added) if word not in who.tags]
    gone = [word for word in dict.fromkeys(removed) if word in who.tags and word not in added]
    tags = [word for word in who.tags if word not in gone] + new
    if len(tags) > MOST_TAGS:
        raise UserError("tag.too_many", name=who.name, most=MOST_TAGS, tags=list(who.tags))
    if new or gone:
        ctx.db.execute(update(member).where(member.c.id == who.id).values(tags=tags))
        changes = [*(f"+{word}" for word in new), *(f"-{word}" for word in gone)]
        ctx.audit("tag", member=f"#{who.id}", changes=" ".join(changes))
    ctx.reply("tag.tags" if tags else "tag.no_tags", name=who.name, tags=tags)


def _show_who_has(ctx: Context, word: str) -> None:
    rows = [row for row in _tagged(ctx) if word in row.tags]
    if not rows:
        raise UserError("tag.nobody", tag=word)
    names = [f"#{row.id} {row.name}" for row in rows[:_SHOWN]]
    id = "tag.members" if len(rows) <= _SHOWN else "tag.members_more"
    ctx.reply(id, tag=word, count=len(rows), names=names)


def _tagged(ctx: Context) -> Sequence[Any]:
    """The members with any tags, of whom there are few."""
    mine = (member.c.course == ctx.course.id) & member.c.left_at.is_(None) & member.c.merged_into.is_(None)
    query = select(member.c.id, member.c.tags, profile.c.name).join(profile, profile.c.member == member.c.id)
    return ctx.db.execute(query.where(mine, member.c.tags != []).order_by(member.c.id)).all()


@feature.suggest("tags")
def known_tags(ctx: Context, typed: str) -> list[tuple[str, str]]:
    """The tags that somebody has, to be added or removed behind those that are typed already."""
    *before, last = typed.split(" ")
    sign = last[:1] if last.startswith(("+", "-")) else "+"
    known = sorted({word for row in _tagged(ctx) for word in row.tags})
    begun = [word for word in known if word.casefold().startswith(last.lstrip("+-").casefold())]
    return [(" ".join([*before, sign + word]),) * 2 for word in begun]
