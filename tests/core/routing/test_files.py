"""What a home's files say of notifications: the configuration as it is elsewhere works as it is, and what is
wrong is named with its file and place and takes nothing else with it."""

import json
from pathlib import Path
from typing import Any

import pytest

from core import config
from core.errors import HomeError
from core.home import Home
from core.routing.checking import check_files
from core.routing.configuration import Configuration, Deadlines

EXAMPLE = Path("tests/corpora/notifications.json").read_text()
EXAMPLE_IN_TOML = """
[notifications.channels.slack-alerts]
type = "slack"
webhookUrl = "https://hooks.slack.com/services/T00/B00/xxx"

[notifications.channels.ops-email]
type = "email"
provider = "smtp"
host = "smtp.example.com"
port = 587
from = "polpo@example.com"
to = ["ops@example.com"]

[notifications.channels.telegram-oncall]
type = "telegram"
botToken = "${TELEGRAM_BOT_TOKEN}"
chatId = "-1001234567890"

[notifications.channels.webhook-pagerduty]
type = "webhook"
url = "https://events.pagerduty.com/v2/enqueue"
headers.Authorization = "Token token=${PD_TOKEN}"

[[notifications.rules]]
id = "failed-tasks"
name = "Notify on task failure"
events = ["task:transition"]
condition = { field = "to", op = "==", value = "failed" }
channels = ["slack-alerts"]
severity = "critical"

[[notifications.rules]]
id = "sla-warnings"
name = "SLA approaching deadline"
events = ["sla:warning", "sla:violated"]
channels = ["ops-email", "slack-alerts"]
severity = "warning"
cooldownMs = 300000
"""
SET = {"TELEGRAM_BOT_TOKEN": "12345678:AAE-bcdefghijklmnop", "PD_TOKEN": "pd-sesame"}
DESKTOP = {"channels": {"here": {"type": "desktop"}}}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


def read(
    home: Home, environment: dict[str, str] = SET, *, toml: str = "", json: str | None = None
) -> Configuration:
    home.config.write_text(toml)
    if json is not None:
        home.notifications.write_text(json)
    for file in (home.config, home.notifications):
        if file.exists():
            file.chmod(0o600)
    home.check()
    return check_files(home, config.load(home.config), environment)


def problems(found: Configuration) -> list[str]:
    return [f"{problem.place}: {problem.sentence}" for problem in found.problems]


@pytest.mark.parametrize("way", ["json", "toml", "not nested"])
def test_the_configuration_as_it_is_elsewhere_works_as_it_is(home: Home, way: str) -> None:
    inner = json.dumps(json.loads(EXAMPLE)["settings"]["notifications"])
    files: dict[str, Any] = {
        "json": {"json": EXAMPLE},
        "toml": {"toml": EXAMPLE_IN_TOML},
        "not nested": {"json": inner},
    }
    found = read(home, **files[way])
    assert problems(found) == []
    assert {channel.name: channel.type for channel in found.channels.values()} == {
        "slack-alerts": "slack",
        "ops-email": "email",
        "telegram-oncall": "telegram",
        "webhook-pagerduty": "webhook",
    }
    assert [(rule.id, rule.channels, rule.severity, rule.cooldown_ms) for rule in found.rules] == [
        ("failed-tasks", ("slack-alerts",), "critical", 0),
        ("sla-warnings", ("ops-email", "slack-alerts"), "warning", 300_000),
    ]


@pytest.mark.parametrize("value", ["", None])
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("TELEGRAM_BOT_TOKEN", "channels.telegram-oncall.botToken"),
        ("PD_TOKEN", "channels.webhook-pagerduty.headers.Authorization"),
    ],
)
def test_a_missing_variable_is_named_with_channel_and_field(
    home: Home, name: str, place: str, value: str | None
) -> None:
    environment = {**SET, name: value} if value is not None else {k: v for k, v in SET.items() if k != name}
    found = read(home, environment, json=EXAMPLE)
    channel, field = place.split(".", 2)[1:]
    assert problems(found) == [
        f"notifications.json: settings.notifications.{place}: The channel {channel} needs the variable {name} for"
        f" {field}, which is not set in the server's environment: set it there, and start the server again."
    ]
    assert len(found.rules) == 2


def test_a_missing_variable_of_the_toml_is_named_with_its_line(home: Home) -> None:
    found = read(home, {"PD_TOKEN": "x"}, toml=EXAMPLE_IN_TOML)
    assert problems(found)[0].startswith(
        "config.toml:16: [notifications.channels.telegram-oncall] botToken: The channel telegram-oncall needs"
    )


WRONG = [
    ({"channels": {"a b": {"type": "desktop"}}}, 'channels["a b"]: A channel\'s name has 1 to 64 letters'),
    (
        {"channels": {"x": {"type": "slak"}}},
        "channels.x.type: There is no such type of channel; did you mean slack?",
    ),
    ({"channels": {"x": {"type": 3}}}, "channels.x.type: Say as a text which type"),
    ({"channels": {"x": {}}}, "channels.x: It needs a type: slack, telegram,"),
    ({"channels": {"x": 3}}, "channels.x: A channel is a table"),
    ({"channels": []}, "channels: Channels are a table"),
    ({"channels": {"x": {"type": "slack"}}}, "channels.x: The channel x needs webhookUrl."),
    (
        {"channels": {"x": {"type": "slack", "webhookURL": "https://a.example"}}},
        "channels.x.webhookURL: The channel x has a setting 'webhookURL' that there is not; did you mean",
    ),
    (
        {"channels": {"x": {"type": "desktop", "ratePerMinute": 0}}},
        "channels.x.ratePerMinute: The channel x cannot use ratePerMinute: it is a whole number >= 1.",
    ),
    (
        {"channels": {"x": {"type": "email", "provider": "pigeon", "to": "a@b.example"}}},
        "channels.x.provider: The channel x cannot use provider: choose one of smtp, resend, sendgrid.",
    ),
    ({"chanels": {}}, "chanels: There is no such setting; did you mean channels?"),
    ({"rules": {}}, "rules: This is a list of rules"),
    (
        {"rules": [{"id": "r", "events": ["*"], "channels": ["here"], "condition": {"and": [{"op": "=="}]}}]},
        "rules[0].condition.and[0]",
    ),
    (
        {"rules": [{"id": "r", "events": ["*"], "channels": ["her"]}]},
        "rules[0].channels: The rule r names the channel 'her', and there is none of this name; did you",
    ),
    (
        {"rules": [{"id": "kept", "events": ["*"], "channels": ["here"]}] * 2},
        "rules[1].id: Another rule has the id 'kept'",
    ),
    ({"baseUrls": {"slak": "http://x.example"}}, "baseUrls.slak: There is no such setting; did you mean slack?"),
    ({"baseUrls": {"slack": "x"}}, "baseUrls.slack: A base URL begins with http:// or https://."),
    ({"baseUrls": 3}, "baseUrls: Base URLs are a table"),
    ({"sla": {"warningThreshold": 2}}, "sla.warningThreshold: A warning is due after a part of the time"),
    ({"sla": {"warningChannels": "ops"}}, "sla.warningChannels: This is a list of the names of channels."),
    ({"sla": []}, "sla: What is said of deadlines is a table."),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_is_named_with_its_place_and_takes_nothing_else_with_it(
    home: Home, wrong: dict[str, Any], said: str
) -> None:
    kept = '[notifications.channels.here]\ntype = "desktop"\n[[notifications.rules]]\nid = "mine"\n'
    found = read(home, toml=kept + 'events = ["**"]\nchannels = ["here"]\n', json=json.dumps(wrong))
    assert len(problems(found)) == 1
    assert problems(found)[0].startswith(f"notifications.json: {said}")
    assert "here" in found.channels
    assert found.rules[0].id == "mine"


UNREADABLE = [
    ("{", "notifications.json:1: This is not JSON: "),
    ("{\n 'a': 1}", "notifications.json:2: This is not JSON: "),
    ("[" * 100_000, "notifications.json: The values are nested too deeply."),
    ('{"rules": [' + "[" * 200 + "]" * 200 + "]}", "notifications.json: The values are nested too deeply."),
    ('{"channels": NaN}', "notifications.json: This cannot be read: NaN is no number of JSON."),
    ('{"rules": [1' + "0" * 5_000 + "]}", "notifications.json: This cannot be read: "),
    ("[]", "notifications.json: It is an object with channels and rules."),
    ('{"settings": 3}', "notifications.json: settings: This is an object."),
    ('{"settings": {"notifications": 3}}', "notifications.json: settings.notifications: This is an object."),
    ('{"settings": {}, "rules": []}', "notifications.json: rules: Put this into settings.notifications"),
    (
        '{"channels": {"a": {"type": "desktop"}, "a": {"type": "desktop"}}}',
        'notifications.json: The key "a" is in one table twice; only the later counts.',
    ),
]


@pytest.mark.parametrize(("text", "said"), UNREADABLE, ids=range(len(UNREADABLE)))
def test_a_file_that_cannot_be_read_is_one_problem_and_loses_nothing_else(
    home: Home, text: str, said: str
) -> None:
    found = read(home, toml='[notifications.channels.here]\ntype = "desktop"', json=text)
    assert len(problems(found)) == 1
    assert problems(found)[0].startswith(said)
    assert "here" in found.channels
    assert found.unusable is None


def test_a_channel_that_is_named_and_wrong_is_still_named(home: Home) -> None:
    text = {"channels": {"typo": {"type": "slakc"}, "none": 5, "here": {"type": "desktop"}}}
    assert read(home, json=json.dumps(text)).unusable == frozenset({"typo", "none"})
    assert read(home, toml="[notifications]\nchannels = 5", json=json.dumps(text)).unusable is None
    assert read(home, json=json.dumps(DESKTOP)).unusable == frozenset()


def test_a_file_that_is_not_text_is_one_problem(home: Home) -> None:
    home.notifications.write_bytes(b"\xff\xfe{")
    assert problems(read(home)) == ["notifications.json: The file is not UTF-8 text."]


def test_the_other_settings_of_the_file_are_not_ours(home: Home) -> None:
    whole = json.loads(EXAMPLE)
    whole |= {"project": "x", "agents": []}
    whole["settings"]["other"] = 1
    assert problems(read(home, json=json.dumps(whole))) == []


def test_of_a_channel_in_both_files_the_later_is_the_problem(home: Home) -> None:
    found = read(home, toml='[notifications.channels.here]\ntype = "desktop"', json=json.dumps(DESKTOP))
    assert problems(found) == [
        "notifications.json: channels.here: There is already a channel of this name, at config.toml:1:"
        " [notifications.channels.here]; give this one another."
    ]


def test_of_a_rule_in_both_files_the_later_is_the_problem(home: Home) -> None:
    rule = {"id": "r", "events": ["*"], "channels": ["here"]}
    toml = '[[notifications.rules]]\nid = "r"\nevents = ["a"]\nchannels = ["here"]'
    found = read(home, toml=toml, json=json.dumps({**DESKTOP, "rules": [rule]}))
    assert [problem.place for problem in found.problems] == ["notifications.json: rules[0].id"]
    assert [rule.place for rule in found.rules] == ["config.toml:1: notifications.rules[0]"]


def test_what_others_can_write_is_refused(home: Home) -> None:
    read(home, json=EXAMPLE)
    home.notifications.chmod(0o666)
    with pytest.raises(HomeError, match=r"notifications\.json can be written to by others"):
        home.check()


def test_settings_beside_channels_and_rules_are_read(home: Home) -> None:
    toml = """
    [outbound]
    allow = ["10.0.0.0/8", "not an address!"]
    [secrets]
    env = ["HOOK_TOKEN"]
    [notifications.baseUrls]
    telegram = "http://127.0.0.1:9000"
    [notifications.sla]
    warningThreshold = 0.5
    warningChannels = ["here", "here"]
    """
    found = read(home, toml=toml, json=json.dumps(DESKTOP))
    assert (found.allow, found.env) == (("10.0.0.0/8",), frozenset({"HOOK_TOKEN"}))
    assert found.base_urls == {"telegram": "http://127.0.0.1:9000"}
    assert found.deadlines == Deadlines(0.5, ("here",))
    assert [problem.place for problem in found.problems] == ["config.toml:3: [outbound] allow"]


def test_keys_that_mean_nothing_here_are_a_notice(home: Home) -> None:
    channels = {"x": {"type": "slack", "webhookUrl": "https://hooks.slack.com/services/a", "apiKey": "k"}}
    rules = [{"id": "r", "events": ["*"], "channels": ["x"], "includeOutcomes": True}]
    found = read(home, json=json.dumps({"channels": channels, "rules": rules}))
    assert problems(found) == []
    assert [notice.place for notice in found.notices] == [
        "notifications.json: rules[0].includeOutcomes",
        "notifications.json: channels.x.apiKey",
    ]


def test_hostile_names_are_quoted_and_short(home: Home) -> None:
    hostile = {
        "\x1b]0;x\x07": {"type": "desktop"},
        "\ud800": {"type": "desktop"},
        "x" * 5000: {"type": "desktop"},
    }
    found = read(home, json=json.dumps({"channels": hostile}))
    places = [problem.place for problem in found.problems]
    assert places[0] == 'notifications.json: channels["\\u001b]0;x\\u0007"]'
    assert all(len(place) < 200 for place in places)
    assert "\ud800" not in "".join(places)
    assert found.channels == {}


def test_a_rule_far_down_in_a_long_file_is_found_at_once(home: Home) -> None:
    rule = '[[notifications.rules]]\nid = "r{n}"\nevents = ["a"]\nchannels = ["here"]\n'
    toml = '[notifications.channels.here]\ntype = "desktop"\n' + "".join(
        rule.replace("{n}", str(n)) for n in range(1000)
    )
    found = read(home, toml=toml)
    assert found.rules[-1].place == f"config.toml:{3 + 999 * 4}: notifications.rules[999]"
