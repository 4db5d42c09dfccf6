"""Which course somebody means who talks with the bot alone."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.domain.course import Course
from bot.domain.events import ButtonPressed, CommandInvoked, Done, FormSubmitted, MessagePosted
from bot.domain.ids import CourseId
from bot.domain.messages import Template
from bot.domain.places import Actor
from bot.engine.context import Context
from bot.engine.forms_shape import parts_of
from bot.engine.live import Live
from bot.engine.voice import Label
from storage import forms, private_courses
from storage.persons import is_of
from storage.tables import account, member

FORM_COMMANDS = ("form", "cancel")
"""They mean the form that is open, whatever course is talked about."""

THEN = "then"
"""Behind a course: do there what was asked before."""

_MINE = (
    select(account.c.course)
    .join_from(account, member, is_of(account.c.member))
    .where(account.c.platform == bindparam("on"), account.c.user == bindparam("who"), member.c.left_at.is_(None))
)


def implied_course(db: Connection, live: Live, event: Done) -> CourseId | None:
    """That of the form which is being filled in; else the only one that fits, or the one that was chosen of several."""
    if _is_about_form(event):
        course = forms.course_of(db, event.actor, event.address)
        if course in live.courses:
            return course
    fitting = [course.id for course in fitting_courses(db, live, event.actor, event.at)]
    if isinstance(event, FormSubmitted) and (named := CourseId(parts_of(event.form)[1])) in fitting:
        return named
    if len(fitting) == 1:
        return fitting[0]
    chosen = private_courses.chosen(db, event.actor) if fitting else None
    return chosen if chosen in fitting else None


def _is_about_form(event: Done) -> bool:
    match event:
        case MessagePosted():
            return True
        case CommandInvoked(name=name):
            return name in FORM_COMMANDS
        case ButtonPressed(command=command):
            return command.partition(" ")[0] in FORM_COMMANDS
        case _:
            return False


def fitting_courses(db: Connection, live: Live, actor: Actor, at: datetime) -> list[Course]:
    """The courses of this person, else all; those that are over only where no other goes on."""
    mine = set(db.execute(_MINE, {"on": actor.platform, "who": actor.user}).scalars())
    known = [course for id, course in live.courses.items() if id in mine] or list(live.courses.values())
    return [course for course in known if not is_over(course, at)] or known


def is_over(course: Course, at: datetime) -> bool:
    return course.date_at(at) > course.ends


def ask_which_course(ctx: Context, then: str = "", *, by_link: bool = False) -> None:
    """Let the person choose; the choice is remembered, and what they asked for is run.

    Their words are kept with them, and never in a button: platforms and adapters keep buttons for as long as they like.
    """
    courses = fitting_courses(ctx.db, ctx.live, ctx.actor, ctx.now)
    ctx.reply("course.which" if courses else "place.no_course")
    if then and courses:
        private_courses.keep_asked(ctx.db, ctx.actor, private_courses.Asked(then, by_link), at=ctx.now)
    ctx.reply_buttons(course_buttons(courses, THEN if then else ""))


def course_buttons(courses: Iterable[Course], further: str = "") -> list[Label]:
    return [(Template(text=course.title), f"course {course.id} {further}".strip()) for course in courses]
