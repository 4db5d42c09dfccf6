"""`/rules`: what earns points, and for staff which version is live."""

import pytest

from tests.community import RULES, Community

pytestmark = pytest.mark.every_platform

TRIAL = (
    RULES
    + "new_rule:\n  when: share.posted\n  shadow: 7d\n  then: [award: 3]\nodd:\n  when: nothing\n  then: [award: 1]\n"
)


async def test_members_see_what_earns_points_and_how_often(course: Community) -> None:
    assert await course.answer("ada", "/rules") == (
        "What earns points, 5 rules\n"
        "Daily check-in: +5 (once a day)\n"
        "make_up: +2\n"
        "streak_3: +10\n"
        "share: +8 (once a day)\n"
        "thoughtful: +1 (at most 2 points a day)\n"
        "Send /why to see what your own points are for."
    )


async def test_one_rule_is_found_by_its_title(course: Community) -> None:
    said = await course.answer("ada", "/rules daily check-in")
    assert said.startswith("Daily check-in\nWhen: ")
    assert said.endswith("It gives +5 points, which count as activity.\nLimits: once a day.")
    assert await course.answer("ada", "/rules daily chekin") == (
        "There is no rule “daily chekin”. Did you mean “Daily check-in”?"
    )


async def test_staff_see_the_version_what_is_off_and_what_is_on_trial(open_community) -> None:
    course = await open_community(rules=TRIAL)
    said = await course.answer("chen", "/rules", room="staff")
    assert said.startswith("Version 1 is live since 1 Mar 08:30: 6 rules, 1 off, 1 on trial.\nOff: odd, rules.yaml:")
    assert "On trial: new_rule" in said
    assert "on trial" in await course.answer("chen", "/rules new_rule", room="staff")
    assert "There is no rule" in await course.answer("ada", "/rules new_rule")


ASKING = (
    RULES
    + """
conditions:
  in_class: {member.role: student, space.kind: [main, interest]}
long_reply:
  title: {en: A long reply, zh: 长回复}
  when: message.posted
  where:
    use: in_class
    is_reply: true
    length: {at_least: 30, at_most: 500}
    any: [{course.weekday: [saturday, sunday]}, {all: [{course.day: {at_most: 7}}, {attachments: {at_least: 1}}]}]
    not: {member.tags: [difficult]}
  then: [award: 2]
alarm:
  when: checkin.done
  then:
    - tell_staff: {en: look}
"""
)


async def test_a_rules_conditions_are_said_in_words(open_community) -> None:
    course = await open_community(rules=ASKING)
    said = await course.answer("ada", "/rules a long reply")
    assert (
        "Only where:\n"
        "    · role: student\n"
        "    · kind of group: the main group or an interest group\n"
        "    · reply to somebody: yes\n"
        "    · length: 30 to 500\n"
        "    · (weekday: Saturday or Sunday or (day of the course: at most 7 and attachments: at least 1))\n"
        "    · except a condition that staff set\n"
        "It gives +2 points"
    ) in said
    assert "except tags: difficult" in await course.answer("chen", "/rules long_reply", room="staff")
    await course.types("ada", "/language zh")
    said = await course.answer("ada", "/rules 长回复")
    assert "　· （星期几：周六或周日或（课程第几天最多 7，且附件数至少 1））\n　· 老师另定的条件 除外\n" in said


async def test_rules_that_only_tell_staff_are_unknown_to_members(open_community) -> None:
    course = await open_community(rules=ASKING)
    assert "There is no rule" in await course.answer("ada", "/rules alarm")
    assert (await course.answer("chen", "/rules alarm", room="staff")).startswith("alarm")


OFF = (
    RULES
    + """
conditions:
  odd_one: {nothing.known: 1}
badges:
  star: {title: {en: Star}, icon: 1, colour: red}
odd:
  when: nothing
  limit: {once_per: year}
  then: [award: 1]
"""
)


async def test_what_is_off_is_listed_once_and_rules_apart_from_the_rest(open_community) -> None:
    course = await open_community(rules=OFF, rituals="odd_ritual:\n  every: never\n  at: 09:00\n  do: post_task\n")
    lines = (await course.answer("chen", "/rules", room="staff")).splitlines()
    assert lines[0] == "Version 1 is live since 1 Mar 08:30: 5 rules, 1 off, 0 on trial."
    assert lines[1].startswith("Off: odd, rules.yaml:")
    assert lines[2] == "And 3 other entries are off (conditions, badges, titles, rituals, homework):"
    assert [line.split(",")[0] for line in lines[3:6]] == ["Off: odd_ritual", "Off: odd_one", "Off: star"]
    assert lines[6].startswith("What earns points")
