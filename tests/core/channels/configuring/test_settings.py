"""The settings of channels: variables in them, what is shown of them, and what is kept when they come back."""

from typing import Any

import pytest

from core.api.channels import ChannelType, Setting
from core.channels.configuring.configured import ConfiguredChannel
from core.channels.configuring.reading import TYPES
from core.channels.configuring.secrets import Variables, shown
from core.channels.configuring.settings import ChannelRead, read_settings
from core.channels.configuring.showing import kept_settings, shown_settings
from core.errors import InvalidError

ENVIRONMENT = {
    "HOOK_TOKEN": "tok-${OTHER}-9c1f",
    "OTHER": "never looked at",
    "PORT": "2525",
    "WHO": "ops@example.com",
    "CHAT": "-1001234567890",
    "EMPTY": "",
}
HOOK: dict[str, Any] = {"url": "https://hooks.example.com/x"}
MAIL: dict[str, Any] = {
    "provider": "smtp",
    "host": "smtp.example.com",
    "from": "a@example.com",
    "to": "b@example.com",
}


def read(kind: ChannelType, allowed: set[str] | None = None, **settings: object) -> ChannelRead:
    source = "file" if allowed is None else "api"
    return read_settings(ConfiguredChannel("ops", kind, settings, source), Variables(ENVIRONMENT, allowed))  # type: ignore[arg-type]


def sentences(found: ChannelRead) -> list[str]:
    return [f"{problem.place}: {problem.sentence}" for problem in found.problems]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("${HOOK_TOKEN}", "tok-${OTHER}-9c1f"),
        ("Token token=${HOOK_TOKEN}", "Token token=tok-${OTHER}-9c1f"),
        ("${WHO}/${WHO}", "ops@example.com/ops@example.com"),
        ("$HOOK_TOKEN ${hook} ${} ${1A} $${", "$HOOK_TOKEN ${hook} ${} ${1A} $${"),
        ("$${CHAT}}", "$-1001234567890}"),
    ],
)
def test_a_variable_is_replaced_anywhere_and_once(written: str, sent: str) -> None:
    found: Any = read("webhook", **HOOK, headers={"X-Token": written}).settings
    assert found.headers["X-Token"].reveal() == sent


def test_numbers_and_lists_may_be_variables_too() -> None:
    found: Any = read("email", **{**MAIL, "port": "${PORT}", "to": ["${WHO}", "c@example.com"]}).settings
    assert (found.port, found.to) == (2525, ["ops@example.com", "c@example.com"])


@pytest.mark.parametrize("name", ["NOWHERE", "EMPTY"])
def test_a_variable_that_is_not_set_is_named_with_channel_and_field(name: str) -> None:
    found = read("webhook", **HOOK, headers={"A": f"Bearer ${{{name}}}"})
    assert found.settings is None
    assert sentences(found) == [
        f"headers.A: The channel ops needs the variable {name} for headers.A, which is not set in the server's"
        " environment: set it there, and start the server again."
    ]


def test_over_the_api_only_listed_variables_can_be_used() -> None:
    settings = {**HOOK, "headers": {"A": "${HOOK_TOKEN}", "B": "${WHO}"}}
    assert sentences(read("webhook", {"WHO"}, **settings)) == [
        "headers.A: The channel ops needs the variable HOOK_TOKEN for headers.A, which channels made over the API"
        " may not use: add it to env under [secrets] in config.toml."
    ]
    assert sentences(read("webhook", {"WHO", "HOOK_TOKEN"}, **settings)) == []


def test_the_number_of_a_chat_is_taken_as_it_is() -> None:
    for chat in (-1001234567890, "-1001234567890", "${CHAT}"):
        found: Any = read("telegram", botToken="123456:AAEabcdefghij", chatId=chat).settings
        assert str(found.chat_id) == "-1001234567890"


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        ("slack", {}, ": The channel ops needs webhookUrl."),
        ("slack", {"webhookUrl": 3.5}, "webhookUrl: The channel ops cannot use webhookUrl: it is a text"),
        ("slack", {"webhookUrl": None}, "webhookUrl: The channel ops cannot use webhookUrl: it is a text"),
        ("telegram", {"botTokn": "x", "chatId": 1}, "botTokn: The channel ops has a setting 'botTokn'"),
        ("webhook", {**HOOK, "headers": ["a"]}, "headers: The channel ops cannot use headers: it is a table"),
        ("webhook", {**HOOK, "headers": {"A": 1}}, "headers: The channel ops cannot use headers: of each entry"),
        ("webhook", {**HOOK, "headers": {"A": "a\nb"}}, "headers: The channel ops cannot use headers.A"),
        ("email", {**MAIL, "port": "x"}, "port: The channel ops cannot use port: it is a whole number"),
        ("email", {**MAIL, "port": "${WHO}"}, "port: The channel ops cannot use port: it is a whole number"),
        (
            "email",
            {**MAIL, "port": 70_000},
            "port: The channel ops cannot use port: it is a whole number <= 65535",
        ),
        (
            "email",
            {**MAIL, "tls": "maybe"},
            "tls: The channel ops cannot use tls: choose one of starttls, implicit",
        ),
        ("email", {**MAIL, "to": []}, "to: The channel ops cannot use to: name at least one address"),
        ("desktop", {"x": 1}, "x: The channel ops has a setting 'x' that there is not; its type has none."),
    ],
)
def test_what_is_wrong_is_named(kind: ChannelType, settings: dict[str, Any], said: str) -> None:
    found = read(kind, **settings)
    assert found.settings is None
    assert sentences(found)[0].startswith(said)


@pytest.mark.parametrize("kind", TYPES)
def test_no_sentence_says_a_secret(kind: ChannelType) -> None:
    keys = (
        "webhookUrl",
        "botToken",
        "url",
        "apiKey",
        "accessToken",
        "routingKey",
        "password",
        "secret",
        "chatId",
    )
    settings: dict[str, Any] = dict.fromkeys(keys, "sesame \x1b[31m sesame")
    found = read(kind, **settings, provider="sesame")
    assert found.problems
    assert "sesame" not in " ".join(sentences(found))
    assert "sesame" not in repr(found)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("${HOOK_TOKEN}", "${HOOK_TOKEN}"),
        ("Bearer ${HOOK_TOKEN}", "Bearer ${HOOK_TOKEN}"),
        ("Token token=${HOOK_TOKEN}", "Token token=${HOOK_TOKEN}"),
        ("sesame", "***"),
        ("sesame-${HOOK_TOKEN}", "***${HOOK_TOKEN}"),
        ("${HOOK_TOKEN}sesame${WHO}", "${HOOK_TOKEN}***${WHO}"),
        ("", ""),
    ],
)
def test_of_a_secret_only_its_variables_are_shown(written: str, seen: str) -> None:
    assert shown(written) == seen
    assert shown_settings("webhook", {"url": written, "headers": {"A": written}}) == {
        "url": seen,
        "headers": {"A": seen},
    }


def test_what_is_no_secret_is_shown_and_what_is_not_known_is_not() -> None:
    settings = {**MAIL, "port": 25, "password": "sesame", "unknown": "sesame", "odd": {"a": ["sesame"]}}
    assert shown_settings("email", settings) == {
        **MAIL,
        "port": 25,
        "password": "***",
        "unknown": "***",
        "odd": {"a": "***"},
    }


def test_a_secret_that_comes_back_as_it_was_shown_stays_what_it_was() -> None:
    before = {"url": "https://sesame.example", "headers": {"A": "Bearer ${WHO}", "B": "open-${WHO}"}}
    back = shown_settings("webhook", before)
    assert kept_settings("webhook", before, back) == before


@pytest.mark.parametrize(
    "after",
    [
        {"url": "https://new.example", "headers": {"B": "***"}},
        {"url": "***", "headers": {"B": "***"}, "baseUrl": "https://new.example"},
        {"url": "***", "baseUrl": "https://new.example"},
    ],
)
def test_a_secret_that_was_only_shown_goes_to_no_other_address(after: dict[str, Setting]) -> None:
    before = {"url": "https://old.example/sesame", "headers": {"A": "${WHO}", "B": "open"}}
    with pytest.raises(InvalidError, match="in full, for nothing secret goes to another place unseen"):
        kept_settings("webhook", before, after)


def test_an_address_changes_with_its_secrets_given_again_or_as_variables() -> None:
    before = {"url": "https://old.example/sesame", "headers": {"A": "Bearer ${WHO}", "B": "open"}}
    after: dict[str, Setting] = {"url": "https://new.example", "headers": {"A": "Bearer ${WHO}", "B": "shut"}}
    assert kept_settings("webhook", before, after) == after


@pytest.mark.parametrize(
    "after",
    [{"secret": "***"}, {"headers": {"B": "***"}}, {"url": "https://***"}, {"headers": {"A": "***${WHO}"}}],
)
def test_stars_are_never_kept(after: dict[str, Setting]) -> None:
    before = {"url": "https://sesame.example", "headers": {"A": "Bearer ${WHO}"}}
    with pytest.raises(InvalidError, match="to keep: give it in full"):
        kept_settings("webhook", before, after)
