"""`/search`: what was answered before, by words; for everybody."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.known import Found
from bot.engine.names import clean_line
from bot.engine.parameters import text
from bot.engine.voice import Label
from bot.features.handbook import known
from bot.features.handbook.declared import feature

_SHOWN = 5
_READ = 20  # of what is found: entries go first, wherever they stand
_TITLE = 56  # columns
_WORDS = 200  # characters that are searched for
_ASKED = 40  # columns of them that are shown


@feature.command("search", words=("搜索",), is_private=True, parameters=(text("words", required=True),))
def search(ctx: Context, cmd: CommandInvoked) -> None:
    search_for(ctx, "" if cmd.via == "word" else cmd.text)


def search_for(ctx: Context, said: str) -> None:
    """Raises UserError where nothing was said."""
    words = clean_line(said[:_WORDS])
    if not visible_length(words):
        raise UserError("search.what")
    hits = [one for one, _ in known.search(ctx.engine, ctx.db, ctx.course, words, _READ, ctx.language)]
    found = sorted(hits, key=lambda one: known.number_of(one.id) is None)[:_SHOWN]
    shown = shorten(words, _ASKED)
    if found:
        ctx.reply("search.found", words=shown)
    else:
        ctx.reply("search.nothing", words=shown)
    for one in found:
        ctx.reply("search.line", called=_called(one), title=shorten(clean_line(one.title[: _READ * _TITLE]), _TITLE))
    ctx.reply_buttons([*map(_label, found), (Text(id="button.search_ask"), f"ask {words}")])


def _called(one: Found) -> str:
    """`H3`, `Q7`."""
    kind, _, number = one.id.partition(":")
    return f"{'H' if kind == 'entry' else 'Q'}{number}"


def _label(one: Found) -> Label:
    return Text(id="button.search_read", values={"called": _called(one)}), f"faq {_called(one)}"
