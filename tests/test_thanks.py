"""`/thanks`, by name, as a reply, and in plain words."""

import pytest
from sqlalchemy import select, update

from bot.domain.traits import Traits
from storage.tables import account, fact
from tests.community import RULES, Community

pytestmark = pytest.mark.every_platform

PAID = (
    RULES
    + """
thanked:
  title: {zh: 收到感谢, en: Thanked}
  when: thanks.received
  where: {member.role: student}
  then:
    - award: 3
thankful:
  when: thanks.given
  limit: {once_per: week}
  then:
    - award: 1
in_return:
  when: thanks.given
  where: {mutual: true}
  then:
    - award: 10
"""
)
THOUGHT = "The way to begin is to begin with the second sentence."


@pytest.fixture
async def course(open_community) -> Community:
    """The same course, where thanks are worth something; Ben has written a message that is worth thanks."""
    course: Community = await open_community(rules=PAID)
    return course


async def kinds(course: Community, who: str = "ada") -> list[str]:
    user = course.actor(who).user
    mine = select(fact.c.kind).join(account, account.c.member == fact.c.member).where(account.c.user == user)
    return [row.kind for row in await course.rows(mine.order_by(fact.c.id))]


async def test_thanks_are_told_to_the_giver_alone_and_count_for_both(course: Community) -> None:
    await course.types("ben", "hello")
    heard = await course.said("ben")
    assert await course.answer("ada", "/thanks @ben") == "Your thanks to Ben are noted.\n+1 points"
    assert (await course.points("ada"), await course.points("ben")) == (1, 3)
    assert await course.said("ben") == heard
    assert "Was thanked\n    ✓ Thanked: +3" in await course.answer("ben", "/why")
    assert "Thanked somebody\n    ✓ thankful: +1" in await course.answer("ada", "/why")


async def test_they_count_once_a_day_for_each_pair(course: Community, open_community) -> None:
    await course.types("ben", "hello")
    await course.types("ada", "/thanks ben")
    course = await open_community(rules=PAID)
    said = await course.answer("ada", "/thanks @ben")
    assert said == "You have thanked Ben today already. Tomorrow it counts again."
    await course.passes(days=1)
    assert await course.answer("ada", "/thanks @ben") == "Your thanks to Ben are noted."
    assert await course.points("ben") == 6


async def test_the_date_is_the_courses_own(open_community) -> None:
    from tests.community import COURSE

    course = await open_community(rules=PAID, course=COURSE.replace("Europe/London", "Asia/Shanghai"))
    await course.types("ben", "hello")
    await course.types("ada", "/thanks @ben")
    await course.until(0)
    assert await course.answer("ada", "/thanks @ben") == "Your thanks to Ben are noted."


async def test_the_same_thanks_delivered_twice_are_given_once(course: Community) -> None:
    await course.types("ben", "hello")
    await course.posts("ada", "/thanks @ben")
    events = await course.withheld()
    for batch in (events, [*events, *events]):
        await course.run.app.sink(batch)
    await course.settle()
    assert await course.points("ben") == 3
    assert len([text for text in await course.said("ada") if "noted" in text]) == 1


async def test_a_reply_names_whom_it_answers(course: Community) -> None:
    number = await course.types("ben", THOUGHT)
    await course.types("ada", "/thanks", reply_to=number)
    assert (await course.said("ada"))[-1] == "Your thanks to Ben are noted.\n+1 points"
    assert await course.points("ben") == 4  # 1 of them for the thought


@pytest.mark.parametrize("words", ["谢谢", "谢谢！", " Thanks! ", "thank you", "感谢~"])
async def test_plain_words_are_enough_in_a_reply(course: Community, words: str) -> None:
    number = await course.types("ben", "hello")
    await course.types("ada", words, reply_to=number)
    assert (await course.said("ada"))[-1] == "Shall I count this as thanks to Ben?"
    assert await course.points("ben") == 0
    assert await course.presses("ada", "Count as thanks") == "Your thanks to them are noted.\n+1 points"
    assert await course.points("ben") == 3


async def test_thanks_that_answer_nobody_are_an_ordinary_message(course: Community) -> None:
    assert await course.answer("ada", "谢谢") == ""
    assert await kinds(course) == ["member.joined", "message.posted"]


@pytest.mark.parametrize("to", ["the bot", "a command", "oneself", "who was thanked today"])
async def test_words_that_thank_nobody_are_an_ordinary_message_too(course: Community, to: str) -> None:
    await course.until(9)
    await course.types("ben", "hello")
    number = {
        "the bot": (await course.messages())[0].number,
        "a command": await course.types("ben", "/checkin"),
        "oneself": await course.types("ada", "hello"),
        "who was thanked today": await course.types("ben", THOUGHT),
    }[to]
    if to == "who was thanked today":
        await course.types("ada", "/thanks @ben")
    before = await kinds(course), await course.said("ada")
    await course.types("ada", "谢谢", reply_to=number)
    assert (await kinds(course), await course.said("ada")) == ([*before[0], "message.posted"], before[1])


async def test_the_first_word_of_a_stranger_may_be_thanks(course: Community) -> None:
    await course.until(9)
    task = (await course.messages())[0].number
    await course.types("ada", "谢谢", reply_to=task)
    assert await kinds(course) == ["member.joined", "message.posted"]


async def test_ordinary_thanks_keep_their_place_among_the_others(course: Community) -> None:
    number = await course.posts("ben", "hello")
    for text, reply_to in (("谢谢", None), ("one", None), ("谢谢", number), ("two", None)):
        await course.posts("ada", text, reply_to=reply_to)
    await course.settle()
    await course.presses("ada", "Count as thanks")
    joined_and_said = ["member.joined", "message.posted", "message.posted", "message.posted", "thanks.given"]
    assert await kinds(course) == joined_and_said
    assert await course.points("ben") == 3


async def test_a_word_among_others_is_no_thanks(course: Community) -> None:
    number = await course.types("ben", "hello")
    await course.types("ada", "谢谢你的分享", reply_to=number)
    assert await course.points("ben") == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("/thanks", "Whom do you want to thank? Reply to their message with /thanks, or name them: /thanks @ada"),
        ("/thanks @ada", "One can't thank oneself. Who else has helped you?"),
        ("/thanks nobody", "Nobody here is called “nobody”."),
        ("/thanks @nobody for it", "Nobody here is called “@nobody”."),
        ("/thanks " + "字" * 5000, "Nobody here is called “" + "字" * 48),
    ],
)
async def test_a_wrong_thanks_says_how_it_is_done(course: Community, text: str, says: str) -> None:
    await course.types("ben", "hello")
    assert (await course.answer("ada", text)).startswith(says)


async def test_a_reply_to_what_nobody_posted_says_so(course: Community) -> None:
    number = await course.types("ben", "/checkin")
    await course.types("ada", "/thanks", reply_to=number)
    assert (await course.said("ada"))[-1].startswith("I can't tell whose message that is")


async def test_other_words_may_follow_a_handle(course: Community) -> None:
    await course.types("ben", "hello")
    assert (await course.answer("ada", "/thanks @ben for the second sentence")).startswith("Your thanks to Ben")


async def test_thanks_in_return_are_mutual_for_a_week(course: Community) -> None:
    for who in ("ada", "ben"):
        await course.types(who, "hello")
    await course.types("ada", "/thanks @ben")
    assert await course.points("ada") == 1
    await course.passes(days=6, hours=23)
    await course.types("ben", "/thanks @ada")
    assert await course.points("ben") == 3 + 1 + 10
    await course.passes(days=7)
    await course.types("ada", "/thanks @ben")
    assert await course.points("ada") == 1 + 3 + 1  # Ben's thanks were a week ago


async def test_staff_may_be_thanked_and_earn_nothing(course: Community) -> None:
    await course.types("lin", "hello")
    assert (await course.answer("ada", "/thanks @lin")).startswith("Your thanks to Lin are noted.")
    assert await course.points("lin") == 0
    assert (await kinds(course, "lin"))[-1] == "thanks.received"


# --- whom it tells what -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["#1", "@ben", "Ben"])
async def test_who_has_left_is_not_found(course: Community, who: str) -> None:
    await course.types("ben", "hello")
    await course.leaves("ben")
    assert await course.answer("ada", f"/thanks {who}") == (
        f"Nobody here is called “{who}”. Use the full name, the @handle or the #number."
    )
    assert await course.points("ben") == 0


async def test_the_message_of_who_has_left_is_not_thanked_for(course: Community) -> None:
    number = await course.types("ben", "hello")
    await course.leaves("ben")
    await course.types("ada", "/thanks", reply_to=number)
    assert (await course.said("ada"))[-1] == "They have left the course, so these thanks can't be noted."
    await course.types("ada", "谢谢", reply_to=number)
    assert (await kinds(course))[-1] == "message.posted"
    assert await course.points("ben") == 0


async def test_a_number_tells_the_pseudonym_and_a_name_tells_none(course: Community) -> None:
    await course.types("ben", "/privacy name NightOwl")
    assert await course.answer("ada", "/thanks #1") == "Your thanks to NightOwl are noted.\n+1 points"
    assert (await course.answer("ada", "/thanks #1 again")).startswith("You have thanked NightOwl today already.")
    assert (await course.answer("ada", "/thanks @ben")).startswith("You have thanked Ben today already.")


# --- what the other reads ---------------------------------------------------------------------------------------------

TOLD = """
badges:
  kind: {title: {zh: 热心, en: Kind}, icon: 🌻}
levels:
  newcomer: {title: {zh: 新手, en: Newcomer}}
  regular: {title: {zh: 普通, en: Regular}, activity: 3}
thanked:
  when: thanks.received
  then:
    - award: 3
    - badge: kind
    - say: {zh: "{name}，有人感谢你！", en: "{name}, somebody thanks you!"}
    - praise: {en: "Three cheers for {name}!"}
"""


async def _told(course: Community, who: str) -> list[str]:
    return [m.text for m in await course.messages(who) if m.author == "bot" and m.only_for == who]


async def test_who_is_thanked_reads_in_one_message_alone_what_they_earned(open_community) -> None:
    course = await open_community(rules=TOLD)
    await course.types("ben", "hello")
    assert await course.answer("ada", "/thanks @ben") == "Your thanks to Ben are noted."
    assert await _told(course, "ben") == [
        "New badge: 🌻 Kind\nBen, somebody thanks you!\n🎉 Level up! You are “Regular” now."
    ]
    assert [text for text in await course.said("ada") if "Kind" in text or "Level" in text] == []
    await course.passes(days=1)
    await course.types("ada", "/thanks @ben")
    assert (await _told(course, "ben"))[1:] == ["Ben, somebody thanks you!"]


async def test_it_is_told_in_the_members_own_language(open_community) -> None:
    course = await open_community(rules=TOLD)
    await course.types("ben", "/language zh")
    before = len(await _told(course, "ben"))
    await course.types("ada", "/thanks @ben")
    [told] = (await _told(course, "ben"))[before:]
    assert told.splitlines()[:2] == ["获得勋章：🌻 热心", "Ben，有人感谢你！"]


async def test_who_has_no_account_where_the_group_is_reads_nothing(open_community) -> None:
    course = await open_community(rules=TOLD)
    await course.types("ben", "hello")
    of_ben = account.c.user == course.actor("ben").user
    await course.rows(update(account).where(of_ben).values(platform="other").returning(account.c.user))
    await course.types("ada", "/thanks @Ben")
    assert await _told(course, "ben") == []


async def test_where_nobody_can_be_told_alone_nobody_is(open_community) -> None:
    course = await open_community(rules=TOLD)
    voice = course.run.app.engine.voice
    voice._traits = {course.address().platform: Traits()}
    await course.types("ben", "hello")
    await course.writes("ada", "/thanks @ben")
    said = await course.said("ada") + await course.said("ben")
    assert not any("Kind" in text or "Level" in text for text in said)
