"""What Telegram can do, without its library: the core asks for this at every start."""

from bot.domain.traits import Can, Limit, Limits, Traits

PLATFORM = "telegram"

TRAITS = Traits(
    can=Can.REPLY
    | Can.EDIT
    | Can.BUTTONS
    | Can.ANSWER
    | Can.STYLE
    | Can.FILES
    | Can.PIN
    | Can.PRIVATE
    | Can.REACT
    | Can.DELETE
    | Can.POLL
    | Can.ASK
    | Can.ADMIT
    | Can.COPY
    | Can.INSPECT
    | Can.WAIT
    | Can.TOPIC,
    max_text=4096,
    max_caption=1024,
    max_answer=200,
    is_utf16=True,
    max_buttons=100,
    max_album=10,
    # https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
    limits=Limits(in_all=Limit(30, 1), per_chat=Limit(1, 1), per_group=Limit(20, 60)),
)
