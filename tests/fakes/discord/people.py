"""What people write: messages, posts in forums, edits, deletions."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence

from tests.fakes.discord.limits import every, within
from tests.fakes.discord.rights import Right, may
from tests.fakes.discord.state import Channel, File, Json, Kind, Message, Tag, User
from tests.fakes.discord.strands import announce, enter, open_thread, reopen, set_archived, start_alone, start_below
from tests.fakes.discord.world import World

Place = Channel | User | int
"""A channel or thread, its id, or a person: their DM with the bot."""
Attached = tuple[str, bytes]
"""The name and the content of a file."""
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


class People:
    """Mixed into FakeDiscord."""

    world: World

    def channel_at(self, place: Place) -> Channel:
        if isinstance(place, User):
            return self.world.private(place)
        return self.world.channels[place] if isinstance(place, int) else place

    def message(self, place: Place, message: int) -> Message:
        return self.channel_at(place).messages[message]

    def says(
        self,
        person: User,
        place: Place,
        text: str = "",
        *,
        reply_to: int | None = None,
        files: Sequence[Attached] = (),
    ) -> int:
        """Writes there; the id of the message."""
        channel = self._enters(person, place)
        within("content", text, 0, 2000)
        assert text.strip() or files, "an empty message can't be sent"
        replied = channel.messages.get(reply_to or 0)
        message = self.world.post(
            channel,
            person,
            content=text.strip(),
            type=0 if reply_to is None else 19,
            reply_to=reply_to,
            files=[self._attaches(channel, file) for file in files],
            mentions=[*self.world.mentioned(text), *([replied.author] if replied else [])],
        )
        return message.id

    def _enters(self, person: User, place: Place) -> Channel:
        """Whoever writes in a thread joins it, and opens it again."""
        channel = self.channel_at(place)
        assert channel.kind not in {Kind.FORUM, Kind.CATEGORY}, "nobody writes there: use posts_in_forum"
        if channel.person is not None:
            assert channel.person is person, "nobody else is in this DM"
            return channel
        right = Right.SEND_MESSAGES_IN_THREADS if channel.is_thread else Right.SEND_MESSAGES
        assert may(channel, person.id, Right.VIEW_CHANNEL, right), f"{person.username} may not write in {channel.name}"
        if channel.is_thread:
            assert not channel.is_locked, "the thread is locked"
            reopen(self.world, channel)
            enter(self.world, channel, person)
        return channel

    def _attaches(self, channel: Channel, file: Attached) -> File:
        name, content = file
        return self.world.keep(channel, name, content, mimetypes.guess_type(name)[0] or "application/octet-stream")

    def edits(self, person: User, place: Place, message: int, text: str) -> None:
        found = self.message(place, message)
        assert found.author is person, "nobody edits what another wrote"
        found.content, found.edited_at = text.strip(), self.world.now()
        found.mentions = self.world.mentioned(text)
        self.world.changed(found)

    def deletes(self, person: User, place: Place, message: int) -> None:
        found = self.message(place, message)
        is_theirs = found.author is person or may(found.channel, person.id, Right.MANAGE_MESSAGES)
        assert is_theirs, f"{person.username} may not delete what another wrote"
        self.world.remove(found)

    def posts_in_forum(
        self,
        person: User,
        forum: Channel,
        title: str,
        text: str,
        tags: Sequence[str] = (),
        *,
        files: Sequence[Attached] = (),
    ) -> int:
        """A new post; the id of its thread, which is that of its first message too."""
        assert forum.kind == Kind.FORUM, f"{forum.name} is no forum"
        assert may(forum, person.id, Right.VIEW_CHANNEL, Right.SEND_MESSAGES)
        chosen = [_tag(forum, name).id for name in tags]
        thread = open_thread(self.world, forum, person, title, tags=chosen)
        announce(self.world, thread)
        attached = [self._attaches(thread, file) for file in files]
        self.world.post(thread, person, id=thread.id, content=text, files=attached)
        return thread.id

    def tags(self, person: User, thread: Place, *names: str) -> None:
        """Sets the tags of a forum post."""
        found = self.channel_at(thread)
        assert found.parent is not None
        assert found.owner == person.id or may(found, person.id, Right.MANAGE_THREADS)
        found.applied_tags = [_tag(found.parent, name).id for name in names]
        set_archived(self.world, found, found.is_archived)

    def thread(
        self,
        person: User,
        place: Place,
        name: str,
        *,
        message: int | None = None,
        is_private: bool = False,
        people: Sequence[User] = (),
    ) -> Channel:
        """Starts a thread, of a message or of none; `people` are in it too."""
        parent = self.channel_at(place)
        if message is not None:
            thread = start_below(self.world, parent.messages[message], person, name)
        else:
            kind = Kind.PRIVATE_THREAD if is_private else Kind.PUBLIC_THREAD
            thread = start_alone(self.world, parent, person, name, kind=kind)
        for each in people:
            enter(self.world, thread, each)
        return thread

    def archives(self, thread: Place, *, is_archived: bool = True, is_locked: bool | None = None) -> None:
        """As Discord itself does after some days, or a moderator."""
        set_archived(self.world, self.channel_at(thread), is_archived, is_locked)


def _tag(forum: Channel, name: str) -> Tag:
    found: list[Tag] = [tag for tag in forum.tags if tag.name == name]
    assert found, f"there is no tag {name}, only {[tag.name for tag in forum.tags]}"
    return found[0]


def buttons(message: Message) -> list[Json]:
    """All that can be pressed, also what is disabled."""
    return [each for each in every(message.components) if each["type"] == 2]


def selects(message: Message) -> list[Json]:
    return [each for each in every(message.components) if each["type"] in {3, 5, 6, 7, 8}]
