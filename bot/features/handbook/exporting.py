"""`/export handbook`: the handbook as a file, for admins in the staff room."""

from datetime import timedelta

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.features.handbook.book.content import book_of
from bot.features.handbook.book.html import as_html
from bot.features.handbook.book.markdown import as_markdown
from bot.features.handbook.declared import feature
from storage import kept_files
from storage.retention import COPY_DAYS

_KEPT = timedelta(days=COPY_DAYS)
_HTML = frozenset(("html", "网页"))


@feature.branch("export", "handbook", "手册", "答疑手册")
def export(ctx: Context, cmd: CommandInvoked) -> None:
    """In Markdown, or as a page: `export handbook html`."""
    said = cmd.text.strip().casefold()
    if said and said not in (*_HTML, "markdown", "md"):
        raise UserError("export.handbook_usage")
    book = book_of(ctx.db, ctx.course, ctx.engine.voice.texts, ctx.language)
    if not book.size:
        raise UserError("faq.empty")
    is_page = said in _HTML
    content = as_html(book) if is_page else as_markdown(book)
    name, media_type = ("html", "text/html") if is_page else ("md", "text/markdown")
    file = ctx.engine.library.store.keep(f"handbook-{ctx.course.id}.{name}", media_type, content.encode())
    kept_files.keep(ctx.db, file.sha256, member=ctx.member.id, at=ctx.now, until=ctx.now + _KEPT)
    ctx.audit("export_handbook")
    ctx.reply("export.handbook", count=book.size)
    ctx.reply_file(file)
