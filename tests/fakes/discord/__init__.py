"""A Discord of our own: its REST API and gateway over real HTTP, a world behind it, and people in that world.

    async with FakeDiscord(now=clock.now) as discord:
        ada, ben = discord.person("Ada", locale="zh-CN"), discord.person("Ben")
        guild = discord.guild("Writing camp", ada, ben)             # with the bot; its own role has `rights=…`
        main, forum = discord.channel(guild, "main"), discord.channel(guild, "asks", "forum", tags=["open"])
        ...                                                         # start the bot: discord.api, .gateway_url, .token
        await discord.gateway.connected()
        asked = discord.types_command(ada, main, "checkin", {"text": "three pages"})
        await discord.until(lambda: discord.told(asked))  # discord.answers(asked): all she saw
        message = discord.says(ada, main, "hello", files=[("page.png", PNG)])
        discord.presses(ben, main, discord.last(ben, main).id, "I'm in")
        assert not discord.violations and not discord.unanswered and not discord.refused_429

A place is a Channel (or thread), its id, or a User: the DM of that person with the bot. Messages, threads and
interactions go by their ids, which are numbers (Discord's are the same as text, and so are `discord.bot` and
`discord.application_id`; `discord.world.bot` is the bot as a User). What people do:
- people.py: `says`, `edits`, `deletes`, `posts_in_forum`, `tags`, `thread`, `archives`
- touches.py: `reacts(…, add=False)`, `votes(ada, place, message, "Yes")`, `ends_polls`, `pins`
- asking.py: `types_command(…, target=message)`, `await autocompletes`, `presses`, `presses_id`, `selects`,
  `submits(ada, interaction, {"Label": "text"}, {"Files": [(name, content)]})`, `time_runs_out`
- comings.py: `person`, `guild`, `channel`, `role`, `joins`, `leaves`, `renames`, `gives_role`, `overwrites(channel,
  deny=Right.SEND_MESSAGES)`, `allows_bot`, `closes_dms`, `adds_bot`, `removes_bot`, `goes_down`, `comes_back`
- onlookers.py: `answers`, `told`, `modal`, `visible`, `direct`, `said`, `last`, `labels`, `pinned`

`discord.fail("POST /channels/*/messages", "lost_reply")` makes requests fail, `"POST /interactions/*/callback"` and
`"PATCH /webhooks/*/messages/@original"` are answers to interactions (faults.py); `discord.gateway` loses
connections and sessions (gateway.py). `discord.calls` is the log of all requests, `asked(route)` part of it.
Every body is validated by schema.py and the *limits.py: who breaks a rule gets a 400 with code 50035 and stands in
`violations`. Rate limits (pace.py) and the three seconds of an interaction count in real time, all else on `now`;
`Limits.off()` switches the first off. Settable: `discord.world.shards`, `.starts_left`, `.are_nonces_kept`.
"""

from tests.fakes.discord.faults import Fault
from tests.fakes.discord.pace import Limits
from tests.fakes.discord.people import PNG
from tests.fakes.discord.rights import EVERYTHING, OF_THE_BOT, USUAL, Right
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.discord.state import Channel, Guild, Interaction, Kind, Message, Poll, Role, Seen, User
from tests.fakes.discord.wire import Call

__all__ = [
    "EVERYTHING",
    "OF_THE_BOT",
    "PNG",
    "USUAL",
    "Call",
    "Channel",
    "FakeDiscord",
    "Fault",
    "Guild",
    "Interaction",
    "Kind",
    "Limits",
    "Message",
    "Poll",
    "Right",
    "Role",
    "Seen",
    "User",
]
