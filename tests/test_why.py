"""`/why`: about oneself, by staff about anyone, and never about what is anonymous."""

from typing import Any

from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.features import FEATURES
from tests.community import RULES, Community

secret = Feature("secret")
secret.fact("secret.told")


@secret.command("whisper", is_listed=False)
def whisper(ctx: Context, cmd: Any) -> None:
    ctx.announce("secret.told", cmd.text, is_anonymous=True)


TOLD = RULES + (
    "secret:\n  when: secret.told\n  then:\n    - award: 4\n    - praise: {en: 'Well done, {name}!'}\n"
    "    - tell_staff: {en: '{name} has told'}\n"
)


async def test_staff_see_what_the_rules_made_of_anybodys_facts_and_it_is_audited(course: Community) -> None:
    await course.types("ada", "/checkin")
    said = await course.answer("lin", "/why @ada", room="staff")
    assert said.startswith(
        "The latest records of Ada, and what each rule made of them\n1 Mar 08:30 Check-in (streak 1)"
    )
    assert "✓ Daily check-in: +5" in said
    assert "Lin: looked up what the points of #1 are for" in await course.answer("chen", "/audit", room="staff")


async def test_students_ask_about_themselves_only_and_staff_in_their_room(course: Community) -> None:
    await course.types("ada", "/checkin")
    assert await course.answer("ben", "/why @ada") == "You can ask about yourself only: send /why alone."
    assert await course.answer("lin", "/why @ada") == "Ask about others in the staff room."
    assert "Nobody here is called" in await course.answer("lin", "/why @zoe", room="staff")


async def test_an_anonymous_fact_is_masked_for_everybody_and_praised_before_nobody(open_community) -> None:
    course = await open_community(rules=TOLD, features=[*FEATURES, secret])
    await course.types("ada", "/whisper something")
    assert await course.points("ada") == 4
    for who, text, room in (("ada", "/why", "main"), ("chen", "/why @ada", "staff")):
        said = await course.answer(who, text, room=room)
        assert "An anonymous record" in said
        assert "secret" not in said
    assert not any(
        "Ada" in text and ("Well done" in text or "told" in text) for text in await course.said("chen", "staff")
    )
    assert "Well done, Ada!" not in await course.said("ben")


async def test_a_reversal_is_explained(course: Community) -> None:
    await course.types("ada", "A thought of more than twenty characters")
    number = (await course.messages("ada"))[-1].number
    await course.deletes("ada", number)
    assert await course.points("ada") == 0
    said = await course.answer("ada", "/why")
    assert "An earlier record was taken back\n    ✓ thoughtful: -1" in said
