"""What happened on a platform or on the clock. Each event has a key that is unique for ever."""

from datetime import date, datetime
from typing import Literal

import msgspec

from bot.domain.ids import CourseId, EventKey, RitualId, SpaceId
from bot.domain.messages import File
from bot.domain.places import Actor, Address, Member, Space


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came with a message; `ref` is what its adapter needs to fetch it again."""

    name: str
    media_type: str
    size: int  # bytes
    ref: str
    identity: str = ""  # the same wherever the platform gives out this very file; empty where it does not say
    is_bare: bool = False  # a picture is kept without what it says of whose it is


class Quoted(msgspec.Struct, frozen=True, kw_only=True):
    """The message that another one replies to, as the platform shows it with the reply."""

    user: str  # the platform's user id of its author
    text: str
    attachments: tuple[Attachment, ...] = ()
    is_ours: bool = False  # the bot said it


class _Happened(msgspec.Struct, frozen=True, kw_only=True):
    key: EventKey
    at: datetime  # aware UTC, by the course's clock


class _Done(_Happened, frozen=True, kw_only=True):
    """Something that a person did somewhere."""

    actor: Actor
    address: Address


class CommandInvoked(_Done, frozen=True, kw_only=True, tag="command_invoked"):
    name: str  # without the slash, lower case
    text: str = ""  # all that follows the name
    word: str = ""  # what was said instead of the name, as it is declared
    via: Literal["slash", "word", "button", "link", "menu"] = "slash"  # a link can be made by anybody
    message: str | None = None
    reply_to: str | None = None
    quoted: Quoted | None = None  # what `reply_to` said, where the platform tells
    interaction: str | None = None  # waits for an answer that only the actor sees
    attachments: tuple[Attachment, ...] = ()
    elsewhere: Address | None = None  # another chat that was chosen; the platform vouches for it, it was not typed


class MessagePosted(_Done, frozen=True, kw_only=True, tag="message_posted"):
    message: str
    text: str
    title: str | None = None  # of the thread that it begins
    reply_to: str | None = None
    quoted: Quoted | None = None
    attachments: tuple[Attachment, ...] = ()


class MessageEdited(_Done, frozen=True, kw_only=True, tag="message_edited"):
    message: str
    text: str


class MessageDeleted(_Done, frozen=True, kw_only=True, tag="message_deleted"):
    message: str


class ButtonPressed(_Done, frozen=True, kw_only=True, tag="button_pressed"):
    message: str
    command: str  # a button is a command: `checkin 2027-03-01`
    interaction: str | None = None


class ReactionAdded(_Done, frozen=True, kw_only=True, tag="reaction_added"):
    message: str
    reaction: str


class ReactionRemoved(_Done, frozen=True, kw_only=True, tag="reaction_removed"):
    message: str
    reaction: str


class PollVoted(_Done, frozen=True, kw_only=True, tag="poll_voted"):
    """What this person has chosen in a platform's own poll is now this; nothing: the vote was taken back."""

    poll: str  # the key of the message that posted it
    options: tuple[int, ...]


class FormSubmitted(_Done, frozen=True, kw_only=True, tag="form_submitted"):
    """All that a form asks for, at once: from the platform's own form, or from a conversation that has ended."""

    form: str
    fields: dict[str, str]  # words, or the option that was chosen; without the fields that were left out
    files: dict[str, tuple[Attachment, ...]] = {}
    messages: dict[str, str] = {}  # by field, the message that it came with, if any
    message: str | None = None  # what the answer replies to
    interaction: str | None = None


class MemberJoined(_Done, frozen=True, kw_only=True, tag="member_joined"):
    pass


class MemberLeft(_Done, frozen=True, kw_only=True, tag="member_left"):
    pass


class ContactChanged(_Done, frozen=True, kw_only=True, tag="contact_changed"):
    """A person has opened a private chat with the bot, or closed it; the address is that chat."""

    is_open: bool


class JoinRequested(_Done, frozen=True, kw_only=True, tag="join_requested"):
    """A person who is not in the group asks to be let in."""


class PowersChanged(_Done, frozen=True, kw_only=True, tag="powers_changed"):
    """A person became one who may manage the chat on its platform, or is one no more. No role follows from that."""

    is_manager: bool


class SeenMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it stands now; who has reacted with what, where that is known."""

    message: str
    reactions: tuple[tuple[Actor, str], ...] | None = None


class StretchSeen(_Happened, frozen=True, kw_only=True, tag="stretch_seen"):
    """All that stands in a stretch of a chat now, after nobody has looked for a while."""

    address: Address
    first: str  # message ids that grow with time; what was between them and is not here was deleted
    last: str
    messages: tuple[SeenMessage, ...]


class PlaceSeen(_Happened, frozen=True, kw_only=True, tag="place_seen"):
    """How the bot stands in a chat."""

    address: Address
    title: str
    cause: Literal["added", "removed", "changed", "asked", "start"]
    is_in: bool = True
    lacks: tuple[str, ...] = ()  # message ids that say what it can't do there, and what to do about it
    by: Actor | None = None


class PlatformTrouble(_Happened, frozen=True, kw_only=True, tag="platform_trouble"):
    """Updates of a platform can't be fetched until somebody mends it, or can be again."""

    platform: str
    kind: str  # a message id says it: `trouble.KIND`
    is_over: bool = False


class SpaceMigrated(_Happened, frozen=True, kw_only=True, tag="space_migrated"):
    old: Address
    new: Address


class OccurrenceDue(_Happened, frozen=True, kw_only=True, tag="occurrence_due"):
    """The clock says that a ritual is due. `at` is now; `due_at` is when it should have been."""

    course: CourseId
    ritual: RitualId
    space: SpaceId
    local_date: date
    slot: int
    due_at: datetime
    number: int = 0  # of the time, where the ritual takes place several times on this date
    step: int = 0
    row: int = 0  # of the occurrence
    until: datetime | None = None  # how far what happened while we were away is handled; None: as far as now


class TimeLost(_Happened, frozen=True, kw_only=True, tag="time_lost"):
    """The clock of the machine did not run evenly, or nobody looked at it. `at` is what it shows now.

    `away`: no process was at work; `asleep`: the machine was suspended; `forward`, `back`: somebody set the clock.
    """

    kind: Literal["away", "asleep", "forward", "back"]
    since: datetime


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """A moment that a feature wanted to hear of."""

    row: int
    object: str  # what it is about
    due_at: datetime


class AlarmsDue(_Happened, frozen=True, kw_only=True, tag="alarms_due"):
    """All alarms of one name whose moment has come, in order. `at` is now."""

    course: CourseId
    name: str
    alarms: tuple[Alarm, ...]


class JobDone(_Happened, frozen=True, kw_only=True, tag="job_done"):
    """A file that was asked for is there, or never will be."""

    course: CourseId
    job: str
    file: File | None = None
    error: Literal["gone", "too_large", "failed"] | None = None  # why there is none; `failed`: nobody knows


class CourseFilesChanged(_Happened, frozen=True, kw_only=True, tag="course_files_changed"):
    """The files of a course's folder are others than before; whether they are good is not known yet."""

    course: CourseId


class UpdateUnreadable(_Happened, frozen=True, kw_only=True, tag="update_unreadable"):
    """An update that its adapter could not understand; it is kept, and never blocks the ones behind it."""

    platform: str
    raw: str
    error: str


Done = (
    CommandInvoked
    | MessagePosted
    | MessageEdited
    | MessageDeleted
    | ButtonPressed
    | ReactionAdded
    | ReactionRemoved
    | PollVoted
    | FormSubmitted
    | MemberJoined
    | MemberLeft
    | ContactChanged
    | JoinRequested
    | PowersChanged
)
Event = (
    Done
    | PlaceSeen
    | StretchSeen
    | PlatformTrouble
    | SpaceMigrated
    | OccurrenceDue
    | AlarmsDue
    | TimeLost
    | JobDone
    | CourseFilesChanged
    | UpdateUnreadable
)


class PlainMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A plain chat message in a space of a course, with who said it."""

    event: MessagePosted
    space: Space
    member: Member
    local_date: date
