"""Erasing a tenant: DynamoDB lists partitions in no other way than by a scan; this one sees keys and nothing else.

A scan walks the whole table and is paid for by its size, so it is for tenants that leave and for demos that start anew.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pynamodb.expressions.operand import Path
from pynamodb.transactions import TransactWrite

from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.repository import Position
from chalicelib.storage.scope import ScopeRole, entered
from chalicelib.storage.table import Item, ScopedConnection

PER_CALL = 100


class Eraser:
    """Every key of a tenant, and their deletion, under a role that can do only these two."""

    def __init__(self, connection: ScopedConnection) -> None:
        self._connection = connection

    def every_key(self, tenant: TenantId) -> Iterator[keys.Key]:
        """Partition and sort key of everything that the tenant has in the table."""
        after: Position | None = None
        while True:
            found, after = self.page(tenant, after)
            yield from found
            if after is None:
                return

    def page(self, tenant: TenantId, after: Position | None = None) -> tuple[list[keys.Key], Position | None]:
        """The tenant's keys on the next megabyte of the table, often none; and where to go on, None at its end. The
        position may name an item of any tenant: it is never shown."""
        with entered(tenant, ScopeRole.ERASER), translated():
            page: dict[str, Any] = self._connection.scan(
                str(Item.Meta.table_name),
                filter_condition=Path("pk").startswith(keys.tenant_prefix(tenant)),
                attributes_to_get=["pk", "sk"],
                exclusive_start_key=after,
            )
        found = [keys.Key(item["pk"]["S"], item["sk"]["S"]) for item in page["Items"]]
        return found, page.get("LastEvaluatedKey") or None

    def erase(self, tenant: TenantId, found: Iterable[keys.Key]) -> int:
        """Delete these items, a hundred a call; how many. What is gone already is passed over."""
        count, batch = 0, []
        for key in found:
            batch.append(key)
            if len(batch) == PER_CALL:
                count += self._erase(tenant, batch)
                batch = []
        return count + self._erase(tenant, batch)

    def _erase(self, tenant: TenantId, batch: list[keys.Key]) -> int:
        if batch:
            with (
                entered(tenant, ScopeRole.ERASER),
                translated(),
                TransactWrite(connection=self._connection) as write,
            ):
                for key in batch:
                    write.delete(Item(key.partition, key.sort))
        return len(batch)
