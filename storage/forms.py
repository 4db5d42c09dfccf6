"""Forms that are being filled in: one per account and chat, with what was given so far."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Column, Connection, ForeignKey, SmallInteger, String, Table, and_, bindparam, delete, select

from bot.domain.events import Attachment
from bot.domain.ids import CourseId, MemberId
from bot.domain.places import Actor, Address
from storage.among import among
from storage.columns import Json, Moment
from storage.database import insert
from storage.persons import same_person
from storage.tables import Id, metadata, outbox

form_session = Table(
    "form_session",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("user", String(128), primary_key=True),
    Column("chat", String(128), primary_key=True),
    Column("token", String(16), nullable=False),  # its buttons know it: they do nothing to the next form here
    Column("course", String(32), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("form", String(48), nullable=False),
    Column("answers", Json, nullable=False),  # field -> what was given for it
    Column("step", SmallInteger, nullable=False),  # the number of the field that is asked for; after the last: to send
    Column("prompts", Json, nullable=False),  # the keys of the messages that asked, the newest last
    Column("started_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

_KEY = [column.name for column in form_session.primary_key]


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has given for one field; nothing at all where they left it out."""

    text: str = ""
    files: tuple[Attachment, ...] = ()
    message: str | None = None  # the first that it came with
    is_suggested: bool = False  # by us: it is asked for all the same, and may be kept

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.files)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One form that somebody is filling in."""

    platform: str
    user: str
    chat: str
    token: str
    course: CourseId
    member: MemberId
    form: str
    answers: Mapping[str, Given]
    step: int
    prompts: tuple[str, ...]
    started_at: datetime
    expires_at: datetime

    @property
    def is_asked(self) -> bool:
        """Whether it is being asked for, message by message; else it is what a platform's own form begins with."""
        return bool(self.prompts)


def find(db: Connection, actor: Actor, address: Address) -> Session | None:
    """The form that this account has open here, or had open when it expired. Nobody else changes it meanwhile."""
    row = db.execute(_OPEN, _bound(actor, address)).one_or_none()
    return msgspec.convert(row, Session, from_attributes=True) if row else None


def course_of(db: Connection, actor: Actor, address: Address) -> CourseId | None:
    """The course of the form that is being asked for here."""
    row = db.execute(_COURSE, _bound(actor, address)).one_or_none()
    return row.course if row and row.prompts else None


def keep(db: Connection, session: Session) -> None:
    """Keep the form as it is now, in the place of any other that was open here."""
    values = {name: getattr(session, name) for name in session.__struct_fields__}
    row = insert(db, form_session).values(values)
    db.execute(row.on_conflict_do_update(index_elements=_KEY, set_=values))


def close(db: Connection, session: Session) -> None:
    db.execute(delete(form_session).where(*(form_session.c[name] == getattr(session, name) for name in _KEY)))


def end(db: Connection, course: CourseId, who: MemberId, forms: Collection[str]) -> list[Session]:
    """Close these forms of a member, by whichever account and wherever they are open; as they were."""
    mine = (form_session.c.course == course) & same_person(form_session.c.member, who)
    closed = delete(form_session).where(mine, form_session.c.form.in_(forms)).returning(*form_session.c)
    return [msgspec.convert(row, Session, from_attributes=True) for row in db.execute(closed).all()]


def who_have_one(db: Connection, users: Collection[str]) -> set[tuple[str, str, str]]:
    """Of these users of any platform: platform, user and chat of each form that is open."""
    return {(row.platform, row.user, row.chat) for row in db.execute(_WHO, {"users": users})}


def posted_as(db: Connection, prompts: Sequence[str]) -> set[str]:
    """The platform's ids of the prompts, as far as they have been sent."""
    return set(db.execute(_POSTED, {"prompts": prompts}).scalars())


_here = and_(*(form_session.c[name] == bindparam(f"{name}_") for name in _KEY))
_OPEN = select(form_session).where(_here).with_for_update()
_COURSE = select(form_session.c.course, form_session.c.prompts).where(_here)
_WHO = select(*(form_session.c[name] for name in _KEY)).where(among(form_session.c.user, "users"))
_POSTED = select(outbox.c.sent_as).where(among(outbox.c.key, "prompts"), outbox.c.sent_as.is_not(None))


def _bound(actor: Actor, address: Address) -> dict[str, str]:
    return {"platform_": actor.platform, "user_": actor.user, "chat_": address.chat}
