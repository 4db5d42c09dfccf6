"""Whatever people redeem, cancel, and staff decide: points, stock, budget and codes come out as promised."""

import re
from dataclasses import replace
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from bot.domain.ids import CourseId
from bot.features.rewards import stocking
from tests.community import COURSE
from tests.machines.machine import BRIEF, DEEP, ON_REQUEST, TWO_ACCOUNTS, CourseMachine, lives_through
from tests.machines.shop import Bought, Shop, Ware

ZONE = ZoneInfo("Europe/London")
BUDGET = 600
WARES = {
    "coupon": Ware("code", 60),
    "voucher": Ware("code", 40, needs_approval=True),
    "lesson": Ware("privilege", 100, stock=2, needs_approval=True),
    "mug": Ware("goods", 50, stock=3, once_per="member"),
    "talk": Ware("privilege", 80, once_per="month", per_month=2),
}
PEOPLE = ("ada", "ada2", "ben")
STATES = {
    "requested": "waits for approval",
    "given": "yours",
    "delivered": "delivered",
    "cancelled": "cancelled, points are back",
    "declined": "declined, points are back",
    "refunded": "taken back, points are back",
}

WHO = st.sampled_from(PEOPLE)
WARE = st.sampled_from(tuple(WARES))
NUMBER = st.integers(1, 3)
TIMES = st.sampled_from((1, 1, 1, 2))


def catalogue(wares: dict[str, Ware], budget: int) -> str:
    lines = [f"budget: {budget}", "rewards:"]
    for name, ware in wares.items():
        options = {
            "stock": ware.stock,
            "needs_approval": "true" if ware.needs_approval else None,
            "once_per": ware.once_per,
            "per_month": ware.per_month,
        }
        more = "".join(f", {key}: {value}" for key, value in options.items() if value is not None)
        title = name.title()
        lines.append(f"  {name}: {{title: {{zh: {title}, en: {title}}}, kind: {ware.kind}, price: {ware.price}{more}}}")
    return "\n".join(lines) + "\n"


class Redemption(CourseMachine):
    """A shop with two accounts of one person, another student, and staff."""

    files: ClassVar[dict[str, str]] = {
        "course": COURSE.replace("2027-03-14", "2027-06-30"),
        "rewards": catalogue(WARES, BUDGET),
        "rituals": "{}\n",
        "calendar": "days: []\n",
        **TWO_ACCOUNTS,
    }

    def __init__(self, new_database: Path) -> None:
        super().__init__(new_database)
        wares = {name: replace(ware) for name, ware in WARES.items()}
        self.shop = Shop(wares, BUDGET, dict.fromkeys(PEOPLE, 0), free=dict.fromkeys(WARES, 0))
        self.codes = 0
        self.shown: list[tuple[str, int, str, str, int]] = []
        for who in PEOPLE:
            self.course.answer(who, "/points")

    @property
    def month(self) -> str:
        return self.course.now.astimezone(ZONE).strftime("%Y-%m")

    def found(self, number: int) -> Bought | None:
        return next((one for one in self.shop.bought if one.number == number), None)

    # --- what comes in ------------------------------------------------------------------------------------------------

    @initialize()
    def opens(self) -> None:
        self.are_granted("ada", 300, 1)
        self.are_granted("ben", 200, 1)
        self.codes_come_in("coupon", 2)
        self.codes_come_in("voucher", 2)
        for who, reward in (("ada", "lesson"), ("ada", "mug"), ("ben", "voucher")):
            self.redeems(who, reward, 0, 1)

    @rule(who=WHO, points=st.sampled_from((40, 120, 300, -70)), times=TIMES)
    def are_granted(self, who: str, points: int, times: int) -> None:
        self.course.staff(f"/grant @{who} {points:+d} for a test", who="chen", times=times)
        self.shop.granted[self.shop.person(who)[0]] += points

    @rule(reward=st.sampled_from(("coupon", "voucher")), count=st.integers(1, 2))
    def codes_come_in(self, reward: str, count: int) -> None:
        codes = [f"SECRET-{reward}-{self.codes + n}" for n in range(count)]
        self.codes += count
        database, now = self.course.community.run.app.database, self.course.now
        self.course.run(database.run(lambda db: stocking.put_in(db, CourseId("writing"), reward, codes, now)))
        self.shop.free[reward] += count

    @rule(reward=WARE, price=st.sampled_from((30, 90)), stock=st.sampled_from((None, 1, 2, 4)))
    def the_file_changes(self, reward: str, price: int, stock: int | None) -> None:
        ware = self.shop.wares[reward]
        ware.price = price
        ware.stock = stock if ware.kind != "code" else None
        self.course.rewrites(rewards=catalogue(self.shop.wares, BUDGET))

    # --- members ------------------------------------------------------------------------------------------------------

    @rule(who=WHO, reward=WARE, off=st.sampled_from((0, 0, 0, 0, 10)), times=TIMES)
    def redeems(self, who: str, reward: str, off: int, times: int) -> None:
        """By the price that they know, which may be an old one."""
        price = self.shop.wares[reward].price
        said = self.course.answer(who, f"/redeem {reward} {price + off}", times=times)
        self._bought(who, reward, said, is_agreed=not off)

    @rule(who=WHO, reward=WARE)
    def asks_what_it_costs(self, who: str, reward: str) -> None:
        said = self.course.answer(who, f"/redeem {reward}")
        reasons = list(self.shop.refusals(who, reward, self.month))
        if reasons:
            assert any(reason in said for reason in reasons), (said, reasons)
            return
        price, balance = self.shop.wares[reward].price, self.shop.balance(who)
        assert f"costs {price} points. You have {balance}; {balance - price} would be left." in said
        message = self.course.messages(who)[-1]
        [command] = [button.command for button in message.buttons]
        self.shown.append((who, message.number, command, reward, price))

    @precondition(lambda self: self.shown)
    @rule(which=st.integers(0, 5), times=TIMES)
    def presses_the_button(self, which: int, times: int) -> None:
        """Once is once, however often it is pressed; and nobody pays another price than they were shown."""
        who, number, command, reward, price = self.shown[which % len(self.shown)]
        redeemed = int(command.split()[-1])
        said = self.course.presses(who, number, command, times=times)
        if redeemed != len(self.shop.of(who)):
            assert "That button has done its work; nothing more was taken from you." in said
            return
        self._bought(who, reward, said, is_agreed=price == self.shop.wares[reward].price)

    def _bought(self, who: str, reward: str, said: str, *, is_agreed: bool) -> None:
        reasons = list(self.shop.refusals(who, reward, self.month)) if is_agreed else ["has changed"]
        if reasons:
            assert any(reason in said for reason in reasons), (said, reasons)
            return
        number = re.search(r"#(\d+)", said)
        assert number, said
        one = self.shop.buy(who, reward, int(number[1]), self.month)
        assert ("You have asked for" if one.state == "requested" else "is yours") in said
        assert f"{one.worth} points spent, {self.shop.balance(who)} left." in said

    @rule(who=WHO, number=NUMBER, times=TIMES)
    def cancels(self, who: str, number: int, times: int) -> None:
        said = self.course.answer(who, f"/redeem cancel {number}", times=times)
        one = self.found(number)
        if one is None or one not in self.shop.of(who):
            assert "You have no redemption" in said
        elif one.state == "requested":
            self.shop.take_back(one, "cancelled")
            assert f"{one.worth} points are back; you have {self.shop.balance(who)}." in said
        else:
            assert "is back" not in said
            assert "is cancelled" not in said

    @rule(who=WHO, number=NUMBER)
    def looks_at_the_code(self, who: str, number: int) -> None:
        """It is the winner's alone, always the same, and nobody else's."""
        said = self.course.answer(who, f"/rewards code {number}")
        one = self.found(number)
        found = re.search(r"SECRET-\w+-\d+", said)
        has_one = one and one in self.shop.of(who) and one.kind == "code" and one.state in ("given", "delivered")
        assert bool(found) == bool(has_one), said
        if one and found:
            assert one.code in (None, found[0])
            one.code = found[0]
            assert [other.number for other in self.shop.bought if other.code == one.code] == [one.number]

    @precondition(lambda self: any(one.kind == "goods" and one.owner for one in self.shop.bought))
    @rule(which=st.integers(0, 3))
    def says_where_to_send_it(self, which: int) -> None:
        goods = [one for one in self.shop.bought if one.kind == "goods" and one.owner]
        one = goods[which % len(goods)]
        self.course.answer(one.owner, f"/rewards address {one.number}", room="private")
        if one.state not in ("requested", "given"):
            return
        for words in (one.owner.title(), "555-1234", "12 Long Street"):
            last = self.course.last(one.owner, "private")
            said, _ = self.course.told(one.owner, words, room="private", reply_to=last)
        assert "Please look it over" in said, said
        review = self.course.messages(one.owner, "private")[-1]
        [send] = [button.command for button in review.buttons if button.command.endswith(" send")]
        said = self.course.presses(one.owner, review.number, send, room="private")
        assert "I have your address" in said, said
        one.has_address = True

    @precondition(lambda self: self.shop.linked is None)
    @rule()
    def two_accounts_are_linked(self) -> None:
        assert "Done" in self.course.links("ada", "ada2")
        self.shop.link("ada", "ada2")

    @precondition(lambda self: self.shop.linked is not None)
    @rule()
    def they_are_parted(self) -> None:
        assert "Parted" in self.course.parts("ada")
        self.shop.part()

    @rule()
    def ben_leaves_and_is_back(self) -> None:
        """Whatever they say is said by somebody who is there."""
        self.course.leaves("ben")
        self.course.joins("ben")

    @rule()
    def ben_is_forgotten(self) -> None:
        assume(self.shop.of("ben"))
        self.course.forgets("ben")
        self.shop.forget("ben")
        self.shown = [one for one in self.shown if one[0] != "ben"]
        self.course.answer("ben", "/points")

    # --- staff --------------------------------------------------------------------------------------------------------

    @rule(number=NUMBER, verb=st.sampled_from(("approve", "approve", "decline", "deliver", "refund")), times=TIMES)
    def staff_decide(self, number: int, verb: str, times: int) -> None:
        said = self.course.staff(f"/redemptions {number} {verb} for a good reason", times=times)
        one = self.found(number)
        if one is None:
            return
        before = one.state
        if verb == "approve" and before == "requested":
            one.state = "given"
        elif verb == "decline" and before == "requested":
            self.shop.take_back(one, "declined")
        elif verb == "deliver" and before == "given" and (one.kind != "goods" or one.has_address):
            one.state = "delivered"
        elif verb == "refund" and before in ("given", "delivered"):
            self.shop.take_back(one, "refunded")
        assert said

    @rule(number=NUMBER, verb=st.sampled_from(("approve", "refund")))
    def a_student_decides_nothing(self, number: int, verb: str) -> None:
        self.course.answer("ben", f"/redemptions {number} {verb} because I can")

    # --- always -------------------------------------------------------------------------------------------------------

    @invariant()
    def points_are_what_was_granted_and_not_spent(self) -> None:
        kept = self.course.ledger()
        for who in PEOPLE:
            mine = sum(kept.get(one, 0) for one in self.shop.person(who))
            assert mine == self.shop.balance(who), who
        who = PEOPLE[self.steps % len(PEOPLE)]
        assert self.course.points(who) == self.shop.balance(who)

    @invariant()
    def each_reads_how_theirs_stand(self) -> None:
        who = PEOPLE[self.steps % len(PEOPLE)]
        said = self.course.answer(who, "/rewards mine")
        told = {int(number): state for number, state in re.findall(r"#(\d+) \w+ · [^·]+ · (.+)", said)}
        mine = sorted(self.shop.of(who), key=lambda one: one.number)[-10:]
        assert told == {one.number: STATES[one.state] for one in mine}

    @invariant()
    def staff_read_what_is_left(self) -> None:
        said = self.course.staff("/rewards")
        spent = self.shop.spent(self.month)
        assert f"{BUDGET} points, {spent} spent, {max(0, BUDGET - spent)} left" in said
        for reward in WARES:
            left, had = self.shop.left(reward), self.shop.had(reward, self.month)
            shown = "no limit" if left is None else f"{left} left"
            assert f"{reward} {reward.title()}: {shown}, {had} this month" in said, said

    @invariant()
    def no_code_is_said_aloud(self) -> None:
        for who, room in (("mia", "main"), ("lin", "staff")):
            assert not [text for text in self.course.said(who, room) if "SECRET-" in text]


def test_redemption(new_database: Path) -> None:
    lives_through(lambda: Redemption(new_database), BRIEF)


@ON_REQUEST
@pytest.mark.long
def test_redemption_at_length(new_database: Path) -> None:
    lives_through(lambda: Redemption(new_database), DEEP)
