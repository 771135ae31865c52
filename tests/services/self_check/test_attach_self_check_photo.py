"""Photos of a self-check: judged by their bytes, nine at most, kept when the answer changes, of its own people only."""

import pytest

from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.item import Answer, Compliance
from chalicelib.domain.self_check import MAX_PHOTOS
from chalicelib.domain.tenancy import Role
from chalicelib.services.self_check.answer_self_check import save_self_check_answer, start_self_check
from chalicelib.services.self_check.attach_self_check_photo import (
    attach_self_check_photo,
    detach_self_check_photo,
    find_photo,
    keep_photo,
    prepare_photo,
)
from tests.builders import TENANT, act, actor
from tests.resulting import registered
from tests.visiting import SCENARIO, SUBJECT_ID, SUBJECT_USER, png

KEY = "business_licence"


def test_photos_are_counted_checked_and_only_its_own_peoples(store):
    registered(store)
    check = start_self_check(store, TENANT, act(SUBJECT_USER), subject_id=SUBJECT_ID, scenario=SCENARIO)
    about = {"self_check_id": check.id, "question_key": KEY}

    def take(seed, who=SUBJECT_USER, **changes):
        upload = keep_photo(store, TENANT, act(who), self_check_id=check.id, content=png(seed=seed))
        return attach_self_check_photo(store, TENANT, act(who), upload_id=upload, **(about | changes))

    first = [take(seed) for seed in range(MAX_PHOTOS)][-1]
    assert len({one.sha256 for one in first.photos}) == MAX_PHOTOS
    with pytest.raises(InvalidInputError) as many:
        take(MAX_PHOTOS)
    with pytest.raises(InvalidInputError) as text:
        keep_photo(store, TENANT, act(SUBJECT_USER), self_check_id=check.id, content=b"hello")
    with pytest.raises(InvalidInputError) as document:
        prepare_photo(store, TENANT, act(SUBJECT_USER), self_check_id=check.id, content_type="application/pdf")
    with pytest.raises(InvalidInputError) as elsewhere:
        take(0, question_key="castle_moat")
    codes = [one.value.problems[0].code for one in (many, text, document, elsewhere)]
    assert codes == ["too_many_files", "file_type_refused", "file_type_refused", "question_not_asked"]
    with pytest.raises(Exception, match=r"not_(allowed|found)"):
        take(1, who=actor(Role.COORDINATOR))

    given = Answer(compliance=Compliance.COMPLIANT)
    save_self_check_answer(store, TENANT, act(SUBJECT_USER), answer=given, **about)
    gone = first.photos[0].sha256
    left = detach_self_check_photo(store, TENANT, act(SUBJECT_USER), sha256=gone, **about)
    assert (len(left.photos), left.answer.compliance) == (MAX_PHOTOS - 1, Compliance.COMPLIANT)
    with pytest.raises(RecordNotFoundError):
        find_photo(store, TENANT, check, gone)
    assert not [event for event in store.self_checks.history(TENANT, check.ref) if event.data or event.hashes]
