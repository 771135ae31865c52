"""Files in the object store: photos, imports, snapshots, certificates. Always below `t/<tenant>/`, named by us."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from botocore.exceptions import ClientError

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.errors import translated
from chalicelib.storage.scope import ScopeRole, current_scope

UPLOAD_SECONDS = 120


@dataclass(frozen=True)
class UploadForm:
    """A presigned POST: the browser sends these fields and the file to `url` within 120 seconds."""

    url: str
    fields: dict[str, str]
    key: str


class ObjectStore:
    """One bucket. `client` and `public_client` are S3 clients; the second signs for the origin that browsers see."""

    def __init__(self, client: Callable[[], Any], bucket: str, public_client: Callable[[], Any] | None = None) -> None:
        self._client, self._bucket = client, bucket
        self._public_client = public_client or client

    def _own(self, tenant: TenantId, key: str) -> str:
        scope = current_scope()
        is_inside = scope.tenant == tenant and key.startswith(f"t/{tenant}/")
        if scope.role is ScopeRole.PUBLIC:
            is_inside = is_inside and key.startswith(f"t/{tenant}/public/")
        if not is_inside:
            raise RecordNotFoundError(kind="object")
        return key

    def put(self, tenant: TenantId, key: str, body: bytes, content_type: str) -> str:
        """Store the bytes and return their SHA-256 (hex)."""
        digest = hashlib.sha256(body).hexdigest()
        with translated():
            self._client().put_object(
                Bucket=self._bucket, Key=self._own(tenant, key), Body=body, ContentType=content_type
            )
        return digest

    def put_file(self, tenant: TenantId, key: str, file: BinaryIO, content_type: str) -> None:
        with translated():
            self._client().upload_fileobj(
                file, self._bucket, self._own(tenant, key), ExtraArgs={"ContentType": content_type}
            )

    def begin_upload(self, tenant: TenantId, key: str, content_type: str) -> str:
        """Begin an object that is made of parts; its identifier. One that is never ended is forgotten after days."""
        with translated():
            answer = self._client().create_multipart_upload(
                Bucket=self._bucket, Key=self._own(tenant, key), ContentType=content_type
            )
        return str(answer["UploadId"])

    def upload_part(self, tenant: TenantId, key: str, upload_id: str, number: int, body: bytes) -> str:
        """Put part `number` (from 1; five megabytes at least but for the last), again if need be; its entity tag."""
        with translated():
            answer = self._client().upload_part(
                Bucket=self._bucket, Key=self._own(tenant, key), UploadId=upload_id, PartNumber=number, Body=body
            )
        return str(answer["ETag"])

    def end_upload(self, tenant: TenantId, key: str, upload_id: str, etags: Sequence[str]) -> None:
        """Make the object of these parts, in their order."""
        parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, start=1)]
        with translated():
            self._client().complete_multipart_upload(
                Bucket=self._bucket, Key=self._own(tenant, key), UploadId=upload_id, MultipartUpload={"Parts": parts}
            )

    def read(self, tenant: TenantId, key: str) -> bytes:
        return b"".join(self.stream(tenant, key))

    def stream(
        self, tenant: TenantId, key: str, chunk: int = 1 << 16, *, span: tuple[int, int] | None = None
    ) -> Iterator[bytes]:
        """The object's bytes in chunks; RecordNotFoundError when there is none. span: first byte and how many."""
        part = {} if span is None else {"Range": f"bytes={span[0]}-{span[0] + span[1] - 1}"}
        try:
            answer = self._client().get_object(Bucket=self._bucket, Key=self._own(tenant, key), **part)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                raise RecordNotFoundError(kind="object") from error
            with translated():
                raise
        yield from answer["Body"].iter_chunks(chunk)

    def lines(self, tenant: TenantId, key: str) -> Iterator[str]:
        """The object's lines (UTF-8, without their ends), read as a stream."""
        rest = b""
        for chunk in self.stream(tenant, key):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from (line.decode() for line in whole)
        if rest:
            yield rest.decode()

    def exists(self, tenant: TenantId, key: str) -> bool:
        try:
            self.size(tenant, key)
        except RecordNotFoundError:
            return False
        return True

    def size(self, tenant: TenantId, key: str) -> int:
        try:
            return int(self._client().head_object(Bucket=self._bucket, Key=self._own(tenant, key))["ContentLength"])
        except ClientError as error:
            raise RecordNotFoundError(kind="object") from error

    def every(self, tenant: TenantId, below: str = "") -> Iterator[str]:
        """Every key of the tenant's, or of those that go on with `below`, in order: for erasing and exporting it."""
        pages = self._client().get_paginator("list_objects_v2")
        with translated():
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._own(tenant, f"t/{tenant}/{below}")):
                yield from (one["Key"] for one in page.get("Contents", ()))

    def erase(self, tenant: TenantId, *, but: str = "") -> int:
        """Delete every file of the tenant in every version that the bucket keeps; how many files. but: one that stays.
        A delete alone would only hide them."""
        names: set[str] = set()
        pages = self._client().get_paginator("list_object_versions")
        with translated():
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._own(tenant, f"t/{tenant}/")):
                for one in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    if one["Key"] != but:
                        self._client().delete_object(Bucket=self._bucket, Key=one["Key"], VersionId=one["VersionId"])
                        names.add(one["Key"])
        return len(names)

    def delete(self, tenant: TenantId, key: str) -> None:
        with translated():
            self._client().delete_object(Bucket=self._bucket, Key=self._own(tenant, key))

    def upload_form(self, tenant: TenantId, key: str, content_type: str, max_bytes: int) -> UploadForm:
        """A form that lets a browser put exactly this object, of this type, of 1 to `max_bytes` bytes."""
        answer = self._public_client().generate_presigned_post(
            self._bucket,
            self._own(tenant, key),
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]],
            ExpiresIn=UPLOAD_SECONDS,
        )
        return UploadForm(answer["url"], answer["fields"], key)

    def download_url(self, tenant: TenantId, key: str) -> str:
        """An address from which a browser may read this object for 120 seconds, for files too large for an answer."""
        values = {"Bucket": self._bucket, "Key": self._own(tenant, key)}
        return str(self._public_client().generate_presigned_url("get_object", Params=values, ExpiresIn=UPLOAD_SECONDS))
