"""What the source must never do, found by walking its trees."""

import ast
import re

from tests.contracts.source import Module, calls, modules, strings, written

_CLOCKS = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime)|gettimeofday)$"
)
_RANDOM = re.compile(r"^(secrets\.(?!compare_digest)|uuid\.|os\.urandom|.*\bSystemRandom)")
_SQL = re.compile(
    r"^\s*(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE"
    r"|ALTER\s+TABLE|DROP\s+TABLE|PRAGMA\s)",
    re.IGNORECASE | re.DOTALL,
)


def _says_no_markup(call: ast.Call) -> bool:
    return any(
        keyword.arg == "markup" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        for keyword in call.keywords
    )


def _notices(module: Module) -> list[str]:
    """Toasts, and not the call of the interface that has the same name."""
    return [
        module.at(call)
        for call, called in calls(module)
        if called.endswith(".notify") and called != "api.notify" and not _says_no_markup(call)
    ]


def test_a_notice_on_the_screen_is_never_read_as_markup() -> None:
    assert [place for module in modules("tui") for place in _notices(module)] == []


def test_nothing_is_made_from_markup() -> None:
    found = [
        module.at(call)
        for module in modules("tui")
        for call, called in calls(module)
        if called.endswith((".from_markup", "to_content", "markup.escape", "render_markup"))
    ]
    assert found == []


def test_time_comes_from_the_clock() -> None:
    found = [
        f"{module.at(node)} {written(node)}"
        for module in modules("tui", "core", "storage")
        if module.path != "core/clock.py"
        for node in module.nodes
        if isinstance(node, ast.Attribute) and _CLOCKS.search(written(node))
    ]
    assert found == []


def test_randomness_comes_from_one_place_or_from_a_seed() -> None:
    found = [
        f"{module.at(call)} {called}"
        for module in modules("tui", "core", "storage")
        if module.path != "core/ids.py"
        for call, called in calls(module)
        if _RANDOM.match(called) or (called.endswith("Random") and not call.args)
    ]
    assert found == []


def test_sql_is_written_in_storage_alone() -> None:
    found = [
        module.at(string)
        for module in modules("tui", "core", "styles")
        for string in strings(module)
        if _SQL.match(str(string.value))
    ]
    assert found == []
