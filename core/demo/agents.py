"""The agents of the demo: whichever is chosen, a script stands in for it that says so, and nothing is spent."""

import json

from core.home import Home
from core.provider_presets import PRESETS

_AT_ONCE = 3
_ANSWER = """\
cat >/dev/null
echo "This is the demo: no agent is asked here, and nothing is spent."
sleep 2
echo "A real one would now read your words, look at the files, and change them where it may."
sleep 2
echo "Use your own home, with an agent that is installed, and this place is for its answer."
"""


def settle_agents(home: Home) -> None:
    """Write the configuration of the sample home."""
    script = home.path / "agent.sh"
    script.write_text(_ANSWER, encoding="utf-8")
    lines = ["[sessions]", f"at_once = {_AT_ONCE}", ""]
    for name in PRESETS:
        if name != "shell":
            lines += _stand_in(name, str(script))
    home.config.write_text("\n".join(lines), encoding="utf-8")
    home.config.chmod(0o600)


def _stand_in(name: str, script: str) -> list[str]:
    argv = ["/bin/sh", script]
    values: dict[str, object] = {
        "kind": "command",
        "argv": argv,
        "resume": [*argv, "{resume_id}"],
        "prompt": "stdin",
        "parser": "text",
        "version": ["-c", "echo the demo"],
    }
    return [
        f"[providers.{name}]",
        *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()),
        "",
    ]
