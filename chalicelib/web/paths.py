"""Finds the route of a path: API Gateway holds about 300 paths, so that it sends all of them to one, `/{proxy+}`.

`PathApp` is Chalice with that one step before it. What arrives under a route of its own, as from Chalice's local
server or from a gateway that knows every path, is left as it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from chalice import Chalice

CATCH_ALL = "/{proxy+}"


class PathFinder:
    """Routes by their number of parts and their first two; concrete parts go before parameters, as API Gateway
    chooses: so those that begin with two concrete parts go before all that do not."""

    def __init__(self, routes: Iterable[str]) -> None:
        self._routes: dict[tuple[int, str], list[tuple[str, list[str]]]] = defaultdict(list)
        for route in sorted(routes, key=lambda route: [part.startswith("{") for part in route.split("/")]):
            if route != CATCH_ALL:
                parts = route.split("/")
                start = "/".join(parts[:3])
                self._routes[len(parts), "" if "{" in start else start].append((route, parts))

    def find(self, path: str) -> tuple[str, dict[str, str]] | None:
        """The route and the decoded values of its parameters; None where no route is. One slash may end the path."""
        given = (path.rstrip("/") if path != "/" else path).split("/")
        start = "/".join(given[:3])
        for route, parts in (*self._routes.get((len(given), start), ()), *self._routes.get((len(given), ""), ())):
            if all(part == value or (part.startswith("{") and value) for part, value in zip(parts, given, strict=True)):
                pairs = zip(parts, given, strict=True)
                return route, {part[1:-1]: unquote(value) for part, value in pairs if part.startswith("{")}
        return None


class PathApp(Chalice):  # type: ignore[misc]
    """The Chalice app whose requests may all come through the catch-all."""

    @cached_property
    def _finder(self) -> PathFinder:
        return PathFinder(self.routes)

    def __call__(self, event: Mapping[str, Any], context: Any) -> Any:
        return super().__call__(self._unfolded(event), context)

    def _unfolded(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """The event as it would be if the gateway knew the route; of no route, as it is."""
        request = event.get("requestContext") or {}
        proxied = (event.get("pathParameters") or {}).get("proxy")
        if request.get("resourcePath") != CATCH_ALL or proxied is None:
            return event
        found = self._finder.find(f"/{proxied}")
        if found is None:
            return event
        route, values = found
        return {
            **event,
            "resource": route,
            "pathParameters": values or None,
            "requestContext": {**request, "resourcePath": route},
        }
