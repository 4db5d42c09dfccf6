"""How nominations read: everybody with the numbers behind it."""

from collections.abc import Iterator

from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.features.seeds.declared import SeedSettings
from bot.features.seeds.numbers import Numbers, nominated, numbers_of


def nomination_lines(ctx: Context) -> Iterator[Words]:
    asked: SeedSettings = ctx.course.settings["seeds"]
    everybody = numbers_of(ctx)
    found = nominated(everybody, asked)
    values = {"score": asked.score, "works": asked.works, "active": asked.active}
    yield Text(id="seeds.title" if found else "seeds.nobody", values=values)
    for one in found:
        yield numbers_line(one)
    if found:
        yield Text(id="seeds.how_to_confirm", values={"number": found[0].member.id})
    elif closest := max(everybody, key=lambda one: one.standing, default=None):
        yield Text(id="seeds.closest")
        yield numbers_line(closest)


def numbers_line(one: Numbers) -> Text:
    values = {
        "number": one.member.id,
        "name": one.member.name,
        "average": one.average,
        "works": len(one.scores),
        "active": one.active,
        "days": one.days,
        "help": one.help,
        "featured": one.featured,
    }
    return Text(id="seeds.numbers" if one.scores else "seeds.numbers_ungraded", values=values)
