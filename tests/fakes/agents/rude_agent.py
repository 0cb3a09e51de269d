"""An agent that speaks the Agent Client Protocol as its first argument says, mostly badly. It is written against
the wire alone, so that it can send what no library would."""

import json
import os
import subprocess
import sys
import time
from typing import Any

SESSION = "rude-1"
WHAT = sys.argv[1]
OPTIONS = [
    {"optionId": "yes", "name": "Allow", "kind": "allow_once"},
    {"optionId": "always", "name": "Always allow", "kind": "allow_always"},
    {"optionId": "no", "name": "Reject", "kind": "reject_once"},
    {"optionId": "odd", "name": "Perhaps", "kind": "tomorrow"},
]
CAPABILITIES: dict[str, dict[str, Any]] = {
    "loads": {"loadSession": True},
    "resumes": {"sessionCapabilities": {"resume": {}}},
}


def send(**message: Any) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def update(which: str, /, **more: Any) -> None:
    send(method="session/update", params={"sessionId": SESSION, "update": {"sessionUpdate": which, **more}})


def say(words: str) -> None:
    update("agent_message_chunk", content={"type": "text", "text": words})


def ask_permission(id: object = 77) -> None:
    tool = {
        "toolCallId": "t9",
        "title": "Run a command",
        "kind": "execute",
        "rawInput": {"command": "rm -rf b"},
    }
    params = {"sessionId": SESSION, "toolCall": tool, "options": OPTIONS}
    send(id=id, method="session/request_permission", params=params)


def receive() -> dict[str, Any]:
    line = sys.stdin.readline()
    if not line:
        if WHAT == "ignores_the_end":
            time.sleep(600)
        sys.exit(0)
    found: dict[str, Any] = json.loads(line)
    return found


def open_it(request: dict[str, Any]) -> None:
    """Everything before the prompt."""
    method, params = request["method"], request["params"]
    if method == "initialize":
        version = 9 if WHAT == "speaks_another_version" else 1
        about = {"name": "rude", "title": "Rude Agent", "version": "0.1"}
        send(
            id=request["id"],
            result={
                "protocolVersion": version,
                "agentCapabilities": CAPABILITIES.get(WHAT, {}),
                "agentInfo": about,
                "offered": params["clientCapabilities"],
            },
        )
    elif method == "session/new" and WHAT == "signs_in":
        send(id=request["id"], error={"code": -32000, "message": "Authentication required"})
    elif method == "session/new":
        models = [{"value": "large", "name": "L"}, {"options": [{"value": "small", "name": "S"}]}]
        options = [{"id": "model", "name": "Model", "type": "select", "currentValue": "large", "options": models}]
        modes = {
            "currentModeId": "code",
            "availableModes": [{"id": "code", "name": "C"}, {"id": "plan", "name": "P"}],
        }
        send(id=request["id"], result={"sessionId": SESSION, "modes": modes, "configOptions": options})
    elif method in ("session/load", "session/resume"):
        say("told long ago")
        send(id=request["id"], result=None if method == "session/load" else {})
    else:
        print_to_client(f"{method} {json.dumps(params, sort_keys=True)}")
        send(id=request["id"], result={})


def print_to_client(words: str) -> None:
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def answer(id: object, reason: str = "end_turn", **more: Any) -> None:
    send(id=id, result={"stopReason": reason, **more})


def main() -> None:
    while (request := receive()).get("method") != "session/prompt":
        open_it(request)
    globals()[WHAT](request["id"], request["params"]["prompt"][0]["text"])
    while True:
        receive()


def polite(id: object, prompt: str) -> None:
    say("You said: ")
    say(prompt)
    answer(id)


loads = resumes = ignores_the_end = polite


def shows_everything(id: object, prompt: str) -> None:
    sys.stdout.write("not JSON\n{\n[]\n\xff\nnull\n3\n" + "[" * 100_000 + "\n")
    update("kind_of_next_year", strange=[1, 2])
    update("agent_thought_chunk", content={"type": "text", "text": "hm"})
    update("tool_call_update", toolCallId="t1", status="in_progress", title="Read a file")
    update("tool_call", toolCallId="t1", title="Read a file", kind="read", rawInput={"path": "a.txt"})
    update("tool_call", toolCallId="t2", title="Run a test")
    update("tool_call_update", toolCallId="t2", status="failed")
    update("usage_update", used=9000, size=10000, cost={"amount": 0.0042, "currency": "USD"})
    send(
        method="session/update",
        params={"sessionId": "another", "update": {"sessionUpdate": "agent_message_chunk"}},
    )
    send(method="_something/unknown", params={})
    say("Done.")
    answer(id, _meta={"quota": {"token_count": {"input_tokens": 100, "output_tokens": 7}}})


def counts(id: object, prompt: str) -> None:
    answer(id, _meta={"quota": {"token_count": {"input_tokens": 100, "output_tokens": 7}}})


def asks_for_files(id: object, prompt: str) -> None:
    answers = []
    for method in ("fs/read_text_file", "terminal/create", "anything/else"):
        send(id=method, method=method, params={"sessionId": SESSION, "path": "/etc/passwd"})
        answers.append(receive())
    say(json.dumps([(each["id"], each["error"]["code"]) for each in answers]))
    answer(id)


def asks_a_person(id: object, prompt: str) -> None:
    ask_permission()
    outcome = receive()["result"]["outcome"]
    say(json.dumps(outcome))
    chosen = outcome.get("optionId", "")
    answer(id, "end_turn" if chosen in ("yes", "always") else "cancelled")


def waits_for_a_person(id: object, prompt: str) -> None:
    """Until it is cancelled; it tells what it got."""
    ask_permission("a")
    ask_permission("b")
    say("waiting\n")
    got = sorted(json.dumps(receive(), sort_keys=True) for _ in range(3))
    say("\n".join(got))
    answer(id, "cancelled")


def ignores_cancel(id: object, prompt: str) -> None:
    say("busy")
    while True:
        receive()


def dies(id: object, prompt: str) -> None:
    say("half ")
    sys.stderr.write("out of memory\n")
    sys.stderr.flush()
    os._exit(7)


def dies_while_asking(id: object, prompt: str) -> None:
    ask_permission()
    os._exit(7)


def floods(id: object, prompt: str) -> None:
    sys.stderr.write("e" * 300_000 + "\n")
    say("x" * 5_000_000)
    answer(id)


def fails(id: object, prompt: str) -> None:
    send(id=id, error={"code": -32603, "message": "Internal error", "data": {"details": "quota exhausted"}})


def refuses(id: object, prompt: str) -> None:
    answer(id, "refusal")


def makes_no_sense(id: object, prompt: str) -> None:
    send(id=id, result=[1, 2, 3])


def leaves_children(id: object, prompt: str) -> None:
    subprocess.Popen(["setsid", "sleep", "600"], stdin=subprocess.DEVNULL)
    answer(id)


if __name__ == "__main__":
    main()
