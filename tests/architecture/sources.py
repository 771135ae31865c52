"""The product's own Python files and page templates as syntax trees, for tests that look at all of them.

Each is read and parsed once for all of these tests, which therefore run in one process: mark them with `IN_ONE`.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import nodes

from chalicelib.web.render import environment

IN_ONE = pytest.mark.xdist_group("sources")
ROOT = Path(__file__).parents[2]
PRODUCT = ROOT / "chalicelib"


@cache
def trees(folder: str = "chalicelib") -> dict[str, ast.Module]:
    """Every module below a folder of the repository: its path from the root to its syntax tree."""
    return {path.as_posix(): ast.parse((ROOT / path).read_text(encoding="utf-8")) for path in modules(folder)}


def modules(folder: str = "chalicelib") -> list[Path]:
    """The modules below a folder of the repository, as paths from the root."""
    return [path.relative_to(ROOT) for path in sorted((ROOT / folder).rglob("*.py"))]


@cache
def walked(tree: ast.AST) -> list[ast.AST]:
    """Every node of one of these trees."""
    return list(ast.walk(tree))


@cache
def template(path: Path) -> nodes.Template:
    """A page template, parsed. Raises jinja2.TemplateSyntaxError."""
    return environment().parse(path.read_text(encoding="utf-8"))


def strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every string constant with its line, docstrings left out, the pieces of f-strings included."""
    documentation = {id(text) for node in walked(tree) if (text := _docstring(node))}
    for node in walked(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def members_named(tree: ast.AST, name: str) -> set[str]:
    """What is read from a name: `EventType.JOB_FAILED` gives JOB_FAILED."""
    return {
        node.attr
        for node in walked(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    }


def _docstring(node: ast.AST) -> ast.Constant | None:
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return body[0].value
    return None
