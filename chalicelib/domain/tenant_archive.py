"""What a tenant takes along: one zip with a manifest that names every file by its hash.

Layout: `records/<kind>.jsonl` (one `{"version", "record"}` a line), `events.jsonl`, `counters.jsonl`, `others.jsonl`
(totals that members gave up), `evidence/leaves.jsonl`, `evidence/checkpoints.jsonl`, `objects/<key below t/<tenant>/>`,
`manifest.json` last.
"""

import re
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.checkpoint import HexDigest, SignedCheckpoint
from chalicelib.domain.record import UtcTime
from chalicelib.domain.tenancy import TenantId

MANIFEST = "manifest.json"
EVENTS = "events.jsonl"
COUNTERS = "counters.jsonl"
OTHERS = "others.jsonl"
LEAVES = "evidence/leaves.jsonl"
CHECKPOINTS = "evidence/checkpoints.jsonl"
OBJECTS = "objects/"
AREA = "archive"
"""Where archives lie in the object store; they are no part of the next one."""

_KIND = re.compile(r"[a-z][a-z_]*")


def records_file(kind: str) -> str:
    """The file of one kind of record. ValueError for what is no kind."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"not a kind: {kind!r}")
    return f"records/{kind}.jsonl"


class ArchivedFile(BaseModel):
    """One file of the archive. lines: of JSON Lines, one each; None of any other file."""

    model_config = ConfigDict(frozen=True)

    path: str
    size: int = Field(ge=0)
    sha256: HexDigest
    lines: int | None = None


class TenantManifest(BaseModel):
    """The table of contents. The archive is read while the tenant works: what changed between `began_at` and
    `ended_at` may be there in either state. left_out: items that follow from others, by kind, with their number.
    checkpoint: the newest of the evidence log, None of a log without leaves."""

    FORMAT: ClassVar[str] = "tenant-archive/1"

    format: Literal["tenant-archive/1"] = "tenant-archive/1"
    tenant: TenantId
    label: str
    began_at: UtcTime
    ended_at: UtcTime
    requested_by: str
    files: list[ArchivedFile]
    left_out: dict[str, int]
    checkpoint: SignedCheckpoint | None = None

    @property
    def record_count(self) -> int:
        return sum(one.lines or 0 for one in self.files if one.path.startswith("records/"))

    @property
    def object_count(self) -> int:
        return sum(one.path.startswith(OBJECTS) for one in self.files)
