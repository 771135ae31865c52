"""A zip in parts: killed wherever it stands, it becomes the same bytes as one that was never stopped."""

import io
import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from zipfile import ZipFile

import pytest

from chalicelib.services.jobs.progress import JobProgress, PartOverError
from chalicelib.services.tenancy import export_tenant as exporting
from chalicelib.services.tenancy import zip_upload
from chalicelib.services.tenancy.export_tenant import export_tenant, request_archive
from chalicelib.services.tenancy.zip_upload import ZipUpload
from chalicelib.storage import keys
from infra.local.demo_roster import TENANTS
from tests.builders import NOW, TENANT, act
from tests.services.tenancy.test_reset_tenant import onboard

KILOBYTE = 1 << 10
ENTRIES = {f"objects/{n}.jpg": random.Random(n).randbytes(size * KILOBYTE) for n, size in enumerate((20, 40, 10, 60))}
"""Not to be compressed: two whole parts and a rest."""


class Killed(BaseException):
    """The process ends here: nothing below catches it."""


def halves(content: bytes, *, is_killed: bool = False) -> Iterator[bytes]:
    yield content[: len(content) // 2]
    if is_killed:
        raise Killed
    yield content[len(content) // 2 :]


def test_a_zip_that_was_killed_goes_on_to_the_same_bytes(store, monkeypatch):
    monkeypatch.setattr(zip_upload, "PART_BYTES", 50 * KILOBYTE)

    def begun(run: str) -> ZipUpload:
        return ZipUpload(store.objects, TENANT, key(run, "all.zip"), partial(key, run))

    def key(run: str, name: str) -> str:
        return keys.object_key(TENANT, "archive", run, name)

    whole = begun("whole")
    for name, content in ENTRIES.items():
        whole.add(name, halves(content))
    whole.finish()
    for kill in range(len(ENTRIES)):
        stopped = begun(f"killed-{kill}")
        for number, (name, content) in enumerate(ENTRIES.items()):
            if number == kill:
                with pytest.raises(Killed):
                    stopped.add(name, halves(content, is_killed=True))
                break
            stopped.add(name, halves(content))
            if number != 2:
                stopped.checkpoint()
        again = begun(f"killed-{kill}")
        held = [one.path for one in again.files]
        assert held == list(ENTRIES)[: 2 if kill == 3 else kill], "what came after the last checkpoint is done anew"
        for name, content in ENTRIES.items():
            if name not in held:
                again.add(name, halves(content))
        again.finish()
        made = store.objects.read(TENANT, key(f"killed-{kill}", "all.zip"))
        assert made == store.objects.read(TENANT, key("whole", "all.zip"))

    with ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == ENTRIES


def test_an_archive_that_was_killed_and_handed_on_is_the_one_of_a_single_run(store, monkeypatch):
    monkeypatch.setattr(exporting, "PART_ITEMS", 20)
    onboard(store, TENANTS[0])
    store.objects.put(TENANT, f"t/{TENANT}/photos/a.jpg", b"photo", "image/jpeg")
    store.objects.put(TENANT, f"t/{TENANT}/photos/b.jpg", b"photo", "image/jpeg")
    job = request_archive(store, TENANT, act(), reason="单位停用平台")
    below, runs = f"archive/{job.id}/", 0

    def run(minutes: int, stop_at=None):
        progress = JobProgress(store, TENANT, store.jobs.get(TENANT, job.id), lambda: NOW, stop_at)
        return export_tenant(store, TENANT, act(minutes=minutes), job, progress)

    with monkeypatch.context() as patch:
        patch.setattr(store.objects, "delete", lambda *_: None)
        while True:
            try:
                made = run(runs, NOW - timedelta(seconds=1))
                break
            except PartOverError:
                runs += 1
                store.objects.put(TENANT, f"t/{TENANT}/photos/{runs}.jpg", b"came later", "image/jpeg")
        content = store.objects.read(TENANT, made["object_key"])
    for name in list(store.objects.every(TENANT, below)):
        if name.rpartition("/")[2].startswith(("upload", "written", "rest", "manifest", "tenant.zip")):
            store.objects.delete(TENANT, name)

    once = run(runs + 1)

    assert runs >= len(ZipFile(io.BytesIO(content)).namelist())
    assert store.objects.read(TENANT, once["object_key"]) == content
    assert once == made
    assert list(store.objects.every(TENANT, "archive/")) == [made["object_key"]]
