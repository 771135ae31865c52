"""What a frozen draw left in the object store, read back and checked against the record."""

import hashlib
import json
from collections.abc import Iterable, Iterator

from chalicelib.domain.draw_certificate import EvidenceReference, RowsReader
from chalicelib.domain.draw_commitment import Inspector, RowsName
from chalicelib.domain.draw_freeze import FrozenDraw
from chalicelib.domain.draw_rows import Row
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.random_draw import RandomDraw
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.draw import files
from chalicelib.services.draw.logged import with_checkpoint
from chalicelib.services.draw.snapshot import FrozenSubject
from chalicelib.services.evidence.find_proof import find_proof
from chalicelib.storage.store import Store


def read_frozen(store: Store, tenant: TenantId, draw: RandomDraw) -> FrozenDraw:
    """Commitment and lists. Raises ConflictError when the file is not the one that was frozen."""
    body = store.objects.read(tenant, files.frozen_key(tenant, draw.id, draw.frozen_sha256))
    frozen = FrozenDraw.model_validate_json(body)
    if (
        hashlib.sha256(body).hexdigest() != draw.frozen_sha256
        or frozen.commitment.digest().hex() != draw.commitment_sha256
    ):
        raise ConflictError(kind="frozen_draw", id=draw.id)
    return frozen


def rows_reader(store: Store, tenant: TenantId, draw: RandomDraw, frozen: FrozenDraw) -> RowsReader:
    """Reads a list wherever it lies."""

    def read(name: RowsName) -> Iterable[Row]:
        rows = frozen.rows[name]
        if rows.rows is not None:
            return (tuple(row) for row in rows.rows)
        key = files.rows_key(tenant, draw.id, draw.commitment_sha256, files.ROWS_FILES[name])
        return (tuple(json.loads(line)) for line in _lines(store.objects.stream(tenant, key)))

    return read


def frozen_subjects(store: Store, tenant: TenantId, draw: RandomDraw) -> Iterator[FrozenSubject]:
    """Every line of the snapshot, streamed."""
    key = files.snapshot_key(tenant, draw.id, draw.snapshot_sha256)
    return (FrozenSubject.model_validate_json(line) for line in _lines(store.objects.stream(tenant, key)))


def frozen_officers(store: Store, tenant: TenantId, draw: RandomDraw) -> list[Inspector]:
    """Every officer as frozen, those left out with their reason."""
    rows = json.loads(store.objects.read(tenant, files.people_key(tenant, draw.id, draw.commitment_sha256)))
    return [Inspector(*row) for row in rows]


def read_salt(store: Store, tenant: TenantId, draw: RandomDraw) -> bytes:
    """The secret of this draw's blinds."""
    if draw.commitment is None:
        raise ConflictError(kind="salt", id=draw.id)
    return store.objects.read(tenant, files.salt_key(tenant, draw.id, draw.commitment.salt_sha256))


def evidence_of(store: Store, tenant: TenantId, draw: RandomDraw) -> EvidenceReference:
    """Where the log holds C. Raises CommitmentNotLoggedError while that is not signed."""
    draw, checkpoint = with_checkpoint(store, tenant, draw)
    position = draw.position or 0
    leaf, proof = find_proof(store, tenant, position, checkpoint)
    return EvidenceReference(
        leaf=json.loads(leaf.content), position=position, proof=[node.hex() for node in proof], checkpoint=checkpoint
    )


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest
