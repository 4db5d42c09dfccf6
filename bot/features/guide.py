"""`/help`: what this member can do here."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.dispatch import usable_commands
from bot.engine.feature import Feature
from bot.engine.parameters import text

feature = Feature("help")


@feature.command("help", anywhere=True, words=("帮助",), parameters=(text("command", suggests="commands"),))
def help_(ctx: Context, cmd: CommandInvoked) -> None:
    asked = cmd.text.strip().removeprefix("/").casefold()
    usable = {command.name: command for command in usable_commands(ctx)}
    if asked:
        if asked not in usable:
            raise UserError("help.unknown", command=asked[:32])
        ctx.reply(f"usage.{asked}")
        return
    ctx.reply("help.title")
    for name, command in usable.items():
        word = next((word for word in command.words if word.isascii() == (ctx.language == "en")), None)
        id = "help.line_word" if word else "help.line"
        ctx.reply(id, command=name, word=word, what=Text(id=f"help.{name}"))
    ctx.reply("help.more")


@feature.suggest("commands")
def commands(ctx: Context, typed: str) -> list[tuple[str, Words]]:
    def line(name: str) -> Text:
        return Text(id="help.line", values={"command": name, "what": Text(id=f"help.{name}")})

    return [(command.name, line(command.name)) for command in usable_commands(ctx)]
