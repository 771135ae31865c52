"""moto without the two habits that cost it the most time on a table of some thousand items.

moto 5.2 copies the table with all its items and stream records once for every action of a TransactWriteItems, to have
something to go back to: an import of ninety rows takes minutes. Here only the items that the actions name are kept, and
put back when the transaction is cancelled. And it sorts the whole table at every query, by a comparison of its own:
here by the keys' text. What actions do and queries find stays moto's own.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from typing import Any
from unittest.mock import patch

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

_moto_transacts = DynamoDBBackend.transact_write_items


@contextmanager
def quick_tables() -> Iterator[None]:
    """Inside, every moto backend of this process works this way: for one request at a time, and tables with two keys
    that are strings."""
    with (
        patch.object(DynamoDBBackend, "transact_write_items", _transact),
        patch.object(Table, "all_items", _items_in_order),
    ):
        yield


def _items_in_order(table: Table) -> list[Item]:
    items = [item for partition in table.items.values() for item in partition.values()]
    return sorted(items, key=_key_text)


def _key_text(item: Any) -> tuple[str, str]:
    return item.hash_key.value, item.range_key.value


def _transact(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    with ExitStack() as kept:
        for action in transact_items:
            kept.enter_context(_put_back_when_cancelled(backend, next(iter(action.values()))))
        # What moto takes for its copy is the table itself, and its own way back does nothing.
        with patch.object(Table, "__deepcopy__", _itself, create=True):
            _moto_transacts(backend, transact_items)


def _itself(table: Table, _memo: dict[int, Any]) -> Table:
    return table


@contextmanager
def _put_back_when_cancelled(backend: DynamoDBBackend, action: dict[str, Any]) -> Iterator[None]:
    """The item of one action, and the end of its table's stream, as they are now."""
    table = backend.tables.get(action.get("TableName", ""))
    key = action.get("Key") or action.get("Item") or {}
    if table is None or not set(table.table_key_attrs) <= key.keys():
        yield  # moto refuses the action without having written
        return
    hash_key, range_key = backend.get_keys_value(table, key)
    before = deepcopy(table.get_item(hash_key, range_key))
    records = len(table.stream_shard.items) if table.stream_shard else 0
    try:
        yield
    except BaseException:
        _put_back(table, hash_key, range_key, before)
        if table.stream_shard:
            del table.stream_shard.items[records:]
        raise


def _put_back(table: Table, hash_key: DynamoType, range_key: DynamoType | None, before: Item | None) -> None:
    places: Any = table.items
    place, last = (places, hash_key) if range_key is None else (places[hash_key], range_key)
    if before is None:
        place.pop(last, None)
    else:
        place[last] = before
