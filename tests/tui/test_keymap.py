from pathlib import Path

import pytest

from tui.keymap import AppSettings, check, key_named, load, settings_path


def written(folder: Path, text: str) -> Path:
    path = folder / "app.toml"
    path.write_text(text)
    return path


def test_no_file_is_no_trouble(tmp_path: Path) -> None:
    assert load(tmp_path / "app.toml") == (AppSettings(), [])


def test_a_right_file_is_taken_as_it_is(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'theme = "nord"\nmouse = "off"\nlayout = "narrow"\n'
        '[keymap]\nstar = "Z"\nfilter = ["/", "ctrl+g"]\nfold = "none"\n',
    )
    settings, wrong = load(path)
    assert wrong == []
    assert (settings.theme, settings.mouse, settings.layout) == ("nord", "off", "narrow")
    assert settings.keymap == {"star": ("Z",), "filter": ("slash", "ctrl+g"), "fold": ()}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('stra = "x"', 'no such action (did you mean "star"?)'),
        ('star = "hyperspace"', "is no key that a terminal sends"),
        ('star = "pgdwn"', 'did you mean "pagedown"?'),
        ('star = "foo+x"', "modifiers are ctrl, alt, shift and super"),
        ('star = "ctrl+i"', 'is the same as "tab" in most terminals'),
        ('star = "ctrl+m"', 'is the same as "enter" in most terminals'),
        ('star = "ctrl+c"', "cannot be used"),
        ("star = 3", 'it must be a key, a list of keys, or "none"'),
        ('star = "d"', 'is already the key of "dismiss"'),
        ('star = "q"', 'is already the key of "quit"'),
        ('help = "j"', 'is already the key of "down"'),
        ('star = "Z"\nunread = "Z"', 'is already the key of "star"'),
        ('quit = "none"', "there must be a way out"),
    ],
)
def test_what_is_wrong_with_a_key_is_said(tmp_path: Path, line: str, said: str) -> None:
    path = written(tmp_path, f"[keymap]\n{line}\n")
    wrong = check(path)
    assert any(said in sentence for sentence in wrong), wrong
    assert all(sentence.startswith(f"{path}:") for sentence in wrong)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("theme = 7", "theme: it must be the name of a theme"),
        ('mouse = "sometimes"', 'mouse: it must be "auto", "on" or "off"'),
        ('layout = "tall"', 'layout: it must be "auto", "wide" or "narrow"'),
        ("keymap = 1", "keymap: it must be a table of actions and their keys"),
        ('colours = "x"', "colours: there is no such setting"),
        ("theme = ", "app.toml"),
    ],
)
def test_what_is_wrong_with_a_setting_is_said(tmp_path: Path, line: str, said: str) -> None:
    wrong = check(written(tmp_path, line))
    assert len(wrong) == 1
    assert said in wrong[0]


def test_the_line_of_a_mistake_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, '# mine\n[keymap]\nfold = "F"\nstra = "x"\n')
    assert check(path)[0].startswith(f"{path}:4: [keymap] stra: ")


def test_two_actions_may_change_keys_with_each_other(tmp_path: Path) -> None:
    settings, wrong = load(written(tmp_path, '[keymap]\nstar = "d"\ndismiss = "s"\n'))
    assert wrong == []
    assert settings.keys("star") == ("d",)


def test_the_list_and_the_text_may_use_the_same_key(tmp_path: Path) -> None:
    assert check(written(tmp_path, '[keymap]\ndown = "Q"\ntext-down = "Q"\n')) == []


def test_what_is_right_counts_beside_what_is_wrong(tmp_path: Path) -> None:
    settings, wrong = load(written(tmp_path, 'theme = "nord"\n[keymap]\nstar = "Z"\nnope = "y"\n'))
    assert len(wrong) == 1
    assert settings.theme == "nord"
    assert settings.keys("star") == ("Z",)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("/", "slash"),
        ("?", "question_mark"),
        ("Ctrl+G", "ctrl+g"),
        ("shift+g", "G"),
        ("ctrl++", "ctrl+plus"),
        ("+", "plus"),
        ("esc", "escape"),
    ],
)
def test_keys_may_be_written_as_people_write_them(typed: str, name: str) -> None:
    assert key_named(typed) == name


def test_the_file_is_where_the_desktop_says(tmp_path: Path) -> None:
    assert settings_path({"XDG_CONFIG_HOME": "/c"}) == Path("/c/callboard/app.toml")
    assert settings_path({"HOME": "/h", "XDG_CONFIG_HOME": "relative"}) == Path("/h/.config/callboard/app.toml")
