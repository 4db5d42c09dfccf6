"""What members hear of their completion, alone; who can't be written to yet finds it when they can."""

from collections.abc import Collection, Sequence

from bot.domain.ids import MemberId
from bot.domain.messages import File, Text, Words
from bot.engine.context import Context
from bot.engine.telling import ears_of
from bot.engine.voice import NOTICE_LIFE, Label, Utterance


def whisper(
    ctx: Context,
    members: Collection[MemberId],
    *lines: Words,
    key: str,
    buttons: Sequence[Label] = (),
    files: Sequence[File] = (),
) -> None:
    """The same to each of them; a key that was used before says nothing again."""
    now = ears_of(ctx, members, have_asked=True)
    later = ears_of(ctx, [who for who in members if who not in now], may_wait=True)
    what = Utterance(
        lines=lines,
        buttons=buttons,
        files=files,
        life=NOTICE_LIFE,
        is_confidential=True,
        is_kept=True,
        is_notice=True,
    )
    for who, ear in (now | later).items():
        ctx.whisper(ear.user, ear.space, what, key=f"{key}:{who}", language=ear.language)


def certificate_button() -> Label:
    return Text(id="button.certificate"), "certificate"
