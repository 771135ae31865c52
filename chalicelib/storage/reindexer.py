"""Index entries and pointers of records that an earlier version wrote without them.

What a record says stays as it is, its version too: only where it is found is mended. A record that is changed at the
same moment is passed over, as that change writes both anew.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.repository import Repository
from chalicelib.storage.table import Item, PointerItem, RecordItem, ScopedConnection

_PLACES = tuple(f"index{number}_{part}" for number in (1, 2, 3) for part in ("pk", "sk"))


class Reindexer:
    def __init__(self, connection: ScopedConnection, repositories: Mapping[str, Repository[Any]]) -> None:
        self._connection, self._repositories = connection, repositories

    def mend(self, tenant: TenantId, found: Iterable[keys.Key]) -> int:
        """How many of the records with these keys were mended, read a hundred a call."""
        wanted = [tuple(key) for key in found if keys.holds_record(key)]
        with translated():
            held = [item for item in Item.batch_get(wanted, consistent_read=True) if isinstance(item, RecordItem)]
            known = [item for item in held if item.kind in self._repositories]
            return sum(self._mend(tenant, item) for item in known)

    def _mend(self, tenant: TenantId, item: RecordItem) -> bool:
        repository = self._repositories[item.kind]
        record = repository.load(item)
        actions = list(_changes(item, repository.item(tenant, record)))
        missing = self._missing(tenant, repository, record)
        if not (actions or missing):
            return False
        is_same = Path("version") == int(item.version)
        try:
            with TransactWrite(connection=self._connection) as write:
                for key in missing:
                    write.save(PointerItem(key.partition, key.sort, target=f"{record.KIND}#{record.id}"))
                if actions:
                    write.update(Item(item.pk, item.sk), actions, is_same)
                else:
                    write.condition_check(Item, item.pk, item.sk, is_same)
        except TransactWriteError as error:
            if all(one is None or one.code == "ConditionalCheckFailed" for one in error.cancellation_reasons):
                return False
            raise
        return True

    def _missing(self, tenant: TenantId, repository: Repository[Any], record: Any) -> list[keys.Key]:
        wanted = repository.pointers(tenant, record) if repository.has_pointers else ()
        held = {(one.pk, one.sk) for one in PointerItem.batch_get([tuple(key) for key in wanted])} if wanted else set()
        return [key for key in wanted if (key.partition, key.sort) not in held]


def _changes(item: RecordItem, fresh: RecordItem) -> Iterator[Action]:
    for name in _PLACES:
        before, after = getattr(item, name), getattr(fresh, name)
        if before != after:
            attribute = getattr(Item, name)
            yield attribute.set(after) if after else attribute.remove()
