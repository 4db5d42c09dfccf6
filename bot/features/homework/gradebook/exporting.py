"""`/export grades`: the grades of the course as a file, for admins in the staff room."""

from datetime import timedelta

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.parameters import choice
from bot.features.homework.declared import feature
from bot.features.homework.gradebook.book import as_csv, known_homework
from storage import kept_files
from storage.retention import COPY_DAYS

_KEPT = timedelta(days=COPY_DAYS)


@feature.command(
    "export", roles=("admin",), places=("staff",), parameters=(choice("what", "grades", "handbook", required=True),)
)
def export(ctx: Context, cmd: CommandInvoked) -> None:
    if cmd.text.strip().casefold() not in ("grades", "成绩"):
        raise UserError("export.usage")
    homework = known_homework(ctx.db, ctx.course)
    if not homework:
        raise UserError("export.no_homework")
    content = as_csv(ctx.db, ctx.course, ctx.engine.voice.texts, ctx.language, homework)
    file = ctx.engine.library.store.keep(f"grades-{ctx.course.id}-{ctx.today}.csv", "text/csv", content.encode())
    kept_files.keep(ctx.db, file.sha256, member=ctx.member.id, at=ctx.now, until=ctx.now + _KEPT)
    ctx.audit("export_grades")
    ctx.reply("export.done", count=len(homework))
    ctx.reply_file(file)
