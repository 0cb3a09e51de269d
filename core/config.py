"""config.toml: the settings as types, which are also what documents them.

Every error names file, line and key, and the key that was probably meant."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from core.errors import InvalidError
from core.provider_settings import ProviderSettings
from core.secret import Secret
from core.toml import Place, read_toml

_PORT = 65_535
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_NOTIFICATIONS = """\
# Where alerts go, and when. notifications.json in the home can say the same as JSON. ${NAME} is a variable of the
# server's environment. `callboard rules check` says what is wrong; `callboard rules reload` makes it hold.
#[notifications.channels.ops]
#type = "slack"
#webhookUrl = "${SLACK_WEBHOOK_URL}"
#
#[notifications.channels.on-call]
#type = "telegram"
#botToken = "${TELEGRAM_BOT_TOKEN}"
#chatId = "-1001234567890"
#
#[[notifications.rules]]
#id = "failed-tasks"
#name = "A task failed"
#events = ["task:transition"]
#condition = { field = "to", op = "==", value = "failed" }
#channels = ["ops"]
#severity = "critical"
#cooldownMs = 300000
#
# Tell the channels of the deadlines of tickets and missions.
#[notifications.sla]
#warningThreshold = 0.8
#warningChannels = ["ops"]
#violationChannels = ["ops", "on-call"]
#
# Send to another address of a service, as to a proxy; [outbound] allow has to let it through.
#[notifications.baseUrls]
#telegram = "http://127.0.0.1:9000"
"""


class ServerSettings(Struct, frozen=True):
    """Where the server listens, and for whom."""

    http: Annotated[
        str | None,
        Meta(
            description="The TCP door, for API keys: HOST:PORT. There is none by default.",
            examples=["127.0.0.1:8321"],
        ),
    ] = None
    allow_remote: Annotated[
        bool, Meta(description="Let the TCP door listen on an address other than this machine's loopback.")
    ] = False
    public_url: Annotated[
        str | None,
        Meta(
            description="How others reach this server, for links in messages.",
            examples=["https://callboard.example.org"],
        ),
    ] = None
    group: Annotated[
        str | None,
        Meta(
            description="The operating-system group whose members may use the socket. By default only the owner.",
            examples=["developers"],
        ),
    ] = None


class DatabaseSettings(Struct, frozen=True):
    """Where the data is. By default in a SQLite file in the home."""

    url: Annotated[
        Secret | None,
        Meta(
            description="A PostgreSQL database. CALLBOARD_DATABASE_URL in the environment has precedence.",
            examples=["postgresql://callboard@/callboard"],
        ),
    ] = None
    url_file: Annotated[
        str | None,
        Meta(
            description="A file that contains the URL, instead of the URL.",
            examples=["/run/credentials/callboard.service/database"],
        ),
    ] = None
    durability: Annotated[
        Literal["full", "normal"],
        Meta(
            description="SQLite only: 'full' keeps what was acknowledged even when the power fails;"
            " 'normal' may lose the last moments then."
        ),
    ] = "full"


class LogSettings(Struct, frozen=True):
    """The server's log: JSON lines in the home's folder logs."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="The lowest level that is logged.")
    ] = "info"


class RetentionSettings(Struct, frozen=True):
    """How long notifications stay. Starred ones stay for good."""

    read_days: Annotated[int, Meta(description="Days for those that were read.", ge=1, le=36_500)] = 30
    unread_days: Annotated[int, Meta(description="Days for those that were not.", ge=1, le=36_500)] = 90
    event_days: Annotated[int, Meta(description="Days for events.", ge=1, le=36_500)] = 90
    delivery_days: Annotated[
        int, Meta(description="Days for deliveries that were settled, with their attempts.", ge=1, le=36_500)
    ] = 90


class SessionSettings(Struct, frozen=True):
    """How sessions are run."""

    at_once: Annotated[int, Meta(description="How many run at the same time.", ge=1, le=100)] = 2
    output_mb: Annotated[
        int,
        Meta(
            description="Megabytes that are kept of what one turn prints; of more, its beginning and its end.",
            ge=1,
            le=10_000,
        ),
    ] = 20
    approval_hours: Annotated[
        float, Meta(description="Hours to answer an approval; after them it counts as refused.", gt=0, le=720)
    ] = 4.0
    keep_days: Annotated[
        int, Meta(description="Days for what the turns of ended sessions printed.", ge=1, le=36_500)
    ] = 90


class OutboundSettings(Struct, frozen=True):
    """What channels may reach besides public addresses."""

    allow: Annotated[
        tuple[str, ...],
        Meta(
            description="Addresses, networks and hosts, with a port or for all:"
            ' ["127.0.0.1/32:9000", "10.0.0.0/8", "hooks.internal"].'
        ),
    ] = ()


class SecretsSettings(Struct, frozen=True):
    """What channels that are made over the API may use of the server's environment; those of files use any."""

    env: Annotated[
        tuple[str, ...],
        Meta(description='The variables that ${NAME} may name there: ["TELEGRAM_BOT_TOKEN"].'),
    ] = ()


class Settings(Struct, frozen=True):
    """All that a home's config.toml can say. What stands under `notifications` is read by itself, so that a
    mistake in a rule takes nothing else with it."""

    server: ServerSettings = field(default_factory=ServerSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    log: LogSettings = field(default_factory=LogSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    sessions: SessionSettings = field(default_factory=SessionSettings)
    providers: dict[str, ProviderSettings] = field(default_factory=dict)
    outbound: OutboundSettings = field(default_factory=OutboundSettings)
    secrets: SecretsSettings = field(default_factory=SecretsSettings)
    notifications: dict[str, Any] = field(default_factory=dict)


def load(path: Path) -> Settings:
    """The settings of this file, or the defaults where there is none."""
    return read_toml(path, Settings, _check)


def example() -> str:
    """A config.toml that says every default, in comments."""
    from core.toml import example_of

    return f"{example_of(Settings)}\n{_NOTIFICATIONS}"


def database_url(settings: DatabaseSettings, environment: Mapping[str, str] = os.environ) -> Secret | None:
    """The PostgreSQL database to use, if it is not SQLite."""
    if found := environment.get("CALLBOARD_DATABASE_URL"):
        url = Secret(found)
    elif settings.url_file is not None:
        try:
            url = Secret(Path(settings.url_file).read_text().strip())
        except (OSError, UnicodeDecodeError):
            raise InvalidError(
                "The file that [database] url_file names cannot be read.", settings.url_file
            ) from None
    elif settings.url is not None:
        url = settings.url
    else:
        return None
    if not url.reveal().startswith("postgresql://"):
        raise InvalidError("The database's URL must begin with postgresql://; leave it out for SQLite.")
    return url


def listening_address(text: str, *, allow_remote: bool = False) -> tuple[str, int]:
    """Host and port of a TCP door."""
    host, colon, port = text.rpartition(":")
    host = host.strip("[]")
    if not colon or not host or not port.isdecimal() or int(port) > _PORT:
        raise InvalidError(f"'{text}' is not an address to listen on: write HOST:PORT, as in 127.0.0.1:8321.")
    if not allow_remote and not _is_loopback(host):
        raise InvalidError(
            f"{host} is not this machine's loopback address: put a proxy with TLS in front of 127.0.0.1,"
            " or set allow_remote = true under [server] to listen there anyway."
        )
    return host, int(port)


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check(settings: Settings) -> Place | None:
    """What no type can say: the first key that is wrong, and why."""
    server, database = settings.server, settings.database
    if server.http is not None:
        try:
            listening_address(server.http, allow_remote=server.allow_remote)
        except InvalidError as error:
            return Place(("server", "http"), error.sentence)
    if server.public_url is not None and not server.public_url.startswith(("http://", "https://")):
        return Place(("server", "public_url"), "a URL begins with http:// or https://")
    if database.url is not None and not database.url.reveal().startswith("postgresql://"):
        return Place(("database", "url"), "it must begin with postgresql://; leave it out for SQLite")
    if database.url is not None and database.url_file is not None:
        return Place(("database", "url_file"), "give either url or url_file")
    for name in settings.secrets.env:
        if not _VARIABLE.fullmatch(name):
            return Place(
                ("secrets", "env"), "a variable's name has capitals, digits and _, and begins with no digit"
            )
    return _check_providers(settings.providers) if settings.providers else None


def _check_providers(providers: Mapping[str, ProviderSettings]) -> Place | None:
    from core.provider_presets import PRESETS
    from core.provider_settings import overlaid, wrong_name, wrong_with

    for name, told in providers.items():
        if sentence := wrong_name(name):
            return Place(("providers", name), sentence)
        if wrong := wrong_with(overlaid(PRESETS.get(name, ProviderSettings()), told)):
            return Place(("providers", name, wrong.key), wrong.sentence)
    return None
