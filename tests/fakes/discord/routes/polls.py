"""Who voted, and ending a poll."""

from __future__ import annotations

from typing import Any

from tests.fakes.discord import posts, shapes
from tests.fakes.discord.errors import Refusal, known
from tests.fakes.discord.routes.finding import message_of
from tests.fakes.discord.state import Json, Message, Poll
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World


def get_voters(world: World, call: Call) -> Json:
    """In the order of their ids."""
    message, limit = message_of(world, call), call.asked("limit", 25, 1, 100)
    poll, answer, after = _poll(message), call.id("answer", 10008), int(call.query.get("after", 0))
    if answer not in {each.id for each in poll.answers}:
        raise Refusal(404, 10014, "Unknown poll answer")
    voters = sorted(user for user, chosen in poll.votes.items() if answer in chosen and user > after)
    return {"users": [shapes.user(world.users[user]) for user in voters[:limit]]}


def _poll(message: Message) -> Poll:
    if message.poll is None:
        raise Refusal(400, 520000, "Message does not have a poll")
    return message.poll


def expire(world: World, call: Call) -> Json:
    message = message_of(world, call)
    poll = _poll(message)
    if message.author is not world.bot:
        raise known(50005)
    if poll.is_final or poll.expires_at <= world.now():
        raise known(520001)
    poll.expires_at = world.now()
    end_poll(world, message)
    return posts.message(world, message)


def end_poll(world: World, message: Message) -> None:
    """The results are final; a message of type 46 says so."""
    poll = _poll(message)
    poll.is_final = True
    world.open_polls.remove(message)
    world.changed(message)
    counts = {answer: sum(answer.id in chosen for chosen in poll.votes.values()) for answer in poll.answers}
    winner = max(poll.answers, key=lambda answer: counts[answer])
    told = {
        "poll_question_text": poll.question,
        "victor_answer_votes": str(counts[winner]),
        "victor_answer_id": str(winner.id),
        "victor_answer_text": winner.text,
        "total_votes": str(sum(counts.values())),
    }
    fields = [{"name": name, "value": value, "inline": False} for name, value in told.items()]
    embed: Json = {"type": "poll_result", "fields": fields}
    world.post(message.channel, message.author, type=46, reply_to=message.id, embeds=[embed])


def end_polls_that_are_due(world: World) -> None:
    for message in list(world.open_polls):
        if _poll(message).expires_at <= world.now() and message.id in message.channel.messages:
            end_poll(world, message)


ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/channels/{channel}/polls/{message}/answers/{answer}", get_voters),
    ("POST", "/channels/{channel}/polls/{message}/expire", expire),
)
