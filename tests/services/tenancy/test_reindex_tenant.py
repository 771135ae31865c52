"""Records that an earlier version wrote are found as new ones are; what they say, and their version, stays."""

import pytest

from chalicelib.domain.errors import NotAllowedError
from chalicelib.domain.job import JobState
from chalicelib.domain.tenancy import ActingBody, Person, Role
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.tenancy.reindex_tenant import reindex_tenant, request_reindex
from chalicelib.storage import keys
from chalicelib.storage.table import PointerItem, RecordItem
from tests.builders import NOW, TENANT, act, actor
from tests.services.people.test_many_officers import officer, spans
from tests.services.tenancy.test_onboard_tenant import OPERATOR
from tests.visiting import save

BODY = ActingBody(id="body-0", label="执法支队", division="450100000000", departments=["commerce"])


def bare(store, person: Person) -> None:
    """As if it had been written before there were these indexes and pointers."""
    key = keys.record(TENANT, person.ref)
    item = RecordItem.get(key.partition, key.sort)
    item.update([RecordItem.index3_pk.remove(), RecordItem.index3_sk.remove()])
    for pointer in store.people.pointers(TENANT, person):
        PointerItem(pointer.partition, pointer.sort).delete()


def run(store):
    job = request_reindex(store, TENANT, act(OPERATOR))
    done = run_job(store, TENANT, job.id, lambda _: reindex_tenant, lambda: NOW)
    assert done.state is JobState.DONE, done.error_details
    return done.result["mended"]


def test_old_records_are_found_again_and_stay_what_they_are(store):
    old, sound = officer("old", spans(-900, 900)), officer("sound", spans(-900, 900))
    save(store, BODY, old, sound)
    bare(store, old)
    before = store.people.get(TENANT, "old")
    assert store.people.of_role(TENANT, Role.INSPECTOR) == [sound]

    assert run(store) == 1

    today = NOW.date()
    assert store.people.certified(TENANT, today) == {"body-0": 2}
    assert {one.id for one in store.people.officers_by_certificate(TENANT).records} == {"old", "sound"}
    assert {one.id for one in store.people.of_role(TENANT, Role.INSPECTOR)} == {"old", "sound"}
    after = store.people.get(TENANT, "old")
    assert (after, after.version) == (before, before.version)
    assert run(store) == 0
    assert not [one for one in store.objects.every(TENANT) if "reindex" in one]


def test_only_the_platforms_operator_asks_for_it(store):
    with pytest.raises(NotAllowedError):
        request_reindex(store, TENANT, act(actor(Role.COORDINATOR)))
