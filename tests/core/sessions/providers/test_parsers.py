"""What is made of an agent's output: its outcome, its answer, its cost, and what people see. The streams have the
shapes that each agent really writes."""

import json
from pathlib import Path

import pytest

from core.provider_settings import ParserName
from core.sessions.providers.parsers import PARSERS
from core.sessions.supervision.command import Exit
from core.sessions.turns import Outcome, Tokens, TurnResult, Usage

STREAMS = Path(__file__).parent / "streams"
OK = Exit("exit", 0, 1.0)
JSON_PARSERS: list[ParserName] = ["codex", "claude", "gemini", "opencode"]
ENDS = {
    "codex": {"type": "turn.completed"},
    "claude": {"type": "result", "is_error": False},
    "gemini": {"type": "result", "status": "success"},
    "opencode": {"type": "step_finish", "part": {"reason": "stop"}},
}


def read(
    name: ParserName, out: bytes, err: bytes = b"", ended: Exit = OK, size: int = 7
) -> tuple[TurnResult, str]:
    """The result, and what was shown. The pieces end anywhere."""
    parser = PARSERS[name]()
    shown = [parser.out(out[at : at + size]) for at in range(0, len(out), size)]
    shown += [parser.err(err[at : at + size]) for at in range(0, len(err), size)]
    shown.append(parser.close())
    return parser.result(ended), b"".join(shown).decode()


def recorded(name: ParserName, stream: str) -> tuple[TurnResult, str]:
    return read(name, (STREAMS / stream).read_bytes())


def test_codex_tells_the_usage_of_its_whole_thread() -> None:
    result, shown = recorded("codex", "codex-done.jsonl")

    assert result.outcome is Outcome.SUCCEEDED
    assert result.text == "The tree is clean."
    assert result.resume_id == "0199a213-81c0-7800-8aa1-bbab2a035a53"
    assert (result.denied_tools, result.failed_tools) == (1, 0)
    assert result.usage == Usage(None, "total", Tokens(2123, 1000, 245), "total")
    assert shown.splitlines() == [
        "⚙ command: bash -lc 'git status'",
        "⚙ command: bash -lc 'rm -rf /'",
        "✗ refused: bash -lc 'rm -rf /'",
        "⚙ files changed",
        "The tree is clean.",
    ]


def test_claude_tells_what_this_turn_cost() -> None:
    result, shown = recorded("claude", "claude-done.jsonl")

    assert result.outcome is Outcome.SUCCEEDED
    assert result.text == "Clean."
    assert result.resume_id == "6f2c1b1e-54a3-4c52-b9a4-9d8f3f1b6a11"
    assert (result.denied_tools, result.failed_tools) == (1, 0)
    assert result.usage == Usage(12_346, "turn", Tokens(3210, 3000, 44), "turn")
    assert shown.splitlines() == ["I look.", "⚙ Bash: git status", "⚙ Write: /etc/passwd", "Clean."]


def test_gemini_counts_the_tools_that_it_was_not_given() -> None:
    result, shown = recorded("gemini", "gemini-done.jsonl")

    assert result.outcome is Outcome.SUCCEEDED
    assert result.text == "I could not."
    assert result.resume_id == "b7d5"
    assert (result.denied_tools, result.failed_tools) == (1, 1)
    assert result.usage == Usage(None, "turn", Tokens(1200, 100, 50), "turn")
    assert shown.startswith("I'll try.\n⚙ run_shell_command: touch x\n✗ Tool")


def test_opencode_tells_its_money_step_by_step() -> None:
    result, shown = recorded("opencode", "opencode-done.jsonl")

    assert result.outcome is Outcome.SUCCEEDED
    assert result.text == "There is one file."
    assert result.resume_id == "ses_01"
    assert result.usage == Usage(4_200, "turn", Tokens(3300, 1200, 100), "turn")
    assert shown.splitlines() == ["I look first.", "⚙ bash: ls", "There is one file."]


def test_aider_tells_tokens_and_money_of_each_message() -> None:
    result, shown = recorded("aider", "aider-done.txt")

    assert result.outcome is Outcome.SUCCEEDED
    assert result.usage == Usage(8_360, "turn", Tokens(4900, 1000, 60), "turn")
    assert result.resume_id is None
    assert "Applied edit to hello.txt" in shown


def test_llm_tells_its_tokens_on_standard_error() -> None:
    result, shown = read(
        "llm", (STREAMS / "llm-done.txt").read_bytes(), (STREAMS / "llm-done.err.txt").read_bytes()
    )

    assert result.outcome is Outcome.SUCCEEDED
    assert json.loads(result.text) == {"prompt": "hello"}
    assert result.usage == Usage(None, "turn", Tokens(3, None, 14), "turn")
    assert "Token usage" in shown


FAILURES: list[tuple[ParserName, str, str]] = [
    ("codex", "codex-failed.jsonl", "unexpected status 401 Unauthorized"),
    ("claude", "claude-error-in-success.jsonl", "API Error: 529 Overloaded"),
    ("claude", "claude-max-turns.jsonl", "error max turns"),
    ("gemini", "gemini-failed.jsonl", "quota exhausted"),
    ("opencode", "opencode-rejected.jsonl", "It asked for a permission, was refused because nobody can be asked"),
    ("opencode", "opencode-error.jsonl", "no key for the provider"),
    ("aider", "aider-api-error.txt", "litellm.NotFoundError"),
]


@pytest.mark.parametrize(("name", "stream", "why"), FAILURES)
def test_exit_code_0_does_not_make_a_failure_a_success(name: ParserName, stream: str, why: str) -> None:
    result, shown = recorded(name, stream)

    assert result.outcome is Outcome.FAILED
    assert result.detail.startswith(why)
    assert result.exit_code == 0
    assert shown


@pytest.mark.parametrize("name", [*JSON_PARSERS, "aider"])
def test_a_stream_without_its_success_is_a_failure(name: ParserName) -> None:
    result, _ = read(name, b"", b"cannot reach the model\n")

    assert result.outcome is Outcome.FAILED
    assert result.detail.endswith("never said that it was done. cannot reach the model")
    assert result.usage == Usage()


@pytest.mark.parametrize("name", PARSERS)
def test_a_success_with_an_exit_code_is_a_failure(name: ParserName) -> None:
    success = json.dumps(ENDS.get(name, {})).encode() + b"\n"

    result, _ = read(name, success, b"boom\n", Exit("exit", 3, 1.0))

    assert result.outcome is Outcome.FAILED
    assert result.detail == "It ended with exit code 3. boom"


@pytest.mark.parametrize("name", PARSERS)
def test_what_was_ended_from_outside_never_succeeded(name: ParserName) -> None:
    success = json.dumps(ENDS.get(name, {})).encode()

    assert read(name, success, ended=Exit("stopped", 0, 1.0))[0].outcome is Outcome.CANCELLED
    assert read(name, success, ended=Exit("timeout", 0, 1.0))[0].outcome is Outcome.TIMED_OUT
    assert read(name, success, ended=Exit("silent", 0, 1.0, "It was silent."))[0].detail == "It was silent."


@pytest.mark.parametrize("name", JSON_PARSERS)
def test_garbage_between_events_does_no_harm(name: ParserName) -> None:
    garbage = [
        b"a warning in words",
        b"\xff\xfe\x00 not text",
        b"{",
        b'{"type":3}',
        b'{"type":"something of next year","item":5}',
        b"[1]",
        b"null",
        b'{"type":"x","item":' + b"[" * 100_000,
        b'{"type":"x","message":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
        b'{"type":"assistant","message":{"content":[' + b"[" * 50_000 + b"]" * 50_000 + b"]}}",
        json.dumps(ENDS[name]).encode(),
    ]

    result, shown = read(name, b"\n".join(garbage), size=65_536)

    assert result.outcome is Outcome.SUCCEEDED
    assert shown.startswith("a warning in words\n")
    assert result.usage.cost is None


@pytest.mark.parametrize("name", JSON_PARSERS)
def test_figures_that_make_no_sense_are_unknown(name: ParserName) -> None:
    wrong = {
        "codex": {"type": "turn.completed", "usage": {"input_tokens": -1, "output_tokens": "many"}},
        "claude": {"type": "result", "is_error": False, "total_cost_usd": -1, "usage": [1]},
        "gemini": {"type": "result", "status": "success", "stats": {"input_tokens": 1e300}},
        "opencode": {
            "type": "step_finish",
            "part": {"reason": "stop", "cost": "free", "tokens": {"input": None}},
        },
    }

    result, _ = read(name, json.dumps(wrong[name]).encode())

    assert result.outcome is Outcome.SUCCEEDED
    assert result.usage.cost is None
    assert result.usage.tokens == Tokens()


def test_one_step_of_unknown_cost_makes_the_sum_unknown() -> None:
    steps: list[dict[str, object]] = [{"cost": 0.1}, {}, {"cost": 0.2, "reason": "stop"}]
    stream = "\n".join(json.dumps({"type": "step_finish", "part": {"tokens": {"input": 1}, **s}}) for s in steps)

    assert read("opencode", stream.encode())[0].usage.cost is None


@pytest.mark.parametrize("id", ["--version", "-c", "", "a b", "x" * 201, "a\nb", "ü"])
def test_an_id_that_could_be_an_option_is_not_kept(id: str) -> None:
    result, _ = read("codex", json.dumps({"type": "thread.started", "thread_id": id}).encode())

    assert result.resume_id is None


def test_the_answer_is_the_end_of_what_was_said_when_it_is_long() -> None:
    result, _ = read("text", "é".encode() * 300_000 + b"the end", size=65_535)

    assert result.text.endswith("éthe end")
    assert "\ufffd" not in result.text
    assert len(result.text.encode()) <= 64 * 1024


def test_a_line_without_an_end_is_let_go_and_told() -> None:
    parser = PARSERS["codex"]()
    piece = b"x" * (1024 * 1024)
    shown = [parser.out(piece) for _ in range(66)]
    shown.append(parser.out(b"\n" + json.dumps(ENDS["codex"]).encode() + b"\n"))

    assert b"".join(shown).decode() == "✗ A line of more than 64 MiB was left out.\n"
    assert parser.result(OK).outcome is Outcome.SUCCEEDED


def test_a_list_of_millions_is_not_built() -> None:
    import tracemalloc

    line = b'{"type":"assistant","message":{"content":[' + b"{}," * 3_000_000 + b"{}]}}\n"
    parser = PARSERS["claude"]()
    tracemalloc.start()

    parser.out(line)

    assert tracemalloc.get_traced_memory()[1] < 6 * len(line)
    tracemalloc.stop()
