"""Records written past the services, many at once, as a change would write them."""

import os
from collections.abc import Iterable, Iterator
from typing import Any

import boto3

from chalicelib import bootstrap
from chalicelib.domain.record import Record, new_id
from chalicelib.storage import keys


def items_of(tenant: str, record: Record) -> Iterator[dict[str, Any]]:
    """The items of a record as a change would write them, its pointers among them."""
    store = bootstrap.store()
    repository = store._by_kind[record.KIND]
    item = repository.item(tenant, record)
    item.version = 1
    yield item.serialize()
    for key in repository.pointers(tenant, record):
        yield _pointer(key, record)


def _pointer(key: keys.Key, record: Record) -> dict[str, Any]:
    target = f"{record.KIND}#{record.id}"
    return {"pk": {"S": key.partition}, "sk": {"S": key.sort}, "shape": {"S": "pointer"}, "target": {"S": target}}


def write_copies(tenant: str, records: Iterable[Record], count: int) -> None:
    """`count` more of each record, under identifiers of their own."""
    write(
        item
        for record in records
        for _ in range(count)
        for item in items_of(tenant, record.model_copy(update={"id": new_id(), "version": 0}))
    )


def write(items: Iterable[dict[str, Any]]) -> None:
    client, table = boto3.client("dynamodb"), os.environ["YIJIANSHI_TABLE_NAME"]
    batch: list[dict[str, Any]] = []

    def put() -> None:
        if batch:
            left = client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": one}} for one in batch]})
            assert not left.get("UnprocessedItems")
            batch.clear()

    for item in items:
        batch.append(item)
        if len(batch) == 25:
            put()
    put()
