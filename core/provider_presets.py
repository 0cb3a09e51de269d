"""The providers that are there without being configured: well-known agent programs, and the shell.

The flags let an agent change files in its folder without a person beside it; none of them lifts all of its
permissions."""

from core.provider_settings import ProviderSettings
from core.secret import Secret

_VERSION = ("--version",)

SHELL = ProviderSettings(
    kind="command",
    argv=("/bin/sh", "{prompt_file}"),
    prompt="file",
    parser="text",
    script=True,
)

CODEX = ProviderSettings(
    kind="command",
    argv=(
        *("codex", "exec", "--json", "--skip-git-repo-check", "-c", "check_for_update_on_startup=false"),
        *("-C", "{workdir}", "-s", "{access}", "-m", "{model}", "-"),
    ),
    resume=(
        *("codex", "exec", "--json", "--skip-git-repo-check", "-c", "check_for_update_on_startup=false"),
        *("-C", "{workdir}", "-s", "{access}", "-m", "{model}", "resume", "{resume_id}", "-"),
    ),
    prompt="stdin",
    parser="codex",
    write_access="workspace-write",
    read_access="read-only",
    pass_env=("OPENAI_API_KEY", "CODEX_API_KEY", "CODEX_HOME"),
    version=_VERSION,
)

_CLAUDE = ("claude", "-p", "--output-format", "stream-json", "--verbose", "--permission-mode", "{access}")

CLAUDE = ProviderSettings(
    kind="command",
    argv=(*_CLAUDE, "--model", "{model}"),
    resume=(*_CLAUDE, "--model", "{model}", "--resume", "{resume_id}"),
    prompt="stdin",
    parser="claude",
    write_access="acceptEdits",
    read_access="plan",
    env={"DISABLE_AUTOUPDATER": Secret("1"), "DISABLE_TELEMETRY": Secret("1")},
    pass_env=("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CONFIG_DIR"),
    version=_VERSION,
)

_GEMINI = ("gemini", "-o", "stream-json", "--approval-mode", "{access}", "-m", "{model}")
_GEMINI_KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION")

GEMINI = ProviderSettings(
    kind="command",
    argv=_GEMINI,
    resume=(*_GEMINI, "--resume", "{resume_id}"),
    prompt="stdin",
    parser="gemini",
    write_access="auto_edit",
    read_access="plan",
    pass_env=_GEMINI_KEYS,
    version=_VERSION,
)

_OPENCODE = ("opencode", "run", "--format", "json", "--agent", "{access}", "-m", "{model}")
_OPENCODE_ENV = {"OPENCODE_DISABLE_AUTOUPDATE": Secret("1"), "OPENCODE_DISABLE_MODELS_FETCH": Secret("1")}
_MANY_KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY")

OPENCODE = ProviderSettings(
    kind="command",
    argv=_OPENCODE,
    resume=(*_OPENCODE, "--session", "{resume_id}"),
    prompt="stdin",
    parser="opencode",
    write_access="build",
    read_access="plan",
    env=_OPENCODE_ENV,
    pass_env=_MANY_KEYS,
    version=_VERSION,
)

AIDER = ProviderSettings(
    kind="command",
    argv=(
        *("aider", "--model", "{model}", "--chat-mode", "{access}", "--message-file", "{prompt_file}"),
        *("--yes-always", "--no-pretty", "--no-stream", "--no-check-update", "--analytics-disable"),
    ),
    prompt="file",
    parser="aider",
    write_access="code",
    read_access="ask",
    pass_env=_MANY_KEYS,
    ignore=("**/.aider*",),
    version=_VERSION,
)

LLM = ProviderSettings(
    kind="command",
    argv=("llm", "prompt", "-u", "-m", "{model}"),
    prompt="stdin",
    parser="llm",
    pass_env=(*_MANY_KEYS, "LLM_USER_PATH"),
    version=_VERSION,
)

GEMINI_ACP = ProviderSettings(kind="acp", argv=("gemini", "--acp"), read_access="plan", pass_env=_GEMINI_KEYS)

OPENCODE_ACP = ProviderSettings(
    kind="acp",
    argv=("opencode", "acp"),
    read_access="plan",
    env=_OPENCODE_ENV,
    pass_env=_MANY_KEYS,
)

CODEX_ACP = ProviderSettings(kind="acp", argv=("codex-acp",), read_access="read-only", pass_env=CODEX.pass_env)

PRESETS = {
    "shell": SHELL,
    "codex": CODEX,
    "claude": CLAUDE,
    "gemini": GEMINI,
    "opencode": OPENCODE,
    "aider": AIDER,
    "llm": LLM,
    "gemini-acp": GEMINI_ACP,
    "opencode-acp": OPENCODE_ACP,
    "codex-acp": CODEX_ACP,
}
