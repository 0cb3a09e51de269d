"""What agent programs write, read: pure functions of the bytes that come, one file for each format."""

from collections.abc import Callable, Mapping

from core.provider_settings import ParserName
from core.sessions.providers.parsers.aider import aider
from core.sessions.providers.parsers.claude import claude
from core.sessions.providers.parsers.codex import codex
from core.sessions.providers.parsers.events import Parser
from core.sessions.providers.parsers.gemini import gemini
from core.sessions.providers.parsers.llm import llm
from core.sessions.providers.parsers.opencode import opencode
from core.sessions.providers.parsers.text import text

PARSERS: Mapping[ParserName, Callable[[], Parser]] = {
    "text": text,
    "codex": codex,
    "claude": claude,
    "gemini": gemini,
    "opencode": opencode,
    "aider": aider,
    "llm": llm,
}
"""A new parser for each turn."""
