"""Badges, titles, praise and the assistant's role: what rules give beside points."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.cli.check import problems_of
from bot.domain.course import Course
from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.feature import Feature, Registry
from bot.engine.roster import find_member
from bot.features import FEATURES
from bot.features.honours.store import table as honour
from bot.features.honours.titles import GivenTitle, ends_at
from bot.texts.catalogue import Catalogues
from rules.loader import load_course, read_folder
from storage.tables import member, profile, staff_grant
from tests.community import COURSE, Community, write_course
from tests.undoing import with_undoing

pytestmark = pytest.mark.every_platform

HONOURS = """
badges:
  early_bird: {title: {zh: 早起鸟, en: Early bird}, icon: 🐦}
  plain: {title: {zh: 无图标, en: Plain one}}
titles:
  star: {title: {zh: 活跃之星, en: Star of the week}, icon: 🌟, lasts: 3d}
"""
BADGE = f"""{HONOURS}
early:
  title: {{zh: 早起打卡, en: Early check-in}}
  when: checkin.done
  then: [{{award: 5}}, {{badge: early_bird}}]
"""
TITLE = f"""{HONOURS}
starry:
  when: checkin.done
  then: [{{title: star}}]
"""
PRAISE = """
well_done:
  when: checkin.done
  then: [{praise: {zh: "{name} 打卡满 {streak} 天！", en: "Well done, {name}: {streak} days!"}}]
"""
ROLE = """
helper:
  title: {zh: 转助教, en: Becomes a helper}
  when: checkin.done
  then: [{role: assistant}]
"""
CHINESE = COURSE.replace("language: en", "language: zh-CN")


async def card(course: Community, who: str = "ada") -> str:
    """What staff see of a member, without the table."""
    return await course.answer("chen", f"/me @{who}", room="staff")


# --- badges -----------------------------------------------------------------------------------------------------------


async def test_a_badge_is_told_once_and_stays(open_community) -> None:
    course = await open_community(rules=BADGE)
    assert await course.answer("ada", "/checkin") == (
        "Checked in! 1 day in a row.\nNew badge: 🐦 Early bird\n+5 points, 5 in all"
    )
    await course.passes(days=1)
    assert "New badge" not in await course.answer("ada", "/checkin")
    assert await course.answer("ada", "/me") == "Ada · student\nBadges: 🐦 Early bird"
    assert "Early bird" not in "".join(await course.said("ben"))


async def test_a_badge_from_another_rule_is_the_same_badge(open_community) -> None:
    rules = BADGE + "\nlate:\n  when: message.posted\n  then: [{badge: early_bird}, {badge: plain}]\n"
    course = await open_community(rules=rules)
    await course.types("ada", "/checkin")
    assert await course.answer("ada", "hello") == "New badge: Plain one"
    assert await course.answer("ada", "hello again") == ""
    assert "Badges: 🐦 Early bird, Plain one" in await course.answer("ada", "/me")


async def test_a_badge_is_withdrawn_with_its_award_and_staff_see_it(open_community) -> None:
    course = await open_community(rules=BADGE, features=with_undoing())
    await course.types("ada", "/checkin")
    assert await course.answer("ada", "/undo checkin.done 2027-03-01") == ""
    assert await course.answer("ada", "/me") == "Ada · student"
    assert (await course.said("chen", "staff"))[-1] == (
        "Ada no longer has 🐦 Early bird: what the rule “Early check-in” rewarded was taken back."
    )
    assert await card(course) == "Ada · student\nWithdrawn: 🐦 Early bird (Mon, 1 Mar)"
    await course.passes(days=1)
    assert "New badge" not in await course.answer("ada", "/checkin")  # who never knew that it was gone
    assert "Badges: 🐦 Early bird" in await course.answer("ada", "/me")


async def test_a_badge_that_was_earned_twice_survives_one_reversal(open_community) -> None:
    course = await open_community(rules=BADGE, features=with_undoing())
    await course.types("ada", "/checkin")
    await course.passes(days=1)
    await course.types("ada", "/checkin")
    await course.types("ada", "/undo checkin.done 2027-03-01")
    assert "Badges: 🐦 Early bird" in await course.answer("ada", "/me")
    assert not any("no longer has" in text for text in await course.said("chen", "staff"))
    await course.types("ada", "/undo checkin.done 2027-03-02")
    assert "Badges" not in await course.answer("ada", "/me")


async def test_honours_that_go_together_are_told_together(open_community) -> None:
    both = BADGE.replace("{badge: early_bird}", "{badge: early_bird}, {title: star}")
    course = await open_community(rules=both, features=with_undoing())
    await course.types("ada", "/checkin")
    await course.types("ada", "/undo checkin.done 2027-03-01")
    assert (await course.said("chen", "staff"))[-1].startswith("Ada no longer has 🐦 Early bird, 🌟 Star of the week:")


async def test_a_badge_that_the_course_no_longer_has_is_not_shown(open_community) -> None:
    course = await open_community(rules=BADGE)
    await course.types("ada", "/checkin")
    (course.folder / "rules.yaml").write_text("", encoding="utf-8")
    await course.types("chen", "/reload", room="staff")
    assert await course.answer("ada", "/me") == "Ada · student"


# --- titles -----------------------------------------------------------------------------------------------------------


async def test_a_title_ends_on_its_day(open_community) -> None:
    course = await open_community(rules=TITLE)  # on 1 March at 08:30, for three days
    assert "New title: 🌟 Star of the week, until Thu, 4 Mar" in await course.answer("ada", "/checkin")
    assert "Titles: 🌟 Star of the week (until Thu, 4 Mar)" in await course.answer("ada", "/me")
    await course.passes(days=3, minutes=-1)
    assert "Titles" in await course.answer("ada", "/me")
    await course.passes(minutes=1)
    assert await course.answer("ada", "/me") == "Ada · student"


async def test_a_title_that_runs_is_extended_and_told_once(open_community) -> None:
    course = await open_community(rules=TITLE)
    await course.types("ada", "/checkin")
    await course.passes(days=2)
    assert "New title" not in await course.answer("ada", "/checkin")
    assert await course.answer("ada", "/me") == "Ada · student\nTitles: 🌟 Star of the week (until Sat, 6 Mar)"
    await course.passes(days=4)
    assert "New title: 🌟 Star of the week, until Wed, 10 Mar" in await course.answer("ada", "/checkin")


async def test_what_extended_a_title_can_be_taken_back_alone(open_community) -> None:
    course = await open_community(rules=TITLE, features=with_undoing())
    await course.types("ada", "/checkin")
    await course.passes(days=2)
    await course.types("ada", "/checkin")
    await course.types("ada", "/undo checkin.done 2027-03-03")
    assert "Titles: 🌟 Star of the week (until Thu, 4 Mar)" in await course.answer("ada", "/me")
    await course.types("ada", "/undo checkin.done 2027-03-01")
    assert "Titles" not in await course.answer("ada", "/me")


async def test_a_rule_says_until_when(open_community) -> None:
    rules = TITLE.replace("title: star}]", "title: {name: star, until: 2027-03-05}}]")
    course = await open_community(rules=rules)
    assert "until Fri, 5 Mar" in await course.answer("ada", "/checkin")
    await course.passes(days=4, hours=15)  # 23:30 on the fifth
    assert "Titles" in await course.answer("ada", "/me")
    await course.passes(hours=1)
    assert "Titles" not in await course.answer("ada", "/me")


def _load(tmp_path: Path, rules: str) -> Course:
    folder = write_course(tmp_path / "writing", rules=rules)
    return load_course("writing", read_folder(folder), Registry(FEATURES).vocabulary()).course


@pytest.mark.parametrize(
    ("given", "ends"),
    [
        ({"name": "star"}, datetime(2027, 3, 29, 9, tzinfo=UTC)),
        ({"name": "star", "lasts": "36h"}, datetime(2027, 3, 27, 21, tzinfo=UTC)),
        ({"name": "star", "until": "2027-03-27"}, datetime(2027, 3, 28, 0, tzinfo=UTC)),
        ({"name": "star", "until": "2027-03-28"}, datetime(2027, 3, 28, 23, tzinfo=UTC)),  # London's summer has begun
        ({"name": "star", "lasts": "9d", "until": "2027-03-27"}, datetime(2027, 3, 28, 0, tzinfo=UTC)),
    ],
)
def test_the_end_of_a_title(tmp_path: Path, given: dict[str, str], ends: datetime) -> None:
    course = _load(tmp_path, TITLE)
    assert ends_at(course, GivenTitle.model_validate(given), datetime(2027, 3, 26, 9, tzinfo=UTC)) == ends


# --- praise -----------------------------------------------------------------------------------------------------------


async def test_praise_is_for_everybody(open_community) -> None:
    course = await open_community(rules=PRAISE)
    await course.types("ada", "/checkin")
    assert (await course.said("ben")).count("Well done, Ada: 1 days!") == 1


async def test_who_does_not_want_praise_is_not_praised(open_community) -> None:
    course = await open_community(rules=PRAISE)
    await course.types("ada", "hello")
    await course.rows(update(member).values(is_praised=False).returning(member.c.id))
    await course.types("ada", "/checkin")
    assert not any("Well done" in text for text in await course.said("ben"))


async def test_a_pseudonym_stands_for_the_name_and_names_are_never_markup(open_community) -> None:
    course = await open_community(rules=PRAISE)
    await course.types("ada", "hello")
    shown = "**Night** `owl` {streak}"
    await course.rows(update(profile).values(pseudonym=shown).returning(profile.c.member))
    await course.types("ada", "/checkin")
    (post,) = [message for message in await course.messages("ben") if "Well done" in message.text]
    assert post.text == f"Well done, {shown}: 1 days!"
    assert {piece.style for piece in post.body} == {"plain"}


async def test_staff_are_never_praised(open_community) -> None:
    course = await open_community(rules=PRAISE)
    for who in ("lin", "chen"):
        await course.types(who, "/checkin")
    assert not any("Well done" in text for text in await course.said("ben"))


CHEER = "cheered:\n  when: cheer.given\n  then: [{praise: {en: 'Hurray for {name}!'}}]\n"


def with_cheering() -> tuple[Feature, ...]:
    """`/cheer ada ben`: one event, a fact about each."""
    feature = Feature("cheering")
    feature.fact("cheer.given")

    @feature.command("cheer", is_listed=False)
    def cheer(ctx: Context, cmd: CommandInvoked) -> None:
        for name in cmd.text.split():
            ctx.announce("cheer.given", "this", member=find_member(ctx.db, ctx.course.id, name))

    return (*with_undoing(), feature)


async def _cheered(course: Community, people: int) -> list[str]:

    names = [f"p{number}" for number in range(people)]
    for name in names:
        await course.welcomes(name, name)
        await course.types(name, "hello")
    await course.types("ada", f"/cheer {' '.join(names)}")
    return [text for text in await course.said("ben") if "Hurray" in text]


@pytest.mark.parametrize("people", [1, 3])
async def test_a_few_praises_are_posts_of_their_own(open_community, people: int) -> None:
    course = await open_community(rules=CHEER, features=with_cheering())
    assert await _cheered(course, people) == [f"Hurray for p{number}!" for number in range(people)]


async def test_many_praises_are_one_post(open_community) -> None:
    course = await open_community(rules=CHEER, features=with_cheering())
    assert await _cheered(course, 5) == ["\n".join(f"Hurray for p{number}!" for number in range(5))]


async def test_a_post_of_praise_has_an_end(open_community) -> None:
    course = await open_community(rules=CHEER, features=with_cheering())
    (post,) = await _cheered(course, 53)
    assert post.splitlines()[49:] == ["Hurray for p49!", "… and 3 more"]


TOLD = "cheered:\n  when: cheer.given\n  then: [{tell_staff: {en: 'Look after {name}.'}}]\n"


@pytest.mark.parametrize("people", [1, 3, 5, 53])
async def test_staff_are_told_of_many_in_one_post(open_community, people: int) -> None:
    course = await open_community(rules=TOLD, features=with_cheering())
    await _cheered(course, people)
    told = [text for text in await course.said("chen", "staff") if "Look after" in text]
    lines = [f"Look after p{number}." for number in range(people)]
    if people == 53:
        lines = [*lines[:50], "… and 3 more"]
    assert told == (lines if people <= 3 else ["\n".join(lines)])


async def test_staff_are_told_once_of_what_is_taken_back_and_given_again(open_community) -> None:
    course = await open_community(rules=TOLD, features=with_cheering())
    for text in ("hello", "/cheer ada", "/undo cheer.given this", "/cheer ada"):
        await course.types("ada", text)
    assert (await course.said("chen", "staff")).count("Look after Ada.") == 1


async def test_who_is_cheered_reads_alone_what_that_gave(open_community) -> None:
    rules = f"{HONOURS}\ncheered:\n  when: cheer.given\n  then: [{{title: star}}, {{say: {{en: 'Hi, {{name}}!'}}}}]\n"
    course = await open_community(rules=rules, features=with_cheering())
    for who in ("ben", "ada"):
        await course.types(who, "hello")
    await course.types("ada", "/cheer ben")
    told = "New title: 🌟 Star of the week, until Thu, 4 Mar\nHi, Ben!"
    assert ((await course.said("ben"))[-1], told in await course.said("ada")) == (told, False)
    await course.types("ada", "/cheer ada")
    assert (await course.said("ada"))[-1] == told.replace("Ben", "Ada")


async def test_one_event_is_told_to_fifty_members_at_most(open_community) -> None:
    rules = "cheered:\n  when: cheer.given\n  then: [{say: {en: 'Hi, {name}!'}}]\n"
    course = await open_community(rules=rules, features=with_cheering())
    await _cheered(course, 52)
    heard = [len([text for text in await course.said(f"p{number}") if "Hi" in text]) for number in range(52)]
    assert heard == [1] * 50 + [0] * 2


async def test_what_is_taken_back_and_given_again_is_praised_once(open_community) -> None:
    course = await open_community(rules=CHEER, features=with_cheering())
    for text in ("hello", "/cheer ada", "/undo cheer.given this", "/cheer ada"):
        await course.types("ada", text)
    assert [row["rule"] for row in await course.ledger()] == ["cheered"] * 3
    assert (await course.said("ben")).count("Hurray for Ada!") == 1


async def test_who_left_is_not_praised(open_community) -> None:
    course = await open_community(rules=CHEER, features=with_cheering())
    await course.types("ada", "hello")
    await course.leaves("ada")
    await course.types("ben", "/cheer ada ben")
    assert [text for text in await course.said("ben") if "Hurray" in text] == ["Hurray for Ben!"]


# --- the role ---------------------------------------------------------------------------------------------------------


async def test_a_rule_makes_an_assistant_at_once(open_community) -> None:
    course = await open_community(rules=ROLE)
    assert (await course.answer("ada", "/tag ada")).startswith("/tag is for:")
    await course.types("ada", "/checkin")
    assert (await course.said("chen", "staff"))[-1] == "Ada is an assistant now, by the rule “Becomes a helper”."
    assert await course.answer("ada", "/tag Ada", room="staff") == "Ada has no tags."
    assert (await course.answer("ada", "/me")).startswith("Ada · assistant")
    audit = await course.answer("chen", "/audit", room="staff")
    assert audit.endswith("1 Mar 08:30 by itself: #1 Ada became an assistant by the rule helper")


async def test_who_was_granted_the_role_since_keeps_it(open_community) -> None:
    course = await open_community(rules=ROLE, features=with_undoing())
    await course.types("ada", "/checkin")
    for role in ("student", "assistant"):
        by_hand = {
            "account": course.actor("ada").account,
            "course": "writing",
            "role": role,
            "at": course.now + timedelta(minutes=1),
        }
        await course.rows(insert(staff_grant).values(by_hand).returning(staff_grant.c.id))
    await course.types("ada", "/undo checkin.done 2027-03-01")
    assert (await course.answer("ada", "/me")).startswith("Ada · assistant")


async def test_who_was_granted_the_role_at_the_same_moment_keeps_it(open_community) -> None:
    course = await open_community(rules=ROLE, features=with_undoing())
    await course.types("ada", "/checkin")
    by_hand = {"account": course.actor("ada").account, "course": "writing", "role": "assistant", "at": course.now}
    await course.rows(insert(staff_grant).values(by_hand).returning(staff_grant.c.id))
    await course.types("ada", "/undo checkin.done 2027-03-01")
    assert (await course.answer("ada", "/me")).startswith("Ada · assistant")


async def test_the_role_can_be_given_and_taken_back_again(open_community) -> None:
    course = await open_community(rules=ROLE, features=with_undoing())
    for _ in range(2):
        await course.types("ada", "/checkin")
        assert (await course.answer("ada", "/me")).startswith("Ada · assistant")
        await course.types("ada", f"/undo checkin.done {course.now:%Y-%m-%d}")
        assert (await course.answer("ada", "/me")).startswith("Ada · student")
        await course.passes(days=1)


async def test_an_assistant_is_made_once_and_stays_one_after_a_restart(open_community) -> None:
    course = await open_community(rules=ROLE)
    await course.types("ada", "/checkin")
    await course.passes(days=1)
    await course.types("ada", "/checkin")
    assert sum("Ada is an assistant now" in text for text in await course.said("chen", "staff")) == 1
    course = await open_community(rules=ROLE)
    assert (await course.answer("ada", "/me")).startswith("Ada · assistant")


async def test_no_rule_changes_the_role_of_staff(open_community) -> None:
    course = await open_community(rules=ROLE)
    for who in ("lin", "chen"):
        await course.types(who, "/checkin")
    assert (await course.answer("chen", "/me")).startswith("Chen · admin")
    assert await course.rows(select(honour)) == []
    assert await course.said("chen", "staff") == []


async def test_an_assistant_by_a_rule_is_none_when_that_is_taken_back(open_community) -> None:
    course = await open_community(rules=ROLE, features=with_undoing())
    await course.types("ada", "/checkin")
    await course.types("ada", "/undo checkin.done 2027-03-01")
    assert (await course.answer("ada", "/me")).startswith("Ada · student")
    assert (await course.said("chen", "staff"))[-1] == (
        "Ada is no longer an assistant: what the rule “Becomes a helper” rewarded was taken back."
    )
    said = await course.answer("chen", "/audit", room="staff")
    assert "by itself: #1 Ada is no longer an assistant: what the rule helper rewarded was taken back" in said


# --- what the loader says ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "english", "chinese"),
    [
        (
            "role: admin",
            "role: there is no “admin”; choose from assistant",
            "role：没有“admin”，可以写：assistant",
        ),
        (
            "badge: early_brid",
            "badge: there is no “early_brid” — did you mean early_bird?",
            "badge：没有“early_brid”，是不是想写“early_bird”？",
        ),
        (
            "title: {name: staar}",
            "title: there is no “staar” — did you mean star?",
            "title：没有“staar”，是不是想写“star”？",
        ),
        ("title: 5", "title: should be text; put numbers and true/false in quotes", None),
        ("title: {lasts: 3d}", "name is missing: add it", None),
        ("title: {name: star, last: 3d}", "unknown key last — did you mean lasts?", None),
        ("title: {name: star, lasts: long}", "lasts: should be a length of time", None),
        (
            "title: endless",
            "the title “endless” would never end: give it lasts under titles or here, or until here",
            "称号“endless”没有期限：请在 titles 里或这里写 lasts，或者在这里写 until",
        ),
    ],
)
def test_what_cannot_be_given_is_refused_in_words(tmp_path: Path, then: str, english: str, chinese: str | None) -> None:
    rules = f"{HONOURS}  endless: {{title: Endless}}\nwrong:\n  when: checkin.done\n  then:\n    - {then}\n"
    folder = write_course(tmp_path / "writing", rules=rules)
    found = problems_of(folder, "writing", Registry(FEATURES).vocabulary())
    (problem,) = (one for one in found if one.severity == "error")
    texts = Catalogues()
    assert texts.show("en", problem.text).startswith(english)
    assert chinese is None or texts.show("zh_Hans", problem.text) == chinese


def test_a_title_without_a_length_of_its_own_may_get_one_where_it_is_given(tmp_path: Path) -> None:
    rules = f"{HONOURS}  endless: {{title: Endless}}\nfine:\n  when: checkin.done\n  then:\n"
    course = _load(tmp_path, rules + "    - title: {name: endless, lasts: 2d}\n")
    (effect,) = course.rules[0].then
    assert (effect.argument.name, effect.argument.lasts) == ("endless", timedelta(days=2))


# --- in Chinese -------------------------------------------------------------------------------------------------------


async def test_it_is_all_said_in_chinese(open_community) -> None:
    then = "[{badge: early_bird}, {title: star}, {role: assistant}, {praise: {zh: '恭喜 {name}！'}}]"
    rules = f"{HONOURS}\nall_of_it:\n  title: 大奖\n  when: checkin.done\n  then: {then}\n"
    course = await open_community(rules=rules, course=CHINESE, features=with_undoing())
    said = await course.answer("ada", "打卡")
    assert "获得勋章：🐦 早起鸟\n获得称号：🌟 活跃之星，保留到3月4日 周四" in said
    assert "恭喜 Ada！" in await course.said("ben")
    assert (await course.said("chen", "staff"))[-1] == "Ada 按规则“大奖”成为助教。"
    assert await card(course) == "Ada · 助教\n称号：🌟 活跃之星（到3月4日 周四）\n勋章：🐦 早起鸟"
    assert await course.answer("ben", "/me ada") == "/me 只能看自己的。老师和助教可以在教务群查别人的：/me 成员"
    before = len(await course.said("chen", "staff"))
    await course.types("ada", "/undo checkin.done 2027-03-01")
    assert (await course.said("chen", "staff"))[before:] == [
        "收回了 Ada 的🐦 早起鸟、🌟 活跃之星：已不符合规则“大奖”。",
        "Ada 不再是助教：已不符合规则“大奖”。",
    ]
    assert (await card(course)).endswith("已收回：🐦 早起鸟（3月1日 周一）、🌟 活跃之星（3月1日 周一）")


@pytest.mark.parametrize(("who", "room"), [("ada", "main"), ("lin", "main")])
async def test_others_cards_are_for_the_staff_room_only(course: Community, who: str, room: str) -> None:
    await course.types("ben", "hello")
    assert await course.answer(who, "/me @ben", room=room) == (
        "/me shows your own card only. Staff may ask for others in the staff room: /me MEMBER"
    )
    assert (await course.answer("lin", "/me @ben", room="staff")).startswith("Ben · student")
    assert await course.answer("lin", "/me nobody", room="staff") == (
        "Nobody here is called “nobody”. Use the full name, the @handle or the #number."
    )
