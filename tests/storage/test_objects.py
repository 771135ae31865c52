"""The object store: what was put is read back, a browser's form puts exactly one object, other tenants do not exist."""

import hashlib
import io

import httpx
import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.errors import RecordNotFoundError, TenantRequiredError
from chalicelib.storage.keys import object_key
from tests.builders import OTHER_TENANT, TENANT

KEY = object_key(TENANT, "photos", "01A.png")
PUBLIC_KEY = object_key(TENANT, "public", "draws", "01A.json")
FOREIGN_KEY = object_key(OTHER_TENANT, "photos", "01A.png")


@pytest.fixture
def objects(store):
    with bootstrap.scope(TENANT):
        yield store.objects


def test_what_was_put_is_read_back_with_its_hash_and_size(objects):
    digest = objects.put(TENANT, KEY, b"picture", "image/png")

    assert digest == hashlib.sha256(b"picture").hexdigest()
    assert objects.read(TENANT, KEY) == b"picture"
    assert objects.size(TENANT, KEY) == 7
    assert objects.exists(TENANT, KEY)


def test_what_was_never_put_is_not_found(objects):
    missing = object_key(TENANT, "photos", "none.png")

    assert not objects.exists(TENANT, missing)
    for ask in (objects.read, objects.size):
        with pytest.raises(RecordNotFoundError):
            ask(TENANT, missing)


def test_a_file_is_streamed_in_and_out_in_chunks(objects):
    content = bytes(range(256)) * 1024

    objects.put_file(TENANT, KEY, io.BytesIO(content), "application/octet-stream")

    chunks = list(objects.stream(TENANT, KEY, chunk=1 << 16))
    assert b"".join(chunks) == content
    assert len(chunks) == 4


@pytest.mark.parametrize("text", ["", "一\n二\n三", "一\n二\n", "\n\n", "x" * 70_000 + "\n" + "加油站" * 30_000])
def test_lines_are_whole_wherever_a_chunk_ends(objects, text):
    objects.put(TENANT, KEY, text.encode(), "text/plain")

    assert list(objects.lines(TENANT, KEY)) == text.splitlines()


def test_an_address_to_download_opens_the_object(objects, engine):
    objects.put(TENANT, KEY, b"picture", "image/png")

    url = objects.download_url(TENANT, KEY)

    assert f"/{KEY}" in url
    if engine != "moto":
        assert httpx.get(url).content == b"picture"


class TestForm:
    """A form for the browser, posted for real where the engine listens on a port."""

    def post(self, form, content: bytes, **fields: str) -> httpx.Response:
        return httpx.post(form.url, data={**form.fields, **fields}, files={"file": ("a.png", content, "image/png")})

    def test_it_names_one_key_one_type_and_a_length(self, objects):
        form = objects.upload_form(TENANT, KEY, "image/png", 10)

        assert form.key == form.fields["key"] == KEY
        assert form.fields["Content-Type"] == "image/png"
        assert {"policy", "x-amz-signature"} <= form.fields.keys()

    def test_the_cloud_is_addressed_by_the_buckets_own_regional_host(self, objects, engine):
        form = objects.upload_form(TENANT, KEY, "image/png", 10)

        if engine == "moto":
            assert form.url == "https://files.s3.ap-southeast-1.amazonaws.com/"
            assert objects.download_url(TENANT, KEY).startswith(form.url)

    def test_the_object_arrives(self, objects, engine):
        form = objects.upload_form(TENANT, KEY, "image/png", 10)
        if engine == "moto":
            return

        assert self.post(form, b"picture").status_code in (200, 201, 204)
        assert objects.read(TENANT, KEY) == b"picture"

    @pytest.mark.parametrize("content", [b"", b"12345678901"])
    def test_an_empty_or_longer_file_is_refused(self, objects, engine, content):
        form = objects.upload_form(TENANT, KEY, "image/png", 10)
        if engine == "moto":
            return

        assert self.post(form, content).status_code >= 400
        assert not objects.exists(TENANT, KEY)

    def test_another_key_is_refused(self, objects, engine):
        form = objects.upload_form(TENANT, KEY, "image/png", 10)
        if engine == "moto":
            return

        assert self.post(form, b"picture", key=FOREIGN_KEY).status_code >= 400


OUTSIDE = [
    lambda objects, tenant, key: objects.put(tenant, key, b"x", "text/plain"),
    lambda objects, tenant, key: objects.put_file(tenant, key, io.BytesIO(b"x"), "text/plain"),
    lambda objects, tenant, key: objects.read(tenant, key),
    lambda objects, tenant, key: objects.exists(tenant, key),
    lambda objects, tenant, key: objects.size(tenant, key),
    lambda objects, tenant, key: objects.upload_form(tenant, key, "text/plain", 10),
    lambda objects, tenant, key: objects.download_url(tenant, key),
]


def refused(use, objects, tenant, key) -> bool:
    """Whether the use is refused as if there were no such object."""
    try:
        return use(objects, tenant, key) is False
    except RecordNotFoundError:
        return True


@pytest.mark.parametrize("use", OUTSIDE)
def test_nothing_outside_the_scopes_tenant_exists(objects, use):
    with bootstrap.scope(OTHER_TENANT):
        objects.put(OTHER_TENANT, FOREIGN_KEY, b"theirs", "image/png")

    assert refused(use, objects, OTHER_TENANT, FOREIGN_KEY)
    assert refused(use, objects, TENANT, FOREIGN_KEY)
    assert refused(use, objects, TENANT, f"t/{TENANT}")


@pytest.mark.parametrize("use", OUTSIDE)
def test_without_a_scope_nothing_happens(store, use):
    with pytest.raises(TenantRequiredError):
        use(store.objects, TENANT, KEY)


def test_the_public_role_reaches_the_public_area_only(objects):
    objects.put(TENANT, PUBLIC_KEY, b"{}", "application/json")
    objects.put(TENANT, KEY, b"picture", "image/png")

    with bootstrap.scope(TENANT, ScopeRole.PUBLIC):
        assert objects.read(TENANT, PUBLIC_KEY) == b"{}"
        for use in OUTSIDE:
            assert refused(use, objects, TENANT, KEY)
