"""The product's own Python files as syntax trees, for tests that look at all of them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ROOT / "chalicelib"


@cache
def trees(folder: str = "chalicelib") -> dict[str, ast.Module]:
    """Every module below a folder of the repository: its path from the root to its syntax tree."""
    paths = sorted((ROOT / folder).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every string constant with its line, docstrings left out, the pieces of f-strings included."""
    documentation = {id(text) for node in ast.walk(tree) if (text := _docstring(node))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def members_named(tree: ast.AST, name: str) -> set[str]:
    """What is read from a name: `EventType.JOB_FAILED` gives JOB_FAILED."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    }


def _docstring(node: ast.AST) -> ast.Constant | None:
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        return body[0].value
    return None
