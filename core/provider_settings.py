"""What `[providers.NAME]` can say about a program that runs turns, and what no type can say about it.

An argument list is never a shell line: a placeholder is replaced inside one element, once, and what it becomes
is never split again. Presets are values of this type too, and a table of a preset's name changes what it says."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from core.secret import Secret

Kind = Literal["command", "acp"]
PromptBy = Literal["stdin", "arg", "file"]
ParserName = Literal["text", "codex", "claude", "gemini", "opencode", "aider", "llm"]

PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")
PLACEHOLDERS = ("model", "workdir", "resume_id", "access", "prompt", "prompt_file")
OPTIONAL = frozenset({"model", "resume_id", "access"})
"""What may be empty: an element that is nothing else goes then, with the flag before it."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NotNegative = Annotated[float, Meta(ge=0)]
_ONLY_FOR_COMMANDS = ("resume", "prompt", "parser", "script", "write_access", "version")


class Price(Struct, frozen=True):
    """What a model costs, in US dollars for a million tokens."""

    input: Annotated[float, Meta(ge=0, description="For tokens that are read.")]
    output: Annotated[float, Meta(ge=0, description="For tokens that are written.")]
    cached: Annotated[
        NotNegative | None, Meta(description="For tokens read from the model's cache; as input when absent.")
    ] = None


class ProviderSettings(Struct, frozen=True):
    """A program that runs turns, or what differs from the preset of this name. Its environment has nothing of the
    server's but HOME, PATH, LANG, LC_*, USER, LOGNAME, SHELL and TMPDIR, and what is named here."""

    kind: Annotated[
        Kind | None,
        Meta(
            description="'command' runs it once for each prompt; 'acp' speaks the Agent Client Protocol with it.",
            examples=["command"],
        ),
    ] = None
    argv: Annotated[
        tuple[str, ...] | None,
        Meta(
            description="The program and its arguments, never a shell line. {model}, {workdir}, {resume_id} and"
            " {access} are replaced, {prompt} or {prompt_file} where the prompt goes in that way.",
            examples=[["my-agent", "--model", "{model}"]],
        ),
    ] = None
    resume: Annotated[
        tuple[str, ...] | None,
        Meta(
            description="The same for a turn that continues a conversation; without it none can be continued.",
            examples=[["my-agent", "--resume", "{resume_id}"]],
        ),
    ] = None
    prompt: Annotated[
        PromptBy | None,
        Meta(
            description="How the prompt goes in: 'stdin', 'file' (a private one) or 'arg', where every account of"
            " the machine can read it.",
            examples=["stdin"],
        ),
    ] = None
    parser: Annotated[
        ParserName | None,
        Meta(
            description="What its output is. Of 'text' only the exit code is believed, and the cost is unknown.",
            examples=["text"],
        ),
    ] = None
    script: Annotated[
        bool | None,
        Meta(
            description="The prompt is a script and not words: a bot's instructions are not put before it.",
            examples=[False],
        ),
    ] = None
    write_access: Annotated[
        str | None, Meta(description="What {access} is when files may be changed.", examples=["workspace-write"])
    ] = None
    read_access: Annotated[
        str | None,
        Meta(
            description="What {access} is when a turn may only read; the mode's id for 'acp'.",
            examples=["read-only"],
        ),
    ] = None
    env: Annotated[
        dict[str, Secret] | None,
        Meta(description="Variables of its environment.", examples=[{"MY_AGENT_TELEMETRY": "0"}]),
    ] = None
    pass_env: Annotated[
        tuple[str, ...] | None,
        Meta(
            description="Variables that it gets from the server's environment.", examples=[["MY_AGENT_API_KEY"]]
        ),
    ] = None
    timeout_s: Annotated[
        NotNegative | None, Meta(description="Seconds for one turn; 0 is without a limit.", examples=[3600])
    ] = None
    idle_timeout_s: Annotated[
        NotNegative | None, Meta(description="Seconds without any output; 0 is without a limit.", examples=[900])
    ] = None
    ignore: Annotated[
        tuple[str, ...] | None,
        Meta(
            description="Patterns of files that it leaves behind and that are no change.",
            examples=[["**/.my-agent*"]],
        ),
    ] = None
    models: Annotated[
        tuple[str, ...] | None,
        Meta(
            description="The models that may be chosen, the default first. Any, when there is no list.",
            examples=[["large", "small"]],
        ),
    ] = None
    version: Annotated[
        tuple[str, ...] | None,
        Meta(
            description="The arguments that make it print its version, which tells whether it works.",
            examples=[["--version"]],
        ),
    ] = None
    price: Annotated[
        dict[str, Price] | None,
        Meta(
            description="What its models cost in US dollars for a million tokens. Without it, the cost is unknown"
            " of what does not report it.",
            examples=[{"large": {"input": 1.25, "cached": 0.125, "output": 10.0}}],
        ),
    ] = None


class Wrong(NamedTuple):
    """A setting of a provider, and what is wrong with it."""

    key: str
    sentence: str


def overlaid(preset: ProviderSettings, told: ProviderSettings) -> ProviderSettings:
    """The preset with what was told in its place; variables and prices are added to its own."""
    changes: dict[str, object] = {}
    for name in told.__struct_fields__:
        value = getattr(told, name)
        if value is not None:
            before = getattr(preset, name)
            changes[name] = {**before, **value} if isinstance(value, dict) and before else value
    return msgspec.structs.replace(preset, **changes)


def wrong_name(name: str) -> str | None:
    if not _NAME.fullmatch(name):
        return "a provider's name has small letters, digits, - and _, and at most 40 of them"
    return None


def wrong_with(settings: ProviderSettings) -> Wrong | None:
    """The first thing that is wrong with a whole provider, its preset included."""
    kind = settings.kind or "command"
    if not settings.argv or not settings.argv[0]:
        return Wrong("argv", "say which program to run and with which arguments")
    if kind == "acp":
        for key in _ONLY_FOR_COMMANDS:
            if getattr(settings, key) is not None:
                return Wrong(key, "this is only for a provider of the kind 'command'")
        wrong = _wrong_arguments("argv", settings.argv, ("model", "workdir"))
    else:
        wrong = _wrong_command(settings)
    return wrong or _wrong_environment(settings)


def placeholders(argv: Iterable[str]) -> set[str]:
    return {found for element in argv for found in PLACEHOLDER.findall(element)}


def _wrong_command(settings: ProviderSettings) -> Wrong | None:
    by = settings.prompt or "stdin"
    carrier = {"stdin": None, "arg": "prompt", "file": "prompt_file"}[by]
    known = [name for name in PLACEHOLDERS if name not in ("prompt", "prompt_file") or name == carrier]
    for key, argv in (("argv", settings.argv), ("resume", settings.resume)):
        if not argv:
            continue
        used = placeholders(argv)
        needed = ["resume_id"] if key == "resume" else []
        for name in needed + ([carrier] if carrier else []):
            if name not in used:
                return Wrong(key, f"{{{name}}} is missing in it")
        if key == "argv" and "resume_id" in used:
            return Wrong(key, "{resume_id} belongs into resume")
        if wrong := _wrong_arguments(key, argv, known):
            return wrong
        if "access" in used and settings.write_access is None:
            return Wrong("write_access", "say what {access} is when files may be changed")
    return None


def _wrong_arguments(key: str, argv: Iterable[str], known: Iterable[str]) -> Wrong | None:
    for element in argv:
        if "\0" in element:
            return Wrong(key, "no argument can have a NUL in it")
        for name in PLACEHOLDER.findall(element):
            if name in known:
                continue
            if name in ("prompt", "prompt_file"):
                way = "arg" if name == "prompt" else "file"
                return Wrong(key, f'{{{name}}} is only for a provider with prompt = "{way}"')
            choices = ", ".join(f"{{{each}}}" for each in known)
            return Wrong(key, f"there is no placeholder {{{name}}} here; there are {choices}")
    return None


def _wrong_environment(settings: ProviderSettings) -> Wrong | None:
    env: Mapping[str, Secret] = settings.env or {}
    for key, names in (("env", list(env)), ("pass_env", list(settings.pass_env or ()))):
        for name in names:
            if not _VARIABLE.fullmatch(name):
                return Wrong(key, f"'{name}' is not the name of a variable")
            if name.startswith("CALLBOARD_"):
                return Wrong(key, "the variables that begin with CALLBOARD_ are Callboard's own")
    if any("\0" in value.reveal() for value in env.values()):
        return Wrong("env", "no variable can have a NUL in it")
    return None
