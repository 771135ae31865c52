"""Nothing of a tenant is kept in a process without the tenant's name on it (trust design §1.7)."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOOKED_AT = ("bootstrap.py", "observability.py", "settings.py", "services", "storage", "web", "workers")
CACHES = {"cache", "lru_cache"}
HOLDERS = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)
MAKERS = {"dict", "list", "set", "defaultdict", "OrderedDict", "deque", "WeakValueDictionary", "KeyCache"}

WITHOUT_TENANT = {
    "bootstrap._clock": "the clock",
    "bootstrap._client_at": "cloud clients, by name of the service",
    "bootstrap.store": "holds a connection; credentials follow the scope of each call",
    "bootstrap.queues": "clients only",
    "bootstrap.signer": "the platform's key",
    "bootstrap.application_secret": "the platform's key",
    "bootstrap.vault": "the platform's key",
    "bootstrap.gateways": "ways out of the site, the same for every tenant",
    "observability.tracer": "a tracer",
    "observability.metrics": "metrics",
    "services.scenario.read_edition._frozen_as": "published packages, the same for everybody",
    "services.scenario.read_edition._thawed": "published packages, the same for everybody",
    "services.working_calendar._source": "where published calendars come from",
    "services.working_calendar._kept": "published calendars, the same for everybody",
    "settings.settings": "settings of the process",
    "storage.table._connection": "a client; credentials follow the scope of each call",
    "storage.table._loader": "service descriptions of the cloud library",
    "storage.scope._policy_text": "a shipped policy file",
    "web.api.openapi.document": "the description of our own routes",
    "web.figure_views._city_places": "a shipped map",
    "web.help_topics.topics": "shipped help",
    "web.public.reference_view.area_view": "the description of our own routes",
    "web.public.reference_view.every_call": "the description of our own routes",
    "web.i18n.translations": "shipped translations",
    "web.render.environment": "shipped templates",
    "web.render._content_hash": "hashes of shipped files",
    "web.static_files._content": "shipped files",
    "web.identity.keys.key_cache": "public keys of the identity provider",
    "web.identity.oidc._trusted": "certificates of the library",
    "web.ui._in_menus": "the declarations of our own routes",
    "web.ui._pages": "the paths of our own routes",
    "web.routing._declarations": "declared when modules are imported",
    "workers.registration._batches": "a module of a library",
}
"""Cached functions and holders that are filled while running, by name; what they keep is of no tenant, and why."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    package = ROOT / "chalicelib"
    for name in LOOKED_AT:
        found = package / name
        for file in [found] if found.is_file() else sorted(found.rglob("*.py")):
            module = ".".join(file.relative_to(package).with_suffix("").parts)
            yield module, ast.parse(file.read_text(encoding="utf-8"))


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def cached_without_tenant(module: str, tree: ast.Module) -> Iterator[str]:
    """Cached functions that do not take the tenant."""
    for node in ast.walk(tree):
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if is_function and any(_name(one) in CACHES for one in node.decorator_list):
            taken = {one.arg for one in [*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs]}
            if "tenant" not in taken:
                yield f"{module}.{node.name}"


def filled_while_running(module: str, tree: ast.Module) -> Iterator[str]:
    """Module-level holders that begin empty, and those that a function of the module writes into."""
    holders = {}
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = getattr(node, "value", None)
        if targets and (isinstance(value, HOLDERS) or (isinstance(value, ast.Call) and _name(value) in MAKERS)):
            holders |= {target.id: value for target in targets if isinstance(target, ast.Name)}
    written = {
        name for function in ast.walk(tree) if isinstance(function, ast.FunctionDef) for name in _written(function)
    }
    for name, value in holders.items():
        is_empty = (isinstance(value, ast.Call) and not value.args) or not list(ast.iter_child_nodes(value))
        if name in written or is_empty or (isinstance(value, ast.Call) and _name(value) == "KeyCache"):
            yield f"{module}.{name}"


def _written(function: ast.FunctionDef) -> Iterator[str]:
    changing = {"append", "add", "update", "setdefault", "extend", "insert"}
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Store | ast.Del)
            and isinstance(node.value, ast.Name)
        ):
            yield node.value.id
        is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in changing
        if is_method and isinstance(node.func.value, ast.Name):
            yield node.func.value.id
        if isinstance(node, ast.Global):
            yield from node.names


@cache
def found_here() -> frozenset[str]:
    return frozenset(
        name
        for module, tree in modules()
        for name in (*cached_without_tenant(module, tree), *filled_while_running(module, tree))
    )


def test_what_a_process_keeps_names_its_tenant_or_is_of_none() -> None:
    """Give the cached function a parameter `tenant`, or say in WITHOUT_TENANT why it holds nothing of a tenant."""
    assert sorted(found_here() - set(WITHOUT_TENANT)) == []


def test_what_is_explained_still_exists() -> None:
    assert sorted(set(WITHOUT_TENANT) - found_here()) == []


@pytest.mark.parametrize(
    ("source", "is_found"),
    [
        ("@cache\ndef plans(store): ...", True),
        ("@functools.lru_cache(maxsize=2)\ndef plans(store): ...", True),
        ("@cache\ndef plans(store, tenant): ...", False),
        ("_seen = {}\ndef f(x): ...", True),
        ("_seen = {'a': 1}\ndef f(x):\n    _seen[x] = 2", True),
        ("_seen = [1]\ndef f(x):\n    _seen.append(x)", True),
        ("WORDS = {'a': 1}\ndef f(x): return WORDS[x]", False),
    ],
)
def test_the_look_finds_what_it_should(source: str, is_found: bool) -> None:
    tree = ast.parse(source)

    assert bool([*cached_without_tenant("m", tree), *filled_while_running("m", tree)]) is is_found
