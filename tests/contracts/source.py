"""The project's own source, as trees that rules can be checked on."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Module(NamedTuple):
    path: str
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """A place that an editor opens."""
        return f"{self.path}:{getattr(node, 'lineno', 0)}"


@cache
def modules(*packages: str) -> tuple[Module, ...]:
    """Every module of the packages."""
    files = sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))
    return tuple(Module(str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))) for path in files)


def calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Every call, with what is called as it is written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def strings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Every string that is not a docstring."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node
