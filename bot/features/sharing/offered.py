"""What other features may know of the shares: works to look at again, and how many there were."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.domain.course import Course
from bot.domain.ids import CourseId
from bot.domain.messages import Text
from bot.engine.figures import Figure, Stretch, counts_in, overlap
from bot.engine.works import READ, Work
from bot.features.sharing.declared import feature
from bot.features.sharing.tables import session, share, share_post
from storage.persons import counts_once, is_of, person_of
from storage.tables import member


@feature.offer("works")
def works(db: Connection, course: CourseId, since: datetime, until: datetime) -> list[Work]:
    """The posts of all shares."""
    post = share_post.c
    said = func.substr(post.text, 1, READ), func.length(post.text)
    query = select(person_of(share.c.member), session.c.space, post.message, post.at, *said, post.attachments)
    query = query.join(share, share.c.id == post.share).join(session, session.c.id == share.c.session)
    query = query.where(session.c.course == course, post.at > since, post.at <= until).order_by(post.id)
    return [Work(*row) for row in db.execute(query)]


@feature.offer("messages_between")
def messages_between(db: Connection, lower: str, upper: str) -> list[str]:
    """The objects of the messages that are part of a share, in the order of texts."""
    query = select(share_post.c.message).where(share_post.c.message.between(lower, upper))
    return list(db.execute(query).scalars())


@feature.offer("figures")
def figures(db: Connection, course: Course, stretches: Sequence[Stretch]) -> list[Figure]:
    day = session.c.local_date
    query = select(*counts_in(day, stretches)).join(share, share.c.session == session.c.id)
    query = query.join_from(share, member, is_of(share.c.member)).where(
        member.c.role == "student", counts_once(share, "session")
    )
    counts = db.execute(query.where(session.c.course == course.id, overlap(day, stretches))).one()
    return [Figure(Text(id="figure.shares"), tuple(counts))]
