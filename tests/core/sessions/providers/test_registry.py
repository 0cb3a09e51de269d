"""Which providers there are, what is configured for them, and what is told of them."""

import os
from pathlib import Path

import pytest

from core.api import providers as api
from core.clock import MINUTE, ManualClock
from core.config import load
from core.errors import InvalidError, NotFoundError
from core.provider_presets import PRESETS
from core.provider_settings import ProviderSettings, wrong_with
from core.sessions.providers.acp.provider import AcpProvider
from core.sessions.providers.command import CommandProvider
from core.sessions.providers.registry import Providers
from core.sessions.providers.service import ProvidersOfServer
from core.sessions.supervision.command import Limits
from tests.servers import here, home_in

CONFIGURED = """
[providers.codex]
models = ["gpt-5.5", "small"]
timeout_s = 0
env = { TOKEN = "very-secret" }
pass_env = ["HIDDEN"]
[providers.codex.price."gpt-5.5"]
input = 1.25
output = 10
[providers.mine]
argv = ["/bin/sh", "{prompt_file}"]
prompt = "file"
[providers.far]
kind = "acp"
argv = ["no-such-agent"]
"""


def configured(folder: Path) -> Providers:
    path = folder / "config.toml"
    path.write_text(CONFIGURED)
    return Providers(load(path).providers, os.environ)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_whole(name: str) -> None:
    assert wrong_with(PRESETS[name]) is None


def test_a_table_of_a_preset_changes_what_it_says_and_no_more(tmp_path: Path) -> None:
    providers = configured(tmp_path)

    codex = providers.get("codex")
    assert isinstance(codex, CommandProvider)
    assert codex.settings.argv == PRESETS["codex"].argv
    assert codex.models == ("gpt-5.5", "small")
    assert codex.limits == Limits(None, 900.0)
    assert codex.can_resume
    assert isinstance(providers.get("far"), AcpProvider)
    assert providers.get("aider").ignore == ("**/.aider*",)
    assert providers.default == "shell"
    assert providers.names()[0] == "shell"
    assert providers.names()[-2:] == ["mine", "far"]


WRONG = [
    ("codx", None, "There is no provider codx; did you mean codex?"),
    ("\x1b", None, "There is no provider \x1b; there are shell, codex,"),
    ("codex", "gpt-5.4", "The provider codex has no model gpt-5.4; did you mean gpt-5.5?"),
    ("claude", "--dangerous", "A model's name is printable, and does not begin with a minus."),
    ("claude", "", "A model's name is printable"),
]


@pytest.mark.parametrize(("name", "model", "said"), WRONG)
def test_what_is_not_there_is_refused_with_what_was_meant(
    tmp_path: Path, name: str, model: str | None, said: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        configured(tmp_path).check_model(name, model)
    assert caught.value.sentence.startswith(said)


def test_a_model_is_taken_from_the_list_or_any_where_there_is_none(tmp_path: Path) -> None:
    providers = configured(tmp_path)

    providers.check_model("codex", None)
    providers.check_model("codex", "small")
    providers.check_model("claude", "any/model:1")


async def test_what_was_found_stays_for_a_minute(tmp_path: Path, clock: ManualClock) -> None:
    program = tmp_path / "agent"
    settings = {"mine": ProviderSettings(argv=(str(program),))}
    providers = ProvidersOfServer(lambda: settings, clock)

    async def ready() -> bool | None:
        return next(each.ready for each in (await providers.page()).items if each.name == "mine")

    assert await ready() is False
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert await ready() is False
    assert (await providers.test("mine")).ready
    program.unlink()
    assert await ready() is True
    clock.advance(MINUTE)
    assert await ready() is False


async def test_a_new_configuration_is_used_at_once(clock: ManualClock) -> None:
    settings = {"mine": ProviderSettings(argv=("a",))}
    providers = ProvidersOfServer(lambda: settings, clock)
    assert "mine" in providers.current().names()

    settings = {"other": ProviderSettings(argv=("a",))}

    assert "mine" not in providers.current().names()
    assert providers.current() is providers.current()


async def test_a_server_tells_its_providers_and_none_of_their_secrets(tmp_path: Path) -> None:
    home = home_in(tmp_path)
    home.create()
    home.config.write_text(CONFIGURED)
    home.config.chmod(0o600)
    async with here(home) as server:
        listed = {each.name: each for each in (await server.client.send(api.providers())).items}
        tested = await server.client.send(api.test_provider("shell"))
        with pytest.raises(NotFoundError):
            await server.client.send(api.test_provider("codx"))

    assert listed["shell"] == tested
    assert (tested.kind, tested.parser, tested.ready, tested.can_resume) == ("command", "text", True, False)
    assert (listed["far"].kind, listed["far"].parser, listed["far"].ready) == ("acp", None, False)
    assert listed["codex"].models == ["gpt-5.5", "small"]
    told = repr(listed)
    assert "very-secret" not in told
    assert "TOKEN" not in told
    assert "HIDDEN" not in told
