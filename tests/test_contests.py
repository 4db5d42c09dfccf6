"""The weekly contest: entering, the blind gallery, the vote, the places."""

import re
from pathlib import Path

import pytest
from sqlalchemy import delete, event, select

from bot.domain.events import ButtonPressed, CommandInvoked, MemberLeft
from bot.domain.ids import EventKey
from bot.domain.messages import File
from storage.tables import occurrence, outbox
from tests.community import COURSE, RULES, Community, write_course
from tests.shell import Shell

pytestmark = pytest.mark.every_platform

RITUAL = """
weekly_pk:
  every: monday
  at: 10:00
  do: contest
  title: {zh: 标题 PK 赛, en: Title contest}
  voters: {member_for: 0s, check_ins: 0}
"""
PAID = RULES + (
    "entered:\n  when: contest.entered\n  where: {member.role: student}\n  then: [award: 5]\n"
    "won:\n  when: contest.won\n  where: {place: {at_most: 2}}\n  then:\n    - award: 15\n"
    "    - praise: {en: '{name} has place {place} in {contest}!', zh: '{name} 第 {place} 名'}\n"
)
LINE = "Three hundred yuan and a rented room"
OTHER = "I missed the last train twice this week"


async def opened(open_community, *, rituals: str = RITUAL, rules: str = PAID, **files: str) -> Community:
    course: Community = await open_community(rituals=rituals, rules=rules, **files)
    await course.until(10)
    return course


async def vote_begins(course: Community) -> None:
    await course.passes(days=4)


async def ends(course: Community) -> None:
    await course.passes(days=2)


def number_of(gallery: str, work: str) -> int:
    """The number under which the gallery shows a work."""
    (line,) = [line for line in gallery.splitlines() if work in line]
    found = re.match(r"[0-9]+", line)
    assert found
    return int(found[0])


async def result_of(course: Community) -> str:
    """The newest result, whatever rules have said after it."""
    return next(text for text in reversed(await course.said("mia")) if "the result" in text or "揭晓" in text)


async def leaves(course: Community, who: str) -> None:
    actor = course.actor(who)
    address = course.address()
    await course.run.app.sink([MemberLeft(key=EventKey(f"gone:{who}"), at=course.now, actor=actor, address=address)])


async def newcomers(course: Community, *names: str) -> None:
    for name in names:
        await course.welcomes(name.lower(), name)


# --- the whole way ----------------------------------------------------------------------------------------------------


async def test_works_are_taken_shown_without_names_voted_on_and_placed(open_community) -> None:
    course = await opened(open_community)
    assert (await course.said())[-1] == (
        "Title contest: send in your works!\nThey are taken until 5 Mar 10:00.\n"
        "Send /enter and your work; or, if it stands here already, reply /enter to it. One work each: sending another "
        "one replaces it, /enter withdraw takes it back.\n"
        "What you send here, everybody sees is yours. Where you can write to me in private, /enter there keeps your "
        "name out of it until the votes are counted.\n"
        "Then all works are shown without names and everybody votes. The result comes on 7 Mar 10:00."
    )
    assert await course.answer("ada", f"/enter {LINE}") == (
        "Your work takes part in: Title contest. Until 5 Mar 10:00 you can send another one instead, or /enter "
        "withdraw.\n+5 points"
    )
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    gallery = (await course.said())[-1]
    assert gallery.startswith("Title contest: 2 works without names. Vote!\n1 ")
    assert "Ada" not in gallery
    assert "Ben" not in gallery
    hers = number_of(gallery, LINE)
    assert await course.presses("mia", f"Vote {hers}") == (
        f"Your vote is for No. {hers}. You can change it until 7 Mar 10:00; nobody else sees it."
    )
    await newcomers(course, "Cam")
    await course.types("cam", f"/vote {hers}")
    await course.types("ada", f"/vote {3 - hers}")
    await ends(course)
    *_, result, first, second = await course.said("ben")
    assert result == (
        f"Title contest: the result\n1. Ada (No. {hers}): 2 votes\n2. Ben (No. {3 - hers}): 1 vote\n"
        "Works: 2, votes: 3. Thank you all, whether you entered or voted 👏\n"
        "Something wrong with it? Until 8 Mar 10:00 you can ask staff to look again: send me /contest appeal "
        "and why, in private."
    )
    assert (first, second) == ("Ada has place 1 in Title contest!", "Ben has place 2 in Title contest!")
    assert (await course.points("ada"), await course.points("ben")) == (20, 20)


async def test_it_is_all_said_in_chinese(open_community) -> None:
    course = await opened(open_community, course=COURSE.replace("language: en", "language: zh-CN"))
    assert (await course.said())[-1] == (
        "标题 PK 赛开始啦！\n征集作品到 3月5日 10:00。\n"
        "发 /enter 加上你的作品就能参加；作品已经发在群里了，回复它发一句 /enter 也行。"
        "每人一件，截止前重发就是换一件，/enter 撤回 就是退出。\n"
        "发在群里，大家看得出是谁的；能私聊我的话，私聊发 /enter，名字到揭晓前都不公开。\n"
        "截止后不写名字展出，大家投票，3月7日 10:00 公布结果。"
    )
    assert await course.answer("ada", "/enter 三百块改造出租屋") == (
        "收到，你的作品已参加标题 PK 赛。3月5日 10:00 前重发就是换一件，发 /enter 撤回 就是退出。\n+5 分"
    )
    await course.types("ben", "/enter 这周我错过了两次末班车")
    assert await course.answer("ada", "/contest") == (
        "标题 PK 赛：征集作品到 3月5日 10:00，已收到 2 件。\n你的作品：三百块改造出租屋"
    )
    await vote_begins(course)
    gallery = (await course.said())[-1]
    assert gallery.startswith("标题 PK 赛：2 件作品，不写名字，请投票！\n1 ")
    hers = number_of(gallery, "三百块")
    assert await course.answer("mia", f"/vote {hers}号", is_read_by_others=True) == (
        f"已投 {hers} 号，3月7日 10:00 前可以改。不过群里打的 /vote 大家都看得到，不想让人知道就按作品下面的按钮投。"
    )
    assert await course.answer("ada", f"/vote {hers}") == "不能投自己的作品，给同学投一票吧。"
    await ends(course)
    assert await result_of(course) == (
        f"标题 PK 赛结果揭晓！\n1. Ada（{hers} 号），1 票\n"
        "一共 2 件作品、1 票。谢谢拿出作品的同学，也谢谢认真投票的每一位 👏\n"
        "觉得结果有问题？3月8日 10:00 前私聊我发 /contest appeal 加上理由，课程组会复核。"
    )


# --- entering ---------------------------------------------------------------------------------------------------------


async def test_a_second_work_replaces_the_first_and_earns_nothing_more(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/enter {LINE}")
    assert await course.answer("ada", f"/enter {OTHER}") == (
        "Title contest: this work takes the place of your last one. You can still change it until 5 Mar 10:00."
    )
    await course.types("ben", "/enter Something of mine")
    await vote_begins(course)
    gallery = (await course.said())[-1]
    assert OTHER in gallery
    assert LINE not in gallery
    assert await course.points("ada") == 5


@pytest.mark.parametrize("said", ["/enter", "参赛", "投稿！"])
async def test_a_reply_to_ones_own_message_enters_it(open_community, said: str) -> None:
    course = await opened(open_community)
    number = await course.types("ada", LINE)
    await course.types("ada", said, reply_to=number)
    assert "Your work: Three hundred yuan" in await course.answer("ada", "/contest")


async def test_anothers_message_can_not_be_entered(open_community) -> None:
    course = await opened(open_community)
    number = await course.types("ben", LINE)
    await course.types("ada", "/enter", reply_to=number)
    assert (await course.said("ada"))[-1] == "Only your own work can take part: reply /enter to a message of yours."
    before = len(await course.said("ada"))
    await course.types("ada", "参赛", reply_to=number)  # a word among students, no command
    assert len(await course.said("ada")) == before
    assert "You have not entered" in await course.answer("ada", "/contest")


async def test_pictures_that_come_with_the_command_are_a_work(open_community) -> None:
    course = await opened(open_community)
    picture = File(name="ada.png", media_type="image/png", size=3, sha256="0" * 64)
    await course.types("ada", "/enter", files=[picture])
    await course.types("ben", "/enter", files=[picture, picture])
    await vote_begins(course)
    gallery = (await course.said())[-1]
    assert sorted(line[2:] for line in gallery.splitlines()[1:3]) == ["1 file", "2 files"]


@pytest.mark.needs("quoted albums")
async def test_a_picture_is_a_work_too(open_community) -> None:
    course = await opened(open_community)
    picture = File(name="ada.png", media_type="image/png", size=3, sha256="0" * 64)
    await course.types("ada", "/enter", files=[picture])
    number = await course.types("ben", "My cover", files=[picture, picture])
    await course.types("ben", "/enter", reply_to=number)
    await vote_begins(course)
    gallery = (await course.said())[-1]
    assert sorted(line[2:] for line in gallery.splitlines()[1:3]) == ["1 file", "My cover, 2 files"]
    assert "ada.png" not in gallery


@pytest.mark.parametrize("text", ["", " ", "\u200b\u2060"])
async def test_without_a_work_it_is_asked_for(open_community, text: str) -> None:
    course = await opened(open_community)
    assert "Send me your work for the contest." in await course.asked_for("ada", f"/enter {text}")


async def test_a_very_long_work_is_refused_with_the_way_out(open_community) -> None:
    course = await opened(open_community)
    assert await course.answer("ada", f"/enter {'字' * 4001}") == (
        "A work has at most 4000 characters; send a longer one as a file."
    )


async def test_a_work_can_be_withdrawn_and_entered_again(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/enter {LINE}")
    assert await course.answer("ada", "/enter withdraw") == (
        "Your work is withdrawn. While works are taken, you can enter again."
    )
    assert await course.points("ada") == 0
    assert (await course.answer("ada", "/enter 撤回")).startswith("You have no work in this contest.")
    await course.types("ada", f"/enter {LINE}")
    assert await course.points("ada") == 5


@pytest.mark.needs("deletions")
@pytest.mark.parametrize("is_reply", [False, True])
async def test_a_deleted_message_withdraws_its_work(open_community, is_reply: bool) -> None:
    course = await opened(open_community)
    if is_reply:
        number = await course.types("ada", LINE)
        await course.types("ada", "/enter", reply_to=number)
    else:
        number = await course.writes("ada", f"/enter {LINE}")
    assert await course.points("ada") >= 5
    await course.deletes("ada", number)
    assert await course.points("ada") == 0
    assert "You have not entered" in await course.answer("ada", "/contest")


@pytest.mark.needs("deletions")
async def test_once_it_is_voted_on_a_deleted_message_changes_nothing(open_community) -> None:
    course = await opened(open_community)
    number = await course.writes("ada", f"/enter {LINE}")
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    await course.deletes("ada", number)
    assert await course.points("ada") == 5
    assert LINE in await course.answer("mia", f"/contest {number_of((await course.said())[-1], LINE)}")


async def test_works_are_taken_while_the_contest_takes_them(open_community) -> None:
    course = await open_community(rituals=RITUAL)
    assert await course.answer("ada", f"/enter {LINE}") == (
        "There is no contest now. When the next one opens, the group will hear of it."
    )
    assert await course.answer("ada", "/vote 1") == (
        "There is no contest now. When the next one opens, the group will hear of it."
    )
    await course.until(10)
    assert await course.answer("ada", "/vote 1") == "There is no vote yet: works are still taken. See /contest."
    await course.types("ada", f"/enter {LINE}")
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    assert await course.answer("ada", f"/enter {OTHER}") == "No more works are taken: the vote is on. See /contest."
    assert await course.answer("ada", "/enter withdraw") == "No more works are taken: the vote is on. See /contest."


async def test_staff_do_not_enter_and_nobody_enters_in_the_staff_room(open_community) -> None:
    course = await opened(open_community)
    assert await course.answer("lin", f"/enter {LINE}") == (
        "/enter is for: student. Send /help to see what you can use."
    )
    assert (await course.answer("lin", "/vote 1", room="staff")).startswith("/vote is for: student.")


# --- voting -----------------------------------------------------------------------------------------------------------


async def voted_on(open_community, *, rituals: str = RITUAL, rules: str = PAID, **files: str) -> tuple[Community, int]:
    """A contest between Ada and Ben; the number of Ada's work."""
    course = await opened(open_community, rituals=rituals, rules=rules, **files)
    await course.types("ada", f"/enter {LINE}")
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    return course, number_of((await course.said())[-1], LINE)


async def test_a_vote_can_be_changed_and_counts_once(open_community) -> None:
    course, hers = await voted_on(open_community)
    await course.presses("mia", f"Vote {3 - hers}")
    await course.presses("mia", f"Vote {hers}")
    await course.types("mia", f"/vote {hers}")
    await ends(course)
    assert f"1. Ada (No. {hers}): 1 vote\nWorks: 2, votes: 1." in await result_of(course)


async def test_nobody_else_reads_a_vote(open_community) -> None:
    course, hers = await voted_on(open_community)
    await newcomers(course, "Cam")
    before = len(await course.said("ben"))
    await course.presses("mia", f"Vote {hers}")
    await course.presses("cam", f"Vote {hers}")
    assert await course.answer("mia", "/contest") == (
        f"Title contest: the vote is on until 7 Mar 10:00. Works: 2, votes so far: 2.\nYour vote is for No. {hers}."
    )
    assert len(await course.said("ben")) == before
    assert "staff" not in "".join(await course.said("ben"))
    assert (await course.answer("chen", "/contest", room="staff")).splitlines()[1:] in (
        [f"No. {hers}, Ada", f"No. {3 - hers}, Ben"],
        [f"No. {3 - hers}, Ben", f"No. {hers}, Ada"],
    )


async def test_who_types_a_vote_in_the_group_is_told_that_others_can_read_it(open_community) -> None:
    course, hers = await voted_on(open_community)
    assert "Press a button and nobody else sees whom you chose" in (await course.said())[-1]
    assert await course.answer("mia", f"/vote {hers}", is_read_by_others=True) == (
        f"Your vote is for No. {hers}; you can change it until 7 Mar 10:00. What you type in the group others can "
        "read: to keep your choice to yourself, press the button of a work instead."
    )
    await ends(course)
    assert f"1. Ada (No. {hers}): 1 vote" in await result_of(course)


async def test_what_is_typed_in_private_stays_secret(open_community) -> None:
    course, hers = await voted_on(open_community)
    actor = course.actor("mia")
    address = course.private("mia")
    typed = CommandInvoked(
        key=EventKey("private"), at=course.now, actor=actor, address=address, name="vote", text=str(hers)
    )
    await course.run.app.sink([typed])
    [row] = await course.rows(select(outbox.c.message).where(outbox.c.key == "reply:private"))
    assert "nobody else sees it" in str(row.message)


async def test_staff_do_not_vote(open_community) -> None:
    course, hers = await voted_on(open_community)
    for who in ("lin", "chen"):
        assert await course.presses(who, f"Vote {hers}") == (
            "/vote is for: student. Send /help to see what you can use."
        )
        assert "voted" not in await course.answer(who, "/contest")
    await ends(course)
    assert "no votes" in await result_of(course)


@pytest.mark.parametrize(
    "asked", ["", "Ada", "1 2", "99999999999999999999", "-1", "１.5", "'; drop table contest_vote"]
)
async def test_what_is_no_number_is_answered(open_community, asked: str) -> None:
    course, _ = await voted_on(open_community)
    assert await course.answer("mia", f"/vote {asked}") == "Which one? Give its number, such as: /vote 3"


@pytest.mark.parametrize("written", ["{}", "{}号", "第{}号", "No. {}", " {} "])
async def test_a_number_may_be_written_in_many_ways(open_community, written: str) -> None:
    course, hers = await voted_on(open_community)
    assert f"No. {hers}" in await course.answer("mia", f"/vote {written.format(hers)}")


async def test_a_work_that_is_not_there_can_not_be_voted_for(open_community) -> None:
    course, _ = await voted_on(open_community)
    assert await course.answer("mia", "/vote 3") == "There is no work No. 3."
    assert await course.answer("mia", "/contest 3") == "There is no work No. 3."


async def pressed_late(course: Community, number: int, command: str) -> str:
    """Mia presses what her client still shows: the message itself has no buttons any more. What she is told."""
    key = EventKey(f"late:{course.now.isoformat()}")
    pressed = ButtonPressed(
        key=key,
        at=course.now,
        actor=course.actor("mia"),
        address=course.address(),
        message=str(number),
        command=command,
    )
    await course.run.app.sink([pressed])
    [row] = await course.rows(select(outbox.c.message).where(outbox.c.key == f"reply:{key}"))
    await course.settle()
    return str(row.message)


async def test_a_button_of_a_contest_that_is_over_votes_in_no_other(open_community) -> None:
    course, hers = await voted_on(open_community)
    gallery = (await course.messages("mia"))[-1]
    [command] = [button.command for button in gallery.buttons if button.label == f"Vote {hers}"]
    await ends(course)
    await course.until(10)  # the next Monday: another one has opened
    over = "This contest is over; the group has the result."
    assert over in await pressed_late(course, gallery.number, command)
    assert await course.answer("mia", f"/vote {hers} #1") == over
    await course.types("ada", f"/enter {LINE}")
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    assert over in await pressed_late(course, gallery.number, command)
    assert "votes so far: 0" in await course.answer("mia", "/contest")


async def test_those_with_as_many_votes_share_the_better_place(open_community) -> None:
    course = await opened(open_community)
    await newcomers(course, "Cam", "Dee", "Eve", "Fay", "Gus")
    works = {"ada": "An apple", "ben": "A book", "cam": "A cat", "dee": "A dog"}
    for who, work in works.items():
        await course.types(who, f"/enter {work}")
    await vote_begins(course)
    number = {who: number_of((await course.said())[-1], work) for who, work in works.items()}
    votes = {"mia": "ada", "fay": "ada", "gus": "ben", "eve": "ben", "ada": "cam"}
    for who, what in votes.items():
        await course.types(who, f"/vote {number[what]}")
    await ends(course)
    lines = (await result_of(course)).splitlines()
    assert sorted(lines[1:3]) == [f"1. Ada (No. {number['ada']}): 2 votes", f"1. Ben (No. {number['ben']}): 2 votes"]
    assert lines[3] == f"3. Cam (No. {number['cam']}): 1 vote"
    assert len(lines) == 7  # who got no vote has no place
    assert [await course.points(who) for who in works] == [20, 20, 5, 5]


async def test_many_winners_are_looked_up_at_once(open_community) -> None:
    course = await opened(open_community, rules=RULES)
    people = [f"p{number}" for number in range(6)]
    await newcomers(course, *people)
    for who in people:
        await course.types(who, f"/enter The work of {who}")
    await vote_begins(course)
    number = {who: number_of((await course.said())[-1], f"work of {who}") for who in people}
    for who, other in zip(people, people[1:] + people[:1], strict=True):
        await course.presses(who, f"Vote {number[other]}")
    asked: list[str] = []
    engine = course.run.app.database.engine

    def see(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", see)
    await ends(course)
    event.remove(engine, "before_cursor_execute", see)
    assert len([line for line in (await result_of(course)).splitlines() if line.startswith("1. ")]) == 6
    assert [one for one in asked if "FROM member JOIN profile" in one and "member.id = ?" in one] == []


async def test_only_as_many_places_are_announced_as_the_ritual_says(open_community) -> None:
    course, hers = await voted_on(open_community, rituals=RITUAL + "  top: 1\n")
    await newcomers(course, "Cam", "Dee")
    for who, number in (("mia", hers), ("cam", hers), ("dee", 3 - hers)):
        await course.types(who, f"/vote {number}")
    await ends(course)
    assert "Ben" not in await result_of(course)
    assert await course.points("ben") == 5


async def test_without_a_vote_there_are_no_places(open_community) -> None:
    course, _ = await voted_on(open_community)
    await ends(course)
    assert (await course.said())[-1] == (
        "Title contest: the result\n2 works and no votes, so there are no places. Thank you all for showing them!"
    )


async def test_who_wants_no_praise_is_placed_without_a_name(open_community) -> None:
    course, hers = await voted_on(open_community)
    await course.types("ada", "/privacy praise off")
    await course.types("ben", "/privacy name Night Owl")
    await course.types("mia", f"/vote {hers}")
    await course.types("ada", f"/vote {3 - hers}")
    await ends(course)
    result = await result_of(course)
    assert f"1. Work No. {hers}: 1 vote" in result
    assert f"1. Night Owl (No. {3 - hers}): 1 vote" in result
    assert "Ada" not in result
    assert await course.points("ada") == 20


# --- too few, and those who leave -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entered", "says"),
    [
        ([], "Title contest: no works came in, so there is no vote this time."),
        (["ada"], "Title contest: 1 work came in. That is no contest yet, so there is no vote this time."),
    ],
)
async def test_with_too_few_works_it_ends_kindly(open_community, entered: list[str], says: str) -> None:
    course = await opened(open_community)
    for who in entered:
        await course.types(who, f"/enter {LINE}")
    await vote_begins(course)
    assert (await course.said())[-1].startswith(says)
    before = len(await course.said())
    assert (await course.answer("mia", "/contest")).startswith("There is no contest now.")
    await ends(course)
    assert len(await course.said()) == before
    assert await course.points("ada") == 5 * len(entered)


async def test_how_many_works_are_enough_is_for_the_ritual_to_say(open_community) -> None:
    course = await opened(open_community, rituals=RITUAL + "  min_entries: 3\n")
    await course.types("ada", f"/enter {LINE}")
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    assert (await course.said())[-1].startswith("Title contest: 2 works came in. That is no contest yet")


async def test_the_work_of_one_who_left_is_not_shown(open_community) -> None:
    course = await opened(open_community)
    for who, work in (("ada", LINE), ("ben", OTHER), ("mia", "My own")):
        await course.types(who, f"/enter {work}")
    await leaves(course, "ada")
    await vote_begins(course)
    gallery = (await course.said("ben"))[-1]
    assert gallery.startswith("Title contest: 2 works")
    assert LINE not in gallery


async def test_who_leaves_during_the_vote_has_neither_a_vote_nor_a_place(open_community) -> None:
    course, hers = await voted_on(open_community)
    await newcomers(course, "Cam", "Dee")
    await course.types("cam", f"/vote {3 - hers}")
    await course.types("mia", f"/vote {hers}")
    await course.types("dee", f"/vote {3 - hers}")
    await leaves(course, "ada")
    await leaves(course, "cam")
    await ends(course)
    assert await result_of(course) == (
        f"Title contest: the result\n1. Ben (No. {3 - hers}): 1 vote\n"
        "Works: 1, votes: 1. Thank you all, whether you entered or voted 👏\n"
        "Something wrong with it? Until 8 Mar 10:00 you can ask staff to look again: send me /contest appeal "
        "and why, in private."
    )
    assert await course.points("ada") == 5


# --- outages, restarts ------------------------------------------------------------------------------------------------


async def outage(course: Community, **length: float) -> None:
    """The clock moves on as if nothing had run, and then all that is due is done."""
    await course.is_away(**length)
    await course.comes_back()


async def test_an_opening_that_was_missed_leads_to_no_vote_and_no_result(open_community) -> None:
    course = await open_community(rituals=RITUAL)
    await course.until(9)
    await outage(course, days=1)
    await vote_begins(course)
    await ends(course)
    assert [text for text in await course.said() if "contest" in text] == []
    [notice] = await course.said("chen", "staff")
    assert "weekly_pk" in notice


async def test_a_late_vote_still_ends_when_it_was_to_end(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/enter {LINE}")
    await course.types("ben", f"/enter {OTHER}")
    await course.passes(days=3)
    await outage(course, days=1, hours=12)
    gallery = (await course.said())[-1]
    assert "until 7 Mar 10:00" in gallery
    await course.types("mia", f"/vote {number_of(gallery, LINE)}")
    await course.passes(days=2)
    assert "1. Ada" in await result_of(course)


async def test_when_nobody_could_vote_in_an_outage_nobody_has_lost(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/enter {LINE}")
    await course.types("ben", f"/enter {OTHER}")
    await course.passes(days=3)
    await outage(course, days=5)
    *_, shown = [message for message in await course.messages() if message.author == "bot"]
    assert shown.text.startswith("Title contest: I was away during the vote, so there are no places this time.")
    assert LINE in shown.text
    assert shown.buttons == ()
    assert (await course.answer("mia", "/vote 1")).startswith("There is no contest now.")


async def test_a_restart_opens_shows_and_closes_nothing_twice(open_community) -> None:
    course, hers = await voted_on(open_community)
    await course.types("mia", f"/vote {hers}")
    course = await open_community(rituals=RITUAL, rules=PAID)
    await course.types("mia", f"/vote {hers}")
    await ends(course)
    course = await open_community(rituals=RITUAL, rules=PAID)
    await course.passes(hours=1)
    said = await course.said()
    for part in ("send in your works", "the vote is over", "the result", "Ada has place 1"):
        assert len([text for text in said if part in text]) == 1
    assert await course.points("ada") == 20


async def test_a_contest_whose_ritual_is_gone_takes_nothing_more(open_community) -> None:
    course = await opened(open_community)
    course.rewrites(rituals="")
    await course.types("chen", "/reload", room="staff")
    assert (await course.answer("ada", f"/enter {LINE}")).startswith("There is no contest now.")


@pytest.mark.needs("deletions")
async def test_one_that_nothing_will_close_takes_neither_works_nor_votes(open_community) -> None:
    """Its ritual is another one now: of the old times no step is planned any more."""
    course = await opened(open_community)
    number = await course.writes("ada", f"/enter {LINE}")
    await course.rows(delete(occurrence).where(occurrence.c.ritual == "weekly_pk").returning(occurrence.c.id))
    course.rewrites(rules=PAID, rituals=RITUAL.replace("every: monday", "every: thursday"))
    await course.types("chen", "/reload", room="staff")
    await course.passes(days=3)
    for who, work in (("ben", OTHER), ("mia", "My own")):
        await course.types(who, f"/enter #2 {work}")
    await course.passes(days=1)
    assert (await course.answer("ben", "/contest")).count("Title contest") == 1
    await course.deletes("ada", number)
    assert await course.points("ada") == 5
    await course.passes(days=3)
    gallery = (await course.said())[-1]
    assert gallery.startswith("Title contest: 2 works")
    assert LINE not in gallery


async def test_staff_can_open_one_now(open_community) -> None:
    course = await open_community(rituals=RITUAL.replace("every: monday", "every: sunday"))
    await course.types("chen", "/run weekly_pk", room="staff")
    assert (await course.said())[-1].startswith("Title contest: send in your works!\nThey are taken until 5 Mar 08:30.")
    await course.types("ada", f"/enter {LINE}")
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    assert "Title contest: 2 works without names." in (await course.said())[-1]


async def test_a_contest_ends_when_its_ritual_now_says(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/enter {LINE}")
    await course.types("ben", f"/enter {OTHER}")
    await course.passes(days=3)
    course.rewrites(rules=PAID, rituals=RITUAL.replace("10:00", "12:00"))
    await course.types("chen", "/reload", room="staff")
    assert "are taken until 5 Mar 12:00" in await course.answer("ada", "/contest")
    await course.passes(days=1, hours=1)
    assert "are taken until" in await course.answer("ada", "/contest")
    await course.passes(hours=1)
    assert "Title contest: 2 works without names." in (await course.said())[-1]


# --- what is shown ----------------------------------------------------------------------------------------------------


async def test_contest_shows_what_is_on_and_what_one_has_done(open_community) -> None:
    course = await opened(open_community)
    assert await course.answer("ada", "/contest") == (
        "Title contest: works are taken until 5 Mar 10:00, 0 so far.\nYou have not entered: send /enter and your work."
    )
    await course.types("ada", f"/enter {LINE}")
    assert await course.answer("ada", "作品PK") == (
        f"Title contest: works are taken until 5 Mar 10:00, 1 so far.\nYour work: {LINE}"
    )
    assert await course.answer("chen", "/contest", room="staff") == (
        "Title contest: works are taken until 5 Mar 10:00, 1 so far.\n· Ada"
    )
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    assert await course.answer("ada", "/contest") == (
        "Title contest: the vote is on until 7 Mar 10:00. Works: 2, votes so far: 0.\n"
        f"Your work: {LINE}\nYou have not voted: press the button of a work."
    )


async def test_a_long_work_is_shortened_in_the_gallery_and_can_be_read_in_full(open_community) -> None:
    course = await opened(open_community)
    long = "First line.\n" + "word " * 200
    await course.types("ada", f"/enter {long}")
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    gallery = (await course.said())[-1]
    assert max(map(len, gallery.splitlines())) < 200
    number = number_of(gallery, "First line. word")
    assert await course.answer("mia", f"/contest {number}") == f"No. {number}\n{long.strip()}"
    assert "Your vote is for" in str(await course.presses("mia", f"Vote {number}"))


async def test_many_works_are_shown_ten_a_post_each_with_its_button(open_community) -> None:
    course = await opened(open_community)
    for number in range(23):
        await course.welcomes(f"p{number}", f"P{number}")
        await course.types(f"p{number}", f"/enter Work of the {number:02}th")
    await vote_begins(course)
    posts = [message for message in await course.messages("ada") if message.buttons and message.author == "bot"][-3:]
    assert [len(post.buttons) for post in posts] == [10, 10, 3]
    assert posts[0].text.startswith("Title contest: 23 works without names. Vote!\n1 ")
    assert "One vote each" in posts[2].text
    assert sorted(re.findall(r"the ([0-9]{2})th", "".join(post.text for post in posts))) == [
        f"{number:02}" for number in range(23)
    ]
    assert re.findall(r"the ([0-9]{2})th", posts[0].text) != [f"{number:02}" for number in range(10)]


HOSTILE = ["{name} {0} %s", "**bold** `code`", "'; drop table contest; --", "\u202egnirts", "#7 /vote 1", "<b>x</b>"]


@pytest.mark.parametrize("text", HOSTILE)
async def test_any_text_is_shown_as_it_is(open_community, text: str) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/enter {text}")
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    assert text.removeprefix("\u202e") in (await course.said())[-1]


# --- two groups -------------------------------------------------------------------------------------------------------

TWO = COURSE.replace("spaces:\n", "spaces:\n  - {id: books, kind: interest, local: books}\n")


async def test_each_group_has_its_own_contest(open_community) -> None:
    course = await opened(open_community, rituals=RITUAL + "  spaces: [main, books]\n", course=TWO)
    await course.types("ada", f"/enter {LINE}")
    await course.types("ben", f"/enter {OTHER}", room="books")
    await course.types("mia", "/enter My book", room="books")
    await vote_begins(course)
    assert (await course.said("ada", "main"))[-1].startswith("Title contest: 1 work came in.")
    assert (await course.said("ada", "books"))[-1].startswith("Title contest: 2 works without names.")
    await course.types("ada", "/vote 1", room="books")
    await ends(course)
    assert "1 vote" in (await course.said("ada", "books"))[-1]


async def test_in_the_only_contest_one_takes_part_from_any_group(open_community) -> None:
    course = await opened(open_community, course=TWO)
    await course.types("ada", f"/enter {LINE}", room="books")
    assert LINE in await course.answer("ada", "/contest")


# --- the files --------------------------------------------------------------------------------------------------------


def test_the_preview_says_what_comes_when(tmp_path: Path, shell: Shell) -> None:
    folder = write_course(tmp_path / "writing", rituals=RITUAL)
    assert shell("preview", folder, "--days", "7", "--from", "2027-03-01") == 0
    assert [line.partition("Title contest: ")[2] for line in shell.lines if "Title contest" in line] == [
        "works are asked for",
        "the works are shown for the vote",
        "the result",
    ]


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("enter_for: long", "10m"),
        ("vote_for: 2", "10m"),
        ("enter_for: 0s", "should be more than 0"),
        ("vote_for: 0s", "should be more than 0"),
        ("top: 0", "at least 1"),
        ("min_entries: 1", "at least 2"),
        ("winners: 3", "top"),
    ],
)
def test_wrong_options_are_told_with_their_place(tmp_path: Path, shell: Shell, option: str, says: str) -> None:
    folder = write_course(tmp_path / "writing", rituals=f"{RITUAL}  {option}\n")
    assert shell("check", folder) == 1
    assert says in shell.out + shell.err
