"""config.yaml as frozen settings. Secrets are named, `env:NAME`, and never stand in the file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.errors import Problem, RulesRejected
from bot.domain.ids import Language, language_of
from bot.domain.messages import Text
from rules.complaints import Complaints, in_order
from rules.fields import CourseLanguage, Words, mistake
from rules.reader import read
from rules.shapes import fit, mapping
from rules.unreadable import Unreadable


def _secret(value: str) -> str:
    if not value.startswith("env:") or len(value) < 5:
        raise mistake("problem.secret_in_file")
    return value


Secret = Annotated[str, AfterValidator(_secret)]
"""The name of an environment variable, as `env:NAME`."""

_DRIVERS = ("sqlite", "postgresql", "postgresql+psycopg")


def _address(value: str) -> str:
    if value.startswith("env:"):
        return value
    if not _is_database(value):
        raise mistake("problem.bad_database")
    if make_url(value).password:
        raise mistake("problem.secret_in_file")
    return value


def _is_database(address: str) -> bool:
    """Whether we can keep data there: a SQLite file, or PostgreSQL."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        return False
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        return False
    return url.drivername in _DRIVERS


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Webhook(_Section):
    """Where the platform sends updates to, and where we listen for them."""

    url: str = Field(pattern=r"^https?://[^/\s]+(/\S*)?$")  # as the platform reaches it
    listen: str = Field(default="127.0.0.1:8443", pattern=r"^[0-9A-Za-z.:_-]+:[0-9]{1,5}$")
    secret: Secret


class Telegram(_Section):
    token: Secret
    mode: Literal["polling", "webhook"] = "polling"
    api: str = Field(default="https://api.telegram.org", pattern=r"^https?://\S+$")
    webhook: Webhook | None = None

    @model_validator(mode="after")
    def _has_its_webhook(self) -> Self:
        if (self.mode == "webhook") != (self.webhook is not None):
            raise mistake("problem.webhook_or_polling")
        return self


class Discord(_Section):
    token: Secret
    api: str = Field(default="https://discord.com/api/v10", pattern=r"^https?://\S+$")
    gateway: str = Field(default="wss://gateway.discord.gg", pattern=r"^wss?://\S+$")


class Local(_Section):
    port: int = Field(default=8080, ge=0, le=65535)


class Platforms(_Section):
    telegram: Telegram | None = None
    discord: Discord | None = None
    local: Local | None = None

    def named(self) -> list[str]:
        """The platforms that are switched on."""
        return [name for name in ("telegram", "discord", "local") if getattr(self, name) is not None]


class _File(_Section):
    database: Annotated[Words, AfterValidator(_address)] = "sqlite:///data/homeroom.db"
    data: Words = "./data"
    language: CourseLanguage = "zh_Hans"
    courses: list[Words] = Field(default_factory=list)
    platforms: Platforms = Platforms()


class Settings(_Section):
    """What one installation is set to; paths are absolute."""

    database: str
    data: Path
    language: Language
    courses: tuple[Path, ...]
    platforms: Platforms


def load_config(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read config.yaml; paths in it count from its own folder. Raises RulesRejected with everything that is wrong."""
    complaints = Complaints(file=path.name)
    document = _read(path, complaints)
    shape = fit(_File, document, complaints, name="config", language="zh_Hans") if document else None
    if shape is None or complaints.problems:
        raise RulesRejected(in_order(complaints.problems))
    home = path.resolve().parent
    database = resolved(shape.database, environment, path)
    if not _is_database(database):
        raise RulesRejected([problem(path, "problem.bad_database", name="database")])
    return Settings(
        database=_database(database, home),
        data=home / shape.data,
        language=shape.language,
        courses=tuple((home / course).resolve() for course in shape.courses),
        platforms=shape.platforms,
    )


def _read(path: Path, complaints: Complaints) -> Any:
    try:
        document = read(path.read_bytes())
    except OSError:
        raise RulesRejected([problem(path, "problem.no_config", name=str(path))]) from None
    except Unreadable as trouble:
        complaints.take(trouble, trouble.text)
        return None
    for flaw in document.flaws:
        complaints.take(flaw, flaw.text)
    return mapping(document.root, complaints, name="config")


def resolved(value: str, environment: Mapping[str, str], path: Path) -> str:
    """The value itself, or what the environment holds for `env:NAME`."""
    if not value.startswith("env:"):
        return value
    name = value.removeprefix("env:")
    if not environment.get(name):
        raise RulesRejected([problem(path, "problem.no_environment", name=name)])
    return environment[name]


def require_secrets(platforms: Platforms, environment: Mapping[str, str], path: Path) -> None:
    """Raises RulesRejected where one that the platforms need is not in the environment."""
    telegram, discord = platforms.telegram, platforms.discord
    if telegram:
        resolved(telegram.token, environment, path)
    if telegram and telegram.webhook:
        resolved(telegram.webhook.secret, environment, path)
    if discord:
        resolved(discord.token, environment, path)


def problem(path: Path, id: str, **values: str) -> Problem:
    """A problem with the whole file."""
    return Problem(file=path.name, line=1, column=1, text=Text(id=id, values=values))


def _database(url: str, home: Path) -> str:
    """A relative SQLite path counts from the config file, wherever the program was started."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or Path(parsed.database).is_absolute():
        return url.replace("postgresql://", "postgresql+psycopg://", 1)
    return f"sqlite:///{(home / parsed.database).as_posix()}"


def operator_language(environment: Mapping[str, str]) -> Language:
    """The language of the shell."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return language_of(environment[name]) or "en"
    return "en"
