"""The real process, killed while a hundred people redeem the last codes: none is given twice, none is lost."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tests.community import write_course
from tests.kill.crowd import insist
from tests.kill.programs import Start, is_quiet, start_at_one_place
from tests.process import Program, Talk, command, rows, until

pytestmark = pytest.mark.kill

PEOPLE, CODES, PRICE, EARNED = 100, 60, 100, 150
KILLS = 8
SEED = 20270302

NAMES = [f"s{number}" for number in range(1, PEOPLE + 1)]
DEMO = "people:\n" + "".join(f"  - {{id: {id}, name: {id.upper()}, role: student}}\n" for id in NAMES)
DEMO += "  - {id: chen, name: Chen, role: admin}\n"
RULES = f"check_in:\n  when: checkin.done\n  limit: {{once_per: day}}\n  then:\n    - award: {EARNED}\n"
REWARDS = f"""
rewards:
  coupon:
    title: {{zh: 奶茶券, en: Tea coupon}}
    kind: code
    price: {PRICE}
    once_per: member
"""
CODE = re.compile(r"TEA-\d{4}-SECRET")


@dataclass
class Shop:
    """A course whose codes come from files beside the running process."""

    folder: Path
    codes: list[str] = field(default_factory=list)

    def program(self) -> Program:
        course = write_course(self.folder / "writing", demo=DEMO, rules=RULES, rewards=REWARDS)
        config = "language: en\ndatabase: sqlite:///data/writing.db\ndata: ./data\ncourses: [./writing]\n"
        (self.folder / "config.yaml").write_text(config + "platforms: {local: {}}\n", encoding="utf-8")
        return Program.demo(self.folder, "--course", str(course))

    def stocks(self, count: int) -> None:
        """So many codes more, by the command line."""
        new = [f"TEA-{len(self.codes) + number:04}-SECRET" for number in range(count)]
        file = self.folder / "codes.csv"
        file.write_text("\n".join(new), encoding="utf-8")
        done = command(self.folder, "codes", "add", "coupon", str(file), "-c", "config.yaml")
        assert done.returncode == 0, done.stderr
        assert not CODE.search(done.stdout + done.stderr)
        self.codes += new

    @property
    def database(self) -> Path:
        return self.folder / "data" / "writing.db"


@dataclass
class Buyer:
    """Checks in, and asks for the coupon until that is acknowledged; then once more."""

    address: str
    who: str
    acts: int = 0
    read: list[str] = field(default_factory=list)

    def live(self) -> None:
        with Talk(self.address, self.who) as talk:
            for number, said in enumerate(("/checkin", f"/redeem coupon {PRICE}", f"/redeem coupon {PRICE}")):
                insist(partial(talk.say, said, key=f"{self.who}-{number}"))
                self.acts += 1

    def reads(self) -> None:
        """The code that this person asks for, and whatever else of the kind they see."""
        with Talk(self.address, self.who) as talk:
            insist(partial(talk.say, "/rewards mine", key=f"{self.who}-mine"))
            for message in insist(talk.messages):
                codes = [button["command"] for button in message["buttons"] if "rewards code" in button["command"]]
                if codes:
                    insist(partial(talk.say, f"/{codes[0]}", key=f"{self.who}-{codes[0]}"))
            self.read = [code for text in insist(talk.texts) for code in CODE.findall(text)]


def test_of_sixty_codes_and_a_hundred_people_each_code_goes_to_one(tmp_path: Path, started: Start) -> None:
    shop = Shop(tmp_path)
    program = started(shop.program())
    address = start_at_one_place(program)
    shop.stocks(CODES // 2)
    buyers = [Buyer(address, who) for who in NAMES]
    moments: list[str] = []
    with ThreadPoolExecutor(8) as threads:
        lives = [threads.submit(buyer.live) for buyer in buyers]
        try:
            kill_often(program, shop, buyers, moments)
        finally:
            if not program.is_running:
                program.start()
        for life in lives:
            life.result()
        list(threads.map(Buyer.reads, buyers))
    story = f"seed {SEED}, killed {', '.join(moments)}"
    assert program.stop() == 0
    assert_codes(shop, buyers, story)
    assert_ledger(shop, story)
    assert_told_nowhere_else(shop, program)
    is_quiet(program)


def kill_often(program: Program, shop: Shop, buyers: list[Buyer], moments: list[str]) -> None:
    """While codes come in, too: half of them between two kills."""
    chance = random.Random(SEED)
    for number in range(KILLS):
        if not program.is_running:
            program.start()
        if number == KILLS // 2:
            shop.stocks(CODES - len(shop.codes))
        wanted = sum(buyer.acts for buyer in buyers) + chance.randint(1, 30)
        until(lambda: sum(buyer.acts for buyer in buyers) >= min(wanted, 3 * PEOPLE), "something is acknowledged")  # noqa: B023
        time.sleep(chance.uniform(0, 0.05))  # anywhere in what comes next: that is the point
        moments.append(f"after {sum(buyer.acts for buyer in buyers)} acts")
        program.kill()


def assert_codes(shop: Shop, buyers: list[Buyer], story: str) -> None:
    """Every code is where it was put, and each that was given is with one person, who reads it."""
    pool = rows(shop.database, "select code, state, redemption from reward_code")
    assert sorted(code for code, _, _ in pool) == sorted(shop.codes), story
    assert Counter(state for _, state, _ in pool) == {"given": CODES}, story
    assert len({redemption for _, _, redemption in pool}) == CODES, story
    found = rows(shop.database, "select state, count(*), count(distinct member) from redemption group by 1")
    assert found == [("given", CODES, CODES)], story
    read = [code for buyer in buyers for code in set(buyer.read)]
    assert sorted(read) == sorted(shop.codes), story


def assert_ledger(shop: Shop, story: str) -> None:
    """Who has a code has paid for it once; nobody else has paid anything."""
    query = "select rule, sum(points), count(*), count(distinct member) from ledger group by 1 order by 1"
    assert rows(shop.database, query) == [
        ("check_in", EARNED * PEOPLE, PEOPLE, PEOPLE),
        ("redemption", -PRICE * CODES, CODES, CODES),
    ], story
    unpaid = "select count(*) from redemption where member not in (select member from ledger where rule = 'redemption')"
    assert rows(shop.database, unpaid) == [(0,)], story
    assert rows(shop.database, "select taken from reward_stock where reward = 'coupon'") == [(CODES,)], story


def assert_told_nowhere_else(shop: Shop, program: Program) -> None:
    """Neither in the logs, nor in the audit, nor in what anybody else was sent; what arrived is blanked."""
    assert not CODE.search(program.all_complaints + program.printed)
    assert not CODE.search(str(rows(shop.database, "select * from audit")))
    sent = [str(row) for (row,) in rows(shop.database, "select message from outbox") if CODE.search(str(row))]
    assert all('"only_for"' in row or '"private":true' in row for row in sent)
