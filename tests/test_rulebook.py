"""`/rules`: what earns points, and for staff which version is live."""

from tests.community import RULES, Community

TRIAL = RULES + "new_rule:\n  when: share.posted\n  shadow: 7d\n  then: [award: 3]\nodd:\n  when: nothing\n  then: [award: 1]\n"


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
