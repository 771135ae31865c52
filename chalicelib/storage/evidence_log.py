"""The tenant's evidence log: numbered leaves, the tree's frontier, signed checkpoints. The sequencer writes it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.checkpoint import SignedCheckpoint
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.merkle import FrontierState, leaf_hash, sm3
from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import StorageUnavailableError, translated
from chalicelib.storage.table import Item, PointerItem, RecordItem, ScopedConnection

MAX_BATCH = 45
"""Leaves per transaction: two items each, the state and the checkpoint, below the limit of 100 actions."""


class LogState(Record):
    """How far the log has come: the frontiers of its tree under both hashes."""

    KIND: ClassVar[str] = "log_state"

    id: str = "state"
    sha256: FrontierState = FrontierState(size=0, nodes=[])
    sm3: FrontierState = FrontierState(size=0, nodes=[])
    tree_size: int = Field(default=0, ge=0)


@dataclass(frozen=True)
class Leaf:
    """One numbered leaf. `content` is the JCS text whose hash with prefix 0x00 stands in the tree."""

    index: int
    event_id: str
    content: str

    @property
    def sha256(self) -> bytes:
        return leaf_hash(self.content.encode())

    @property
    def sm3(self) -> bytes:
        return leaf_hash(self.content.encode(), sm3)


class EvidenceLog:
    """Reads need the tenant's scope, `append` the sequencer's."""

    def __init__(self, connection: ScopedConnection) -> None:
        self._connection = connection

    def state(self, tenant: TenantId) -> LogState:
        key = keys.log_state(tenant)
        with translated():
            found = list(RecordItem.query(key.partition, RecordItem.sk == key.sort, consistent_read=True))
        if not found:
            return LogState()
        state = LogState.model_validate_json(found[0].body)
        state.version = found[0].version
        return state

    def positions(self, tenant: TenantId, event_ids: Sequence[str]) -> dict[str, int]:
        """Where these events stand; those not yet numbered are missing."""
        wanted = [tuple(keys.log_position(tenant, event_id)) for event_id in event_ids]
        with translated():
            found = PointerItem.batch_get(wanted, consistent_read=True)
            return {item.pk.rpartition("#")[2]: int(item.target) for item in found}

    def append(self, tenant: TenantId, state: LogState, leaves: Sequence[Leaf], checkpoint: SignedCheckpoint) -> None:
        """Number these leaves in one transaction; ConflictError when the log moved on since `state` was read."""
        key = keys.log_state(tenant)
        item = RecordItem(key.partition, key.sort, kind=state.KIND, body=state.model_dump_json())
        if state.version:
            item.version = state.version
        mark = keys.log_checkpoint(tenant, checkpoint.tree_size)
        try:
            with TransactWrite(connection=self._connection) as write:
                write.save(item, None if state.version else Item.pk.does_not_exist())
                for leaf in leaves:
                    at = keys.log_leaf(tenant, leaf.index)
                    entry = PointerItem(at.partition, at.sort, target=leaf.event_id, body=leaf.content)
                    write.save(entry, Item.pk.does_not_exist())
                    position = keys.log_position(tenant, leaf.event_id)
                    pointer = PointerItem(position.partition, position.sort, target=str(leaf.index))
                    write.save(pointer, Item.pk.does_not_exist())
                write.save(PointerItem(mark.partition, mark.sort, body=checkpoint.model_dump_json()))
        except TransactWriteError as error:
            if error.cause_response_code == "TransactionCanceledException":
                raise ConflictError(kind=state.KIND) from error
            raise StorageUnavailableError(cause=error.cause_response_code or "transaction") from error

    def leaf(self, tenant: TenantId, index: int) -> Leaf:
        key = keys.log_leaf(tenant, index)
        with translated():
            item = PointerItem.get(key.partition, key.sort, consistent_read=True)
        return Leaf(index, item.target, item.body)

    def leaves(self, tenant: TenantId, size: int) -> Iterator[Leaf]:
        """The first `size` leaves in order."""
        for start in range(0, size, keys.LEAVES_PER_PARTITION):
            last = min(size, start + keys.LEAVES_PER_PARTITION) - 1
            partition = keys.log_leaf(tenant, start).partition
            with translated():
                bounds = PointerItem.sk.between(keys.log_leaf(tenant, start).sort, keys.log_leaf(tenant, last).sort)
                for item in PointerItem.query(partition, bounds, page_size=1000):
                    yield Leaf(int(item.sk), item.target, item.body)

    def checkpoint_covering(self, tenant: TenantId, position: int) -> SignedCheckpoint | None:
        """The first checkpoint whose tree holds the leaf at `position`, None until it is signed."""
        key = keys.log_checkpoint(tenant, position + 1)
        with translated():
            found = list(PointerItem.query(key.partition, PointerItem.sk >= key.sort, limit=1, consistent_read=True))
        return SignedCheckpoint.model_validate_json(found[0].body) if found else None

    def checkpoints(self, tenant: TenantId, limit: int = 25) -> list[SignedCheckpoint]:
        """The newest checkpoints, newest first."""
        partition = keys.log_checkpoint(tenant, 0).partition
        with translated():
            found = PointerItem.query(partition, scan_index_forward=False, limit=limit)
            return [SignedCheckpoint.model_validate_json(item.body) for item in found]
