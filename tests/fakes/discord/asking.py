"""Commands, buttons, selects and modals: what people ask of the bot directly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.discord import posts
from tests.fakes.discord.command_limits import CHAT_INPUT, MESSAGE, USER
from tests.fakes.discord.modals import submission
from tests.fakes.discord.options import Filling, find_command
from tests.fakes.discord.people import Attached, Place, buttons, selects
from tests.fakes.discord.rights import Right, in_channel, may
from tests.fakes.discord.routes.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL
from tests.fakes.discord.state import Channel, Interaction, Json, Message, User
from tests.fakes.discord.touches import Touches


class Asking(Touches):
    """Mixed into FakeDiscord."""

    def types_command(
        self,
        person: User,
        place: Place,
        name: str,
        options: Mapping[str, Any] | None = None,
        *,
        target: int | User | None = None,
    ) -> int:
        """Uses a command that is registered; the id of the interaction.

        A subcommand is `"points add"`. Values are text, numbers, a User, Channel or Role; a file is (name, content).
        `target` is the message id or the User of a command in a context menu.
        """
        channel = self.channel_at(place)
        kind = CHAT_INPUT if target is None else USER if isinstance(target, User) else MESSAGE
        command, known, below = find_command(self.world, channel, name, kind)
        _check_may_use(command, channel, person)
        filling = Filling(world=self.world, channel=channel)
        data = _command(command)
        if target is None:
            filled = filling.options(known, options or {})
            data |= {"options": _nested(command, below, filled)} if filled or below else {}
        elif isinstance(target, User):
            filling.user(target)
            data["target_id"] = str(target.id)
        else:
            filling.message(target)
            data["target_id"] = str(target)
        data |= {"resolved": filling.resolved} if filling.resolved else {}
        return self._asks(person, channel, COMMAND, data)

    async def autocompletes(
        self,
        person: User,
        place: Place,
        name: str,
        option: str,
        typed: str,
        others: Mapping[str, Any] | None = None,
    ) -> list[Json]:
        """Types in an option; the choices that come. Raises TimeoutError if none come within three seconds."""
        channel = self.channel_at(place)
        command, known, below = find_command(self.world, channel, name, CHAT_INPUT)
        wanted = next(each for each in known if each["name"] == option)
        assert wanted.get("autocomplete"), f"{option} is not completed"
        filling = Filling(world=self.world, channel=channel)
        filled = filling.options(known, {**(others or {}), option: typed}, focused=option)
        data = _command(command) | {"options": _nested(command, below, filled)}
        asked = self.world.interactions[self._asks(person, channel, AUTOCOMPLETE, data)]
        await self.until(lambda: asked.seen, 3.0)
        return asked.seen[0].choices

    def presses(self, person: User, place: Place, message: int, label: str) -> int:
        """Presses the button with this label, or with this custom id; the id of the interaction."""
        found = self._seen_by(person, place, message)
        fitting = [button for button in buttons(found) if label in (button.get("label"), button.get("custom_id"))]
        assert fitting, f"no button {label!r}, only {[button.get('label') for button in buttons(found)]}"
        assert not fitting[0].get("disabled"), f"{label!r} can't be pressed"
        assert "custom_id" in fitting[0], f"{label!r} is a link"
        return self.presses_id(person, place, message, fitting[0]["custom_id"])

    def presses_id(self, person: User, place: Place, message: int, custom_id: str) -> int:
        """A press with this custom id, even of a button that is not there any more (an old client)."""
        found = self._seen_by(person, place, message)
        known = [button["id"] for button in buttons(found) if button.get("custom_id") == custom_id]
        data = {"custom_id": custom_id, "component_type": 2, "id": known[0] if known else 2}
        return self._asks(person, found.channel, COMPONENT, data, found)

    def selects(
        self, person: User, place: Place, message: int, chosen: Sequence[str | User], select: str | None = None
    ) -> int:
        """Chooses labels or values, or people. `select`: its custom id or placeholder, if there are more."""
        found = self._seen_by(person, place, message)
        fitting = [each for each in selects(found) if select in (None, each["custom_id"], each.get("placeholder"))]
        assert len(fitting) == 1, f"{len(fitting)} selects are {select!r}"
        menu = fitting[0]
        assert not menu.get("disabled"), "the select is disabled"
        least, most = menu.get("min_values", 1), menu.get("max_values", 1)
        assert least <= len(chosen) <= most, f"choose {least} to {most}"
        filling = Filling(world=self.world, channel=found.channel)
        data = {
            "custom_id": menu["custom_id"],
            "component_type": menu["type"],
            "id": menu["id"],
            "values": [_picked(menu, each, filling) for each in chosen],
        }
        data |= {"resolved": filling.resolved} if menu["type"] != 3 else {}
        return self._asks(person, found.channel, COMPONENT, data, found)

    def submits(
        self,
        person: User,
        interaction: int,
        fields: Mapping[str, str | Sequence[str]],
        files: Mapping[str, Sequence[Attached]] | None = None,
    ) -> int:
        """Sends off the modal that this interaction opened; the id of the new interaction.

        `fields`: by label or custom id, text or what is chosen in a select; `files`: what is uploaded.
        """
        asked = self.world.interactions[interaction]
        assert asked.user is person, "the modal stands on another's screen"
        modals = [seen.modal for seen in asked.seen if seen.modal is not None]
        assert modals, "no modal was opened"
        filling = Filling(world=self.world, channel=asked.channel)
        data = submission(modals[0], fields, files or {}, filling)
        return self._asks(person, asked.channel, MODAL, data, asked.message)

    def time_runs_out(self) -> None:
        """The three seconds of all interactions without an answer are over."""
        for each in self.world.interactions.values():
            each.is_lost = each.is_lost or not each.is_answered

    def _seen_by(self, person: User, place: Place, message: int) -> Message:
        found = self.message(place, message)
        assert found.only_for in {None, person.id}, f"{person.username} does not see this message"
        return found

    def _asks(self, person: User, channel: Channel, kind: int, data: Json, message: Message | None = None) -> int:
        world = self.world
        asked = Interaction(
            id=world.snowflake(),
            token=world.token(),
            type=kind,
            user=person,
            channel=channel,
            at=world.now(),
            asked_at=world.seconds(),
            data=data,
            message=message,
        )
        world.interactions[asked.id] = world.tokens[asked.token] = asked
        guild = str(channel.guild.id) if channel.guild else None
        world.dispatch("INTERACTION_CREATE", posts.interaction(world, asked), guild_id=guild)
        return asked.id


def _command(command: Json) -> Json:
    data = {"id": command["id"], "name": command["name"], "type": command["type"]}
    return data | ({"guild_id": command["guild_id"]} if "guild_id" in command else {})


def _nested(command: Json, below: list[str], filled: list[Json]) -> list[Json]:
    """The options inside the subcommands they belong to."""
    kinds, options = [], command.get("options") or []
    for word in below:
        found = next(option for option in options if option["name"] == word)
        kinds.append((word, found["type"]))
        options = found.get("options") or []
    for word, kind in reversed(kinds):
        filled = [{"name": word, "type": kind, "options": filled}]
    return filled


def _check_may_use(command: Json, channel: Channel, person: User) -> None:
    if channel.guild is None:
        contexts = command.get("contexts")
        assert command["dm_permission"] if contexts is None else 1 in contexts, "the command is not for DMs"
        return
    assert may(channel, person.id, Right.VIEW_CHANNEL, Right.USE_APPLICATION_COMMANDS), "no commands for them here"
    needed = int(command["default_member_permissions"] or 0)
    assert in_channel(channel, person.id) & needed == needed, f"{person.username} may not use /{command['name']}"


def _picked(menu: Json, chosen: str | User, filling: Filling) -> str:
    if isinstance(chosen, User):
        assert menu["type"] in {5, 7}, "people can't be chosen here"
        filling.user(chosen)
        return str(chosen.id)
    fitting = [option["value"] for option in menu["options"] if chosen in (option["label"], option["value"])]
    assert fitting, f"no option {chosen!r}, only {[option['label'] for option in menu['options']]}"
    return str(fitting[0])
