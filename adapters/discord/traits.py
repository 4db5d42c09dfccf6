"""What Discord can do, without its library: the core asks for this at every start."""

from bot.domain.traits import Can, Limit, Limits, Traits

PLATFORM = "discord"

TRAITS = Traits(
    can=Can.REPLY
    | Can.EDIT
    | Can.BUTTONS
    | Can.ANSWER
    | Can.ASIDE
    | Can.WAIT
    | Can.STYLE
    | Can.FILES
    | Can.PIN
    | Can.DEDUPE
    | Can.PRIVATE
    | Can.FIRST
    | Can.REACT
    | Can.DELETE
    | Can.POLL
    | Can.FORM
    | Can.THREAD
    | Can.ROLES
    | Can.SIGNS
    | Can.INSPECT,
    max_text=2000,  # of what is written; with its marks and escapes it may become longer, and is an embed then
    max_buttons=25,
    max_fields=5,
    max_album=10,
    has_mixed_albums=True,
    # https://discord.com/developers/docs/topics/rate-limits; of a channel, what the headers have said for years
    limits=Limits(in_all=Limit(50, 1), per_chat=Limit(5, 5)),
)
