"""What people see: messages, what answered what they did, and what stands in their DMs."""

from __future__ import annotations

from tests.fakes.discord.comings import Comings
from tests.fakes.discord.people import Place, buttons
from tests.fakes.discord.rights import Right, may
from tests.fakes.discord.routes.pins import pinned
from tests.fakes.discord.state import Json, Message, Seen, User


class Onlookers(Comings):
    """Mixed into FakeDiscord."""

    def answers(self, interaction: int) -> list[Seen]:
        """What the person saw after it, in order."""
        return self.world.interactions[interaction].seen

    def told(self, interaction: int) -> list[str]:
        """The texts of the messages that answered, as they are now; what was taken away is not among them."""
        messages = {seen.message.id: seen.message for seen in self.answers(interaction) if seen.message}
        return [each.content for each in messages.values() if each.id in each.channel.messages]

    def modal(self, interaction: int) -> Json:
        """The modal that it opened."""
        found = [seen.modal for seen in self.answers(interaction) if seen.modal is not None]
        assert found, f"no modal was opened, but {[seen.kind for seen in self.answers(interaction)]}"
        return found[-1]

    def visible(self, person: User, place: Place) -> list[Message]:
        """All that stands there for this person, oldest first: of ephemeral messages only their own."""
        channel = self.channel_at(place)
        if channel.person not in {None, person}:
            return []
        if channel.guild and not may(channel, person.id, Right.VIEW_CHANNEL, Right.READ_MESSAGE_HISTORY):
            return []
        messages = (channel.messages[id] for id in sorted(channel.messages))
        return [each for each in messages if each.only_for in {None, person.id}]

    def direct(self, person: User) -> list[Message]:
        """Their DM with the bot."""
        return self.visible(person, person)

    def said(self, person: User, place: Place) -> list[str]:
        """What the bot has said there for this person."""
        return [message.content for message in self.visible(person, place) if message.author is self.world.bot]

    def last(self, person: User, place: Place) -> Message:
        return self.visible(person, place)[-1]

    def labels(self, message: Message) -> list[str]:
        """What stands on its buttons."""
        return [button.get("label", "") for button in buttons(message)]

    def pinned(self, place: Place) -> list[Message]:
        """The last pinned first."""
        return pinned(self.channel_at(place))
