"""What is asked of the table: calls and read units, counted as the table would charge them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chalicelib import bootstrap
from chalicelib.storage.store import Store


@dataclass
class Cost:
    calls: int = 0
    units: float = 0.0


@contextmanager
def metered(store: Store | None = None) -> Iterator[Cost]:
    """Counts what this store, or that of this process, asks the table for, and the read units of the answers."""
    cost = Cost()
    asked: list[dict[str, Any]] = []
    events = (store or bootstrap.store())._connection.client.meta.events

    def ask(params: dict[str, Any], **_: Any) -> None:
        asked.append(params)

    def note(parsed: dict[str, Any], **_: Any) -> None:
        cost.calls += 1
        cost.units += read_units(asked[-1], parsed)

    events.register("before-parameter-build.dynamodb", ask, unique_id="ask")
    events.register("after-call.dynamodb", note, unique_id="note")
    try:
        yield cost
    finally:
        events.unregister("before-parameter-build.dynamodb", unique_id="ask")
        events.unregister("after-call.dynamodb", unique_id="note")


def read_units(asked: dict[str, Any], parsed: dict[str, Any]) -> float:
    """As the table would charge it, for the emulator charges every query alike: four kilobytes a unit, half of it when
    eventually consistent; a query by the sum of its items, a batch item by item."""
    if "Responses" in parsed:
        units = 0.0
        for name, items in parsed["Responses"].items():
            share = 1.0 if asked["RequestItems"][name].get("ConsistentRead") else 0.5
            missing = len(asked["RequestItems"][name]["Keys"]) - len(items)
            units += share * (sum(_blocks(size_of(item)) for item in items) + max(missing, 0))
        return units
    share = 1.0 if asked.get("ConsistentRead") else 0.5
    if "Items" in parsed or "Count" in parsed:
        return share * _blocks(sum(size_of(item) for item in parsed.get("Items", ())))
    return share * _blocks(size_of(parsed.get("Item") or {}))


def _blocks(size: int) -> int:
    return max(1, -(-size // 4096))


def size_of(item: dict[str, Any]) -> int:
    """Bytes of names and values, in UTF-8."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    (kind, inner), *_ = value.items()
    return sum(len(one.encode()) for one in inner) if kind == "SS" else len(str(inner).encode())
