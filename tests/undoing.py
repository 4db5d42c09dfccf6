"""A feature for tests alone: `/undo KIND OBJECT` says that a fact about oneself holds no longer."""

from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.features import FEATURES


def with_undoing() -> tuple[Feature, ...]:
    feature = Feature("undoing")

    @feature.command("undo", is_listed=False)
    def undo(ctx: Context, cmd: CommandInvoked) -> None:
        kind, _, object = cmd.text.partition(" ")
        ctx.retract(kind, object)

    return (*FEATURES, feature)
