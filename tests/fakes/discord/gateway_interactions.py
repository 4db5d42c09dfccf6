"""The shape of INTERACTION_CREATE: a command, a press, a completion, a modal."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from msgspec import UNSET, Struct, UnsetType

from tests.fakes.discord.gateway_shapes import Id, Message, PartialMember, Permissions, User


class InteractionMember(PartialMember):
    user: User
    permissions: Permissions


class CommandData(TypedDict):
    id: Id
    name: str
    type: int
    options: NotRequired[list[dict[str, Any]]]


class ComponentData(TypedDict):
    custom_id: str
    component_type: int
    values: NotRequired[list[str]]


class ModalData(TypedDict):
    custom_id: str
    components: list[dict[str, Any]]


class _Interaction(Struct, kw_only=True, tag_field="type"):
    """In a guild it has a `member`, elsewhere a `user`."""

    id: Id
    application_id: Id
    token: str
    version: Literal[1]
    app_permissions: Permissions
    attachment_size_limit: int
    authorizing_integration_owners: dict[str, str]
    entitlements: list[dict[str, Any]]
    locale: str
    channel_id: Id
    channel: dict[str, Any]
    guild_id: Id | UnsetType = UNSET
    member: InteractionMember | UnsetType = UNSET
    user: User | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.member is UNSET) != (self.guild_id is UNSET) or (self.user is UNSET) == (self.member is UNSET):
            raise ValueError("an interaction has a member in a guild, and a user elsewhere")


class CommandUse(_Interaction, kw_only=True, tag=2):
    data: CommandData


class ComponentUse(_Interaction, kw_only=True, tag=3):
    data: ComponentData
    message: Message


class Autocompletion(_Interaction, kw_only=True, tag=4):
    data: CommandData


class ModalSubmission(_Interaction, kw_only=True, tag=5):
    data: ModalData
    message: Message | UnsetType = UNSET


Interaction = CommandUse | ComponentUse | Autocompletion | ModalSubmission
