"""The project's own source, as trees that rules can be checked on."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Module(NamedTuple):
    path: str
    nodes: tuple[ast.AST, ...]

    def at(self, node: ast.AST) -> str:
        """A place that an editor opens."""
        return f"{self.path}:{getattr(node, 'lineno', 0)}"


def modules(*packages: str) -> Iterator[Module]:
    """Every module of the packages."""
    for package in packages:
        yield from _modules_of(package)


@cache
def _modules_of(package: str) -> tuple[Module, ...]:
    files = sorted((ROOT / package).rglob("*.py"))
    return tuple(
        Module(str(path.relative_to(ROOT)), tuple(ast.walk(ast.parse(path.read_text("utf-8"))))) for path in files
    )


def written(node: ast.AST) -> str:
    """The code of it. A dotted name, as most are, is put together here: that is a hundred times faster."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{written(node.value)}.{node.attr}"
    return ast.unparse(node)


def calls(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Every call, with what is called as it is written."""
    for node in module.nodes:
        if isinstance(node, ast.Call):
            yield node, written(node.func)


def strings(module: Module) -> Iterator[ast.Constant]:
    """Every string that is not a docstring."""
    documentation = {
        id(node.body[0].value)
        for node in module.nodes
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node
