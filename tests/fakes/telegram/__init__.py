"""A Bot API server of our own: real HTTP, a world behind it, and people in that world.

    async with FakeTelegram(now=clock.seconds, wall=clock.now) as telegram:
        ada, chen = telegram.person("Ada", language="zh-hans"), telegram.person("Chen")
        group = telegram.group("Writing camp", ada, owner=chen, bot="administrator")
        ...                                             # start the bot with api: telegram.url, token: telegram.token
        telegram.starts(ada)                            # she presses Start: now it may write to her in private
        telegram.says(ada, group, "/checkin")
        await telegram.until(lambda: telegram.said(ada, group))
        telegram.presses(ada, group, telegram.last(ada, group).id, "I'm in")
        await telegram.until(lambda: telegram.toasts(ada))
        assert telegram.toasts(ada)[0].text == "Noted"
        assert not telegram.violations and not telegram.refused_429

A place is a Chat, its id, or a User (the private chat of that person with the bot). What people do stands in
people.py, touches.py and comings.py; what they see in seen.py; `telegram.fail(...)` makes requests fail (faults.py);
`telegram.calls` is the log of all requests. Every request is validated by schema.py and limits.py: who breaks a rule
gets a 400 and stands in `telegram.violations`. Rate limits (pace.py) count on `now`; `Limits.off()` switches them off.
"""

from tests.fakes.telegram.faults import Fault
from tests.fakes.telegram.pace import Limits
from tests.fakes.telegram.people import PNG
from tests.fakes.telegram.rights import ADMIN_RIGHTS
from tests.fakes.telegram.seen import Button, Seen, SeenFile
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.state import Chat, Member, Message, Poll, Toast, User
from tests.fakes.telegram.wire import Call

__all__ = [
    "ADMIN_RIGHTS",
    "PNG",
    "Button",
    "Call",
    "Chat",
    "FakeTelegram",
    "Fault",
    "Limits",
    "Member",
    "Message",
    "Poll",
    "Seen",
    "SeenFile",
    "Toast",
    "User",
]
