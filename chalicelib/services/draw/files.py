"""Where a draw's files lie in the object store. Every name carries a hash of the content: a repeated or interrupted
step writes beside what counts, never over it, and the record says which one counts."""

from chalicelib.domain.draw_commitment import RowsName
from chalicelib.domain.random_draw import RandomDraw
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys

ROWS_FILES = {RowsName.POOL: "pool.jsonl", RowsName.EXCLUSIONS: "exclusions.jsonl"}
"""Lists that may lie beside the certificate; the pool always does, so that it can be read alone."""
CERTIFICATE_FILE = "certificate.json"
BYTES = "application/octet-stream"
JSON = "application/json"
JSON_LINES = "application/jsonl"


def salt_key(tenant: TenantId, draw_id: str, salt_sha256: str) -> str:
    """The 32 secret bytes; C names their hash."""
    return keys.object_key(tenant, "draws", draw_id, "salt", salt_sha256)


def snapshot_key(tenant: TenantId, draw_id: str, sha256: str) -> str:
    """Every registered subject as it was frozen, with names: never public."""
    return keys.object_key(tenant, "draws", draw_id, "snapshot", f"{sha256}.jsonl")


def people_key(tenant: TenantId, draw_id: str, commitment_sha256: str) -> str:
    """Every officer as frozen, [person id, acting-body id, reason if left out]: never public; C fixes its content."""
    return keys.object_key(tenant, "draws", draw_id, "people", f"{commitment_sha256}.json")


def frozen_key(tenant: TenantId, draw_id: str, sha256: str) -> str:
    """The commitment and its lists as `FrozenDraw`."""
    return keys.object_key(tenant, "draws", draw_id, "frozen", f"{sha256}.json")


def result_key(tenant: TenantId, draw_id: str, sha256: str) -> str:
    """The drawn subjects with names and teams: for the plan's group only."""
    return keys.object_key(tenant, "draws", draw_id, "result", f"{sha256}.json")


def rows_key(tenant: TenantId, draw_id: str, commitment_sha256: str, name: str) -> str:
    """A public list over blinds, one row a line; C fixes its content."""
    return keys.object_key(tenant, "public", "draws", draw_id, commitment_sha256[:16], name)


def certificate_key(tenant: TenantId, draw_id: str, sha256: str) -> str:
    """The public certificate."""
    return keys.object_key(tenant, "public", "draws", draw_id, sha256[:16], CERTIFICATE_FILE)


def certificate_key_of(tenant: TenantId, draw: RandomDraw) -> str:
    return certificate_key(tenant, draw.id, draw.certificate_sha256)
