"""A zip that is written straight into the object store and goes on where it was stopped, to the same bytes.

The zip leaves as parts of a multipart upload. At a checkpoint what the next run needs is put aside: the entries that
are complete, the parts that are uploaded, and the bytes after them that make no whole part yet. Memory holds one part,
and a few words of each entry.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.tenant_archive import ArchivedFile
from chalicelib.storage.objects import ObjectStore

PART_BYTES = 16 * 1024 * 1024
"""Of a part: S3 takes five megabytes at least and 10,000 parts, so an archive of 160 GB."""
_KEPT = (
    *("compress_type", "CRC", "compress_size", "file_size", "header_offset"),
    *("flag_bits", "create_version", "extract_version", "external_attr"),
)
"""What the zip's directory, its last part, says of an entry."""
_ZIP = "application/zip"


class _Parts:
    """Where the zip is written to: whole parts leave, the rest waits. It cannot seek, as `zipfile` finds out."""

    def __init__(self, send: Callable[[int, bytes], str], etags: list[str], rest: bytes, offset: int) -> None:
        self._send, self.etags, self._offset = send, etags, offset
        self.rest = bytearray(rest)

    def write(self, content: bytes) -> int:
        self.rest += content
        self._offset += len(content)
        while len(self.rest) >= PART_BYTES:
            self._leave(PART_BYTES)
        return len(content)

    def finish(self) -> None:
        if self.rest or not self.etags:
            self._leave(len(self.rest))

    def _leave(self, size: int) -> None:
        self.etags.append(self._send(len(self.etags) + 1, bytes(self.rest[:size])))
        del self.rest[:size]

    def tell(self) -> int:
        return self._offset

    def flush(self) -> None:
        """Nothing waits that could leave."""


class ZipUpload:
    """`aside` names the objects that carry it over a stop; who began it erases them at the end."""

    def __init__(self, objects: ObjectStore, tenant: TenantId, key: str, aside: Callable[[str], str]) -> None:
        self._objects, self._tenant, self._key, self._aside = objects, tenant, key, aside
        self.files: list[ArchivedFile] = []
        self._entries: list[dict[str, Any]] = []
        self._noted = 0
        self._runs = 0
        self._upload_id = self._begun()
        self._parts = self._restored()
        self._zip = ZipFile(self._parts, "w", ZIP_DEFLATED, allowZip64=True)  # type: ignore[call-overload]
        self._zip.filelist = [_info(one) for one in self._entries]

    def _begun(self) -> str:
        name = self._aside("upload.json")
        if self._objects.exists(self._tenant, name):
            return str(json.loads(self._objects.read(self._tenant, name))["upload_id"])
        upload_id = self._objects.begin_upload(self._tenant, self._key, _ZIP)
        self._put("upload.json", {"upload_id": upload_id})
        return upload_id

    def _restored(self) -> _Parts:
        etags: list[str] = []
        rest, offset = b"", 0
        while self._objects.exists(self._tenant, self._aside(f"written-{self._runs:06d}.json")):
            noted = json.loads(self._objects.read(self._tenant, self._aside(f"written-{self._runs:06d}.json")))
            self._entries += noted["entries"]
            etags, offset = etags + noted["etags"], noted["offset"]
            self._runs += 1
        if self._runs:
            rest = self._objects.read(self._tenant, self._aside(f"rest-{self._runs - 1:06d}.bin"))
        self.files = [ArchivedFile.model_validate(one["file"]) for one in self._entries]
        self._noted, self._noted_parts = len(self._entries), len(etags)
        return _Parts(self._send, etags, rest, offset)

    def _send(self, number: int, content: bytes) -> str:
        return self._objects.upload_part(self._tenant, self._key, self._upload_id, number, content)

    def add(self, name: str, chunks: Iterator[bytes], *, lines: int | None = None, form: int = ZIP_DEFLATED) -> None:
        """One entry. form: how it is compressed; lines: of JSON Lines, how many."""
        entry, digest, size = ZipInfo(name), hashlib.sha256(), 0
        entry.compress_type = form
        with self._zip.open(entry, "w", force_zip64=True) as target:
            for chunk in chunks:
                target.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        file = ArchivedFile(path=name, size=size, sha256=digest.hexdigest(), lines=lines)
        self.files.append(file)
        kept = {name: getattr(entry, name) for name in _KEPT}
        self._entries.append({"file": file.model_dump(), "zip": kept})

    def checkpoint(self) -> None:
        """Put aside what is new since the last one. Only between entries."""
        noted = {
            "entries": self._entries[self._noted :],
            "etags": self._parts.etags[self._noted_parts :],
            "offset": self._parts.tell(),
        }
        self._objects.put(self._tenant, self._aside(f"rest-{self._runs:06d}.bin"), bytes(self._parts.rest), _ZIP)
        # Last: without it the next run begins at the checkpoint before.
        self._put(f"written-{self._runs:06d}.json", noted)
        self._noted, self._noted_parts, self._runs = len(self._entries), len(self._parts.etags), self._runs + 1

    def finish(self) -> None:
        """Write the directory and make the object of the parts."""
        self._zip.close()
        self._parts.finish()
        self._objects.end_upload(self._tenant, self._key, self._upload_id, self._parts.etags)

    def _put(self, name: str, value: dict[str, Any]) -> None:
        self._objects.put(self._tenant, self._aside(name), json.dumps(value).encode(), "application/json")


def _info(entry: dict[str, Any]) -> ZipInfo:
    info = ZipInfo(entry["file"]["path"])
    for name in _KEPT:
        setattr(info, name, entry["zip"][name])
    return info
