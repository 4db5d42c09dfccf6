"""All that `check` warns of in a course's plan."""

from bot.domain.course import Course
from bot.domain.errors import Problem
from bot.planning.clashes import clashes
from bot.planning.duty import duty_gaps
from bot.planning.gaps import gaps, unposted
from bot.planning.homework import homework_gaps
from bot.planning.idle import idle
from bot.planning.odd import dear_rewards, odd_rituals, odd_sections
from bot.planning.places import Places
from bot.planning.plan import Plan
from rules.loader import Files
from rules.vocabulary import Vocabulary


def warnings_of(course: Course, vocabulary: Vocabulary, files: Files, shown_as: str = "") -> list[Problem]:
    """Of the whole course; `files` are those that it was loaded from."""
    plan, places = Plan(course, vocabulary.actions), Places(files, course, shown_as)
    acts = plan.whole()
    finders = (gaps, unposted, clashes, idle, odd_rituals, homework_gaps, duty_gaps, dear_rewards)
    found = [warning for find in finders for warning in find(plan, acts, places)]
    return [*found, *odd_sections(plan, vocabulary, places)]
