"""Many records in one transaction, at a price per record that a file of 100,000 rows can pay.

The same items under the same conditions as `Change` writes, built without a model object per item. One event tells of
all; the history of each changed record points to it.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from chalicelib.domain.act import Act
from chalicelib.domain.errors import AlreadyExistsError, ConflictError, YijianshiError
from chalicelib.domain.event import Event
from chalicelib.domain.record import Record, Ref
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.change import MAX_ACTIONS, Change
from chalicelib.storage.repository import Repository
from chalicelib.storage.table import Item, ScopedConnection

MAX_ITEMS = MAX_ACTIONS - 2
"""Items of one transaction besides its event and its marker."""
_NEW: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(#p)", "ExpressionAttributeNames": {"#p": "pk"}}


class _RawItem:
    """An item in the table's own form, where a transaction expects a model."""

    __slots__ = ("_request",)

    def __init__(self, item: dict[str, Any], condition: dict[str, Any]) -> None:
        self._request = {"TableName": Item.Meta.table_name, "Item": item, **condition}

    def get_save_kwargs_from_instance(self, **_: object) -> dict[str, Any]:
        return self._request

    def update_local_version_attribute(self) -> None:
        """The record keeps its version itself."""


class BulkChange(Change):
    """A change whose records are many: new ones, and next versions of those that were read."""

    def __init__(
        self,
        connection: ScopedConnection,
        repositories: dict[str, Repository[Any]],
        tenant: TenantId,
        act: Act,
    ) -> None:
        super().__init__(connection, repositories.__getitem__, tenant, act)
        self._repositories = repositories
        self._records: list[Record] = []

    def save(self, record: Record, before: Record | None = None) -> None:
        self.save_body(record, record.model_dump_json(), before)

    def save_body(self, record: Record, body: str, before: Record | None = None) -> None:
        """The same, for a caller that has the record's JSON at hand. before: the stored version, of one that was read;
        without it the record is read again."""
        record.touch(self.act.at)
        self.lead(record, before)
        repository = self._repositories[record.KIND]
        key, place = repository.key(self.tenant, record), repository.placement(self.tenant, record)
        item = {
            "pk": {"S": key.partition},
            "sk": {"S": key.sort},
            "shape": {"S": "record"},
            "kind": {"S": record.KIND},
            "body": {"S": body},
            "version": {"N": str(record.version + 1)},
        }
        for name, entry in (("index1", place.index1), ("index2", place.index2), ("index3", place.index3)):
            if entry:
                item[f"{name}_pk"], item[f"{name}_sk"] = {"S": entry[0]}, {"S": entry[1]}
        if place.expires_at:
            item["expires_at"] = {"N": str(place.expires_at)}
        self._records.append(record)
        if not record.version:
            self._put(item, _NEW, partial(AlreadyExistsError, kind=record.KIND, identity=record.id))
            return
        condition = {
            "ConditionExpression": "#v = :v",
            "ExpressionAttributeNames": {"#v": "version"},
            "ExpressionAttributeValues": {":v": {"N": str(record.version)}},
        }
        self._put(item, condition, partial(ConflictError, kind=record.KIND, id=record.id))

    def claim(self, name: str, value: str, target: Ref, instead_of: Iterable[Ref] = ()) -> None:
        owners = {f":t{at}": {"S": f"{one.kind}#{one.id}"} for at, one in enumerate((target, *instead_of))}
        condition = {
            "ConditionExpression": " OR ".join(["attribute_not_exists(#p)", *(f"#t = {name}" for name in owners)]),
            "ExpressionAttributeNames": {"#p": "pk", "#t": "target"},
            "ExpressionAttributeValues": owners,
        }
        item = self._pointer(keys.claim(self.tenant, name, value), target)
        self._put(item, condition, partial(AlreadyExistsError, kind=name, identity=value))

    def mention(self, ref: Ref) -> None:
        """Let this record's own history lead to the change's event, which comes first."""
        if self._event is None:
            raise ValueError("the event comes first")
        item = self._pointer(keys.event(self.tenant, ref, self._event.id), self._event.record)
        self._put(item, {}, partial(ConflictError, kind="event", id=self._event.id))

    def commit(self) -> Event:
        event = super().commit()
        for record in self._records:
            record.version += 1
        return event

    def _point(self, key: keys.Key, target: Ref) -> None:
        self._put(self._pointer(key, target), {}, partial(ConflictError, kind=target.kind, id=target.id))

    @staticmethod
    def _pointer(key: keys.Key, target: Ref) -> dict[str, Any]:
        return {
            "pk": {"S": key.partition},
            "sk": {"S": key.sort},
            "shape": {"S": "pointer"},
            "target": {"S": f"{target.kind}#{target.id}"},
        }

    def _put(self, item: dict[str, Any], condition: dict[str, Any], refuse: Callable[[], YijianshiError]) -> None:
        self._puts.append((_RawItem(item, condition), None, refuse))  # type: ignore[arg-type]
