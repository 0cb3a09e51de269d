"""The configuration as types, and what is said about a wrong one."""

from pathlib import Path

import pytest

from core.config import Settings, database_url, example, listening_address, load
from core.errors import InvalidError
from core.home import Home
from core.routing.checking import check_files
from core.secret import Secret

WRONG = [
    ('[server]\n\nhtp = "x"', "3: [server] htp: there is no such setting; did you mean http?"),
    ("[sever]\nhttp = 1", "1: sever: there is no such table; did you mean server?"),
    ("nonsense = 1", "1: nonsense: there is no such setting."),
    ("[server]\n# a comment\nhttp = 3", "3: [server] http: expected str | null, got int."),
    ("server.http = 3", "1: [server] http: expected str | null, got int."),
    ("[retention]\nread_days = 0", "2: [retention] read_days: expected int >= 1."),
    ('[database]\ndurability = "some"', "2: [database] durability: choose one of full, normal."),
    ("[log]\nlevel = 3", "2: [log] level: choose one of debug, info, warning, error."),
    ('[server]\nhttp = "nowhere"', "2: [server] http: 'nowhere' is not an address to listen on"),
    ('[server]\nhttp = "0.0.0.0:80"', "2: [server] http: 0.0.0.0 is not this machine's loopback address"),
    ('[server]\npublic_url = "x"', "2: [server] public_url: a URL begins with http:// or https://."),
    ('[database]\nurl = "mysql://me:hunter2@x"', "2: [database] url: it must begin with postgresql://"),
    ("[providers]\ncodex = 3", "2: [providers] codex: expected object, got int."),
    ("providers = 3", "1: providers: expected object, got int."),
    (
        '[providers.codex]\n\narg = ["a"]',
        "3: [providers.codex] arg: there is no such setting; did you mean argv?",
    ),
    ('[providers.codex]\nkind = "x"', "2: [providers.codex] kind: choose one of command, acp."),
    ('[providers.codex]\nmodels = "x"', "2: [providers.codex] models: expected array | null, got str."),
    ('[providers.a]\nargv = ["a"]\n[providers.b]\nargv = [1]', "4: [providers.b] argv: expected str, got int."),
    ('[providers.a]\nargv = ["a"]\nenv = { A = 1 }', "3: [providers.a] env: expected str."),
    ('[providers.codex.price."5.5"]\ninput = 1', "1: [providers.codex.price] 5.5: it needs output."),
    (
        '[providers.codex.price."5.5"]\noutput = -1',
        "2: [providers.codex.price.5.5] output: expected float >= 0.0.",
    ),
    ('[providers.x]\nargv = ["a", "{modle}"]', "2: [providers.x] argv: there is no placeholder {modle} here;"),
    ('[providers."A B"]\nargv = ["a"]', "1: [providers] A B: a provider's name has small letters"),
    ('[secrets]\nenv = ["lower"]', "2: [secrets] env: a variable's name has capitals, digits and _"),
    ('[outbound]\nallow = "x"', "2: [outbound] allow: expected array, got str."),
    ("notifications = 3", "1: notifications: expected object, got int."),
    ("retention = 3", "1: retention: expected object, got int."),
    ("[server]\nhttp = ", "2: Invalid value"),
    ("[server", "1: Expected ']' at the end of a table declaration"),
    ('[log]\nlevel = """\nhttp = 1\n"""\n[server]\nhtp = 1', "6: [server] htp: there is no such setting"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_an_error_names_file_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(InvalidError) as caught:
        load(path)
    assert caught.value.sentence.startswith(f"{path}:{said}")
    assert "hunter2" not in caught.value.sentence


def test_a_file_that_is_not_text_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidError, match="not UTF-8"):
        load(path)


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "config.toml") == Settings()


def test_the_example_says_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(example())
    assert load(path) == Settings()


def test_every_line_of_the_example_can_be_uncommented(tmp_path: Path) -> None:
    lines = [line.removeprefix("# ") if " = " in line else line for line in example().splitlines()]
    path = tmp_path / "config.toml"
    path.write_text("\n".join(line for line in lines if not line.startswith("url_file")))
    assert load(path).server.http == "127.0.0.1:8321"


def test_what_the_example_says_of_notifications_is_right(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    lines = example()[example().index("# Where alerts go") :].splitlines()
    home.config.write_text("\n".join(line[1:] for line in lines if line[:2] not in ("# ", "#")))
    set_there = {
        "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/x",
        "TELEGRAM_BOT_TOKEN": "1:abcdefghijkl",
    }
    found = check_files(home, load(home.config), set_there)
    assert (found.problems, set(found.channels)) == ((), {"ops", "on-call"})
    assert "failed-tasks" in [rule.id for rule in found.rules]


def test_the_database_url_comes_from_environment_file_or_configuration(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://file/x\n")
    settings = Settings().database
    assert database_url(settings, {}) is None
    assert database_url(settings, {"CALLBOARD_DATABASE_URL": "postgresql://e/x"}) == Secret("postgresql://e/x")
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl_file = "{file}"')
    assert database_url(load(config).database, {}) == Secret("postgresql://file/x")
    config.write_text('[database]\nurl = "postgresql://me:hunter2@h/x"')
    found = load(config)
    assert "hunter2" not in repr(found)
    assert database_url(found.database, {}) == Secret("postgresql://me:hunter2@h/x")


@pytest.mark.parametrize("text", ["127.0.0.1:0", "localhost:80", "[::1]:80"])
def test_the_loopback_can_be_listened_on(text: str) -> None:
    assert listening_address(text)[1] == int(text.rpartition(":")[2])


@pytest.mark.parametrize("text", ["", "80", ":80", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x", "10.0.0.1:80"])
def test_another_address_is_refused_unless_it_is_allowed(text: str) -> None:
    with pytest.raises(InvalidError):
        listening_address(text)
    assert listening_address("10.0.0.1:80", allow_remote=True) == ("10.0.0.1", 80)
