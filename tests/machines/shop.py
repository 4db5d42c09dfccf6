"""What rewards promise, kept by hand: who has what, what it cost whom, and what is left. Knows nothing of the code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

HAD = ("requested", "given", "delivered")
"""What counts for stock, budget and limits."""
BY_HAND = ("goods", "privilege")
"""The kinds that staff must send or arrange."""


@dataclass
class Ware:
    """A reward as the catalogue has it now."""

    kind: str
    price: int
    stock: int | None = None
    needs_approval: bool = False
    once_per: str | None = None
    per_month: int | None = None


@dataclass
class Bought:
    """A redemption. What it cost lies with accounts; with two that are one person, with the one that stays."""

    number: int
    owner: str
    reward: str
    kind: str
    worth: int
    month: str
    during: int | None  # the link under which it was made
    state: str = "requested"
    shares: dict[str, int] = field(default_factory=dict)
    had_with: set[str] = field(default_factory=set)
    has_address: bool = False
    code: str | None = None  # as the winner has seen it

    @property
    def counts(self) -> bool:
        return self.state in HAD


@dataclass
class Shop:
    """Accounts that are people, some of whom are one."""

    wares: dict[str, Ware]
    budget: int
    granted: dict[str, int]
    bought: list[Bought] = field(default_factory=list)
    free: dict[str, int] = field(default_factory=dict)  # codes
    linked: tuple[str, str] | None = None
    links: int = 0

    # --- people -------------------------------------------------------------------------------------------------------

    def person(self, who: str) -> tuple[str, ...]:
        return self.linked if self.linked and who in self.linked else (who,)

    def own(self, who: str) -> int:
        """The balance of one account by itself."""
        return self.granted[who] - sum(one.shares.get(who, 0) for one in self.bought if one.counts)

    def balance(self, who: str) -> int:
        return sum(self.own(one) for one in self.person(who))

    def of(self, who: str) -> list[Bought]:
        return [one for one in self.bought if one.owner in self.person(who)]

    def link(self, stays: str, goes: str) -> None:
        self.linked = (stays, goes)
        self.links += 1

    def part(self) -> None:
        """What was bought together both have had; what one is short of, the other pays as far as it goes."""
        assert self.linked
        stays, goes = self.linked
        together = [one for one in self.of(stays) if one.during == self.links and one.counts]
        short = max(0, -self.own(stays))
        pays = max(0, min(short, self.own(goes)))
        self.linked = None
        for one in reversed(together):
            one.had_with.add(goes)
            part = min(pays, one.worth)
            pays -= part
            one.shares[stays] -= part
            one.shares[goes] = one.shares.get(goes, 0) + part

    def forget(self, who: str) -> None:
        """Nobody is left to be given, sent or told anything; sums stay as they were."""
        for one in self.of(who):
            if one.state == "requested" or (one.state == "given" and one.kind in BY_HAND):
                self.take_back(one, "cancelled")
            one.owner = ""
            one.shares.pop(who, None)
        self.granted[who] = 0

    # --- shelf --------------------------------------------------------------------------------------------------------

    def left(self, reward: str) -> int | None:
        ware = self.wares[reward]
        if ware.kind == "code":
            return self.free.get(reward, 0)
        taken = sum(one.reward == reward and one.counts for one in self.bought)
        return None if ware.stock is None else max(0, ware.stock - taken)

    def spent(self, month: str) -> int:
        return sum(one.worth for one in self.bought if one.month == month and one.counts)

    def had(self, reward: str, month: str) -> int:
        return sum(one.reward == reward and one.month == month and one.counts for one in self.bought)

    def refusals(self, who: str, reward: str, month: str) -> Iterator[str]:
        """All that stands against it, in the words that a member reads."""
        ware, mine = self.wares[reward], self.person(who)
        has = [
            one
            for one in self.bought
            if one.reward == reward and one.counts and ({one.owner} | one.had_with) & set(mine)
        ]
        if ware.once_per == "member" and has:
            yield "Once for each member"
        if ware.once_per == "month" and any(one.month == month for one in has):
            yield "Once a month"
        if self.left(reward) == 0:
            yield "none left"
        if ware.per_month is not None and self.had(reward, month) >= ware.per_month:
            yield "this month"
        if self.budget - self.spent(month) < ware.price:
            yield "budget"
        if self.balance(who) < ware.price:
            yield "lacking"

    # --- acts ---------------------------------------------------------------------------------------------------------

    def buy(self, who: str, reward: str, number: int, month: str) -> Bought:
        ware = self.wares[reward]
        owner = self.person(who)[0]
        during = self.links if self.linked and who in self.linked else None
        one = Bought(number, owner, reward, ware.kind, ware.price, month, during, shares={owner: ware.price})
        if ware.kind == "code":
            self.free[reward] -= 1
        if not ware.needs_approval:
            one.state = "given"
        self.bought.append(one)
        return one

    def take_back(self, one: Bought, state: str) -> None:
        """The points are back; a code that nobody saw is free again."""
        if one.kind == "code" and one.state == "requested":
            self.free[one.reward] += 1
        one.state = state
