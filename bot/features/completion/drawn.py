"""The picture of a certificate is there, or can't be drawn: its member gets it, or reads the number all the same."""

from bot.domain.events import JobDone
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.features.completion import store
from bot.features.completion.declared import feature
from bot.features.completion.making import JOB
from bot.features.completion.news import whisper


@feature.on(JobDone)
def drawn(ctx: Context, done: JobDone) -> None:
    kind, _, rest = done.job.partition(":")
    if kind != JOB:
        return
    serial = rest.partition(":")[0]
    made = store.by_serial(ctx.db, serial)
    if made is None or made.ended_at is not None:
        return
    values = {"name": made.name, "serial": serial}
    if done.file is None:
        # Of each try: whoever asks for the picture once more is told once more.
        whisper(ctx, [made.member], Text(id="certificate.undrawn", values=values), key=f"undrawn:{done.job}")
        ctx.tell_staff(Text(id="certificate.staff_undrawn", values=values), key=f"undrawn:{ctx.course.id}:{ctx.today}")
        return
    if not store.keep_picture(ctx.db, serial, done.file):
        return
    line = Text(id="certificate.here", values={**values, "course": ctx.course.title})
    whisper(ctx, [made.member], line, key=f"certificate:{serial}", files=[done.file])
