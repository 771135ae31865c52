"""A tenant takes its archive along, is closed by two persons, and nothing of it is left but the certificate."""

import hashlib
import io
import json
from datetime import timedelta
from zipfile import ZipFile

import pytest

from chalicelib import bootstrap
from chalicelib.domain.checkpoint import Ed25519Signer, verify_signature
from chalicelib.domain.errors import (
    AlreadyExistsError,
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
    RecordNotFoundError,
)
from chalicelib.domain.event import leaf
from chalicelib.domain.job import JobState
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.domain.tenant_archive import MANIFEST, TenantManifest
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.evidence.append_events import append_events
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.tenancy import export_tenant as exporting
from chalicelib.services.tenancy.bind_login import bind_login
from chalicelib.services.tenancy.close_tenant import ask_closing, confirm_closing, delete_tenant, withdraw_closing
from chalicelib.services.tenancy.export_tenant import export_tenant, read_archive, request_archive
from chalicelib.storage.errors import StorageUnavailableError
from chalicelib.storage.scope import ScopeRole, entered
from infra.local.demo_roster import TENANTS
from tests.builders import NOW, OTHER_TENANT, TENANT, act, actor
from tests.services.tenancy.test_onboard_tenant import OPERATOR
from tests.services.tenancy.test_reset_tenant import onboard

COORDINATOR, SECURITY = actor(), actor(Role.SECURITY_ADMINISTRATOR)
SIGNER = Ed25519Signer.generate()
ISSUER = "https://idp.example"


def archived(store):
    job = request_archive(store, TENANT, act(COORDINATOR), reason="单位停用平台")
    return run_job(store, TENANT, job.id, lambda name: export_tenant, lambda: NOW)


def deletion(store, certificate):
    def work(*rest):
        return delete_tenant(*rest, signer=SIGNER, clock=lambda: NOW)

    with entered(PLATFORM):
        return run_job(store, PLATFORM, certificate.job_id, lambda name: work, lambda: NOW)


def logged(store, closing):
    """What the sequencer does with the confirmation's event."""
    event = store.closings.history(TENANT, closing.ref, limit=1)[0]
    with entered(TENANT, ScopeRole.SEQUENCER):
        append_events(store.log, SIGNER, TENANT, [(event.id, leaf(event).decode())], lambda: NOW)


def test_a_tenant_leaves_with_its_archive_and_a_certificate(store, monkeypatch):
    monkeypatch.setattr(exporting, "PART_ITEMS", 20)
    people = onboard(store, TENANTS[0])
    onboard(store, TENANTS[1])
    store.objects.put(TENANT, f"t/{TENANT}/photos/a.jpg", b"photo", "image/jpeg")
    person = people.people[0].id
    bind_login(store, TENANT, act(OPERATOR), person_id=person, issuer=ISSUER, subject="a")
    identity = store.login_bindings.every(TENANT)[0].identity_id
    elsewhere = Membership(tenant=OTHER_TENANT, person_id="x", label="")
    bound = store.identities.lookup(identity)
    store.identities.bind(bound.model_copy(update={"memberships": [*bound.memberships, elsewhere]}))

    job = archived(store)

    assert job.state is JobState.DONE, job.error_details
    content = store.objects.read(TENANT, job.result["object_key"])
    assert hashlib.sha256(content).hexdigest() == job.result["sha256"]
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        manifest = TenantManifest.model_validate_json(archive.read(MANIFEST))
        assert {one.path for one in manifest.files} == set(archive.namelist()) - {MANIFEST}
        for one in manifest.files:
            assert hashlib.sha256(archive.read(one.path)).hexdigest() == one.sha256
        kept = [json.loads(line)["record"]["id"] for line in archive.read("records/person.jsonl").splitlines()]
        assert sorted(kept) == sorted(one.id for one in people.people)
        assert archive.read("objects/photos/a.jpg") == b"photo"
    left = list(store.objects.every(TENANT))
    assert left == sorted([f"t/{TENANT}/photos/a.jpg", job.result["object_key"]]), "what was put aside is gone"
    with pytest.raises(RecordNotFoundError):
        read_archive(store, TENANT, actor(Role.COORDINATOR, person_id="another"), job.id)

    closing = ask_closing(store, TENANT, act(COORDINATOR), typed="南宁市", reason="并入区平台")
    certificate = confirm_closing(store, TENANT, act(SECURITY), closing_id=closing.id, typed="南宁市")
    with pytest.raises(StorageUnavailableError):
        deletion(store, certificate)
    assert store.people.every(TENANT), "nothing goes before the log holds the confirmation"
    logged(store, closing)
    done = deletion(store, certificate)

    assert done.state is JobState.DONE, done.error_details
    assert list(store.eraser.every_key(TENANT)) == [] == list(store.objects.every(TENANT))
    with entered(PLATFORM):
        ended = store.public_closings.get(PLATFORM, TENANT)
        assert [one.id for one in store.tenants.directory(PLATFORM)] == [OTHER_TENANT]
    assert ended.items["person"] == len(people.people) and ended.archive_sha256 == job.result["sha256"]
    assert ended.checkpoint is not None and ended.checkpoint.tree_size == 1
    assert verify_signature(SIGNER.key, ended.signature, ended.signed_bytes())
    assert [one.tenant for one in store.identities.lookup(identity).memberships] == [OTHER_TENANT]
    with bootstrap.scope(OTHER_TENANT):
        assert store.people.every(OTHER_TENANT)
    with pytest.raises(AlreadyExistsError):
        onboard(store, TENANTS[0])


def test_two_persons_a_typed_name_and_an_archive_are_needed(store):
    onboard(store, TENANTS[0])
    asked = {"typed": "南宁市", "reason": "并入区平台"}

    with pytest.raises(InvalidInputError) as missing:
        ask_closing(store, TENANT, act(COORDINATOR), **asked)
    archived(store)
    for wrong in ({"typed": "南宁"}, {"reason": " "}):
        with pytest.raises(InvalidInputError):
            ask_closing(store, TENANT, act(COORDINATOR), **asked | wrong)
    for nobody in (SECURITY, actor(Role.SYSTEM_ADMINISTRATOR), actor(division="450105000000")):
        with pytest.raises(NotAllowedError):
            ask_closing(store, TENANT, act(nobody), **asked)
    closing = ask_closing(store, TENANT, act(COORDINATOR), **asked)

    assert [one.code for one in missing.value.problems] == ["archive_missing"]
    with pytest.raises(IllegalTransitionError):
        ask_closing(store, TENANT, act(COORDINATOR), **asked)
    confirming = {"closing_id": closing.id, "typed": "南宁市"}
    with pytest.raises(NotAllowedError):
        confirm_closing(store, TENANT, act(COORDINATOR), **confirming)
    with pytest.raises(InvalidInputError):
        confirm_closing(store, TENANT, act(SECURITY), **confirming | {"typed": "北海市"})
    with pytest.raises(IllegalTransitionError):
        confirm_closing(store, TENANT, act(SECURITY, minutes=60 * 24 * 40), **confirming)
    same = SECURITY.model_copy(update={"person_id": COORDINATOR.person_id})
    with pytest.raises(SecondPersonNeededError):
        confirm_closing(store, TENANT, act(same), **confirming)
    withdraw_closing(store, TENANT, act(SECURITY), closing_id=closing.id)
    with pytest.raises(IllegalTransitionError):
        confirm_closing(store, TENANT, act(SECURITY), **confirming)
    assert closing.expires_at is not None and closing.expires_at > NOW + timedelta(days=10)
