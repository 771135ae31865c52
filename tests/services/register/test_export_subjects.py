"""Exports, saved filters and what a person finds: what is filtered, masked, hashed, and nobody else's."""

import csv
import hashlib
import io
from datetime import datetime

import pytest
from openpyxl import load_workbook

from chalicelib.domain.errors import InvalidInputError, NotAllowedError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectKind, SubjectStatus
from chalicelib.domain.subject_filter import MAX_FILTERS
from chalicelib.domain.subject_query import SubjectQuery
from chalicelib.domain.tenancy import Role
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.register.export_subjects import read_export, request_export
from chalicelib.services.register.keep_filters import delete_filter, rename_filter, save_filter
from chalicelib.services.register.register_subject import put_subject
from chalicelib.services.register.search_subjects import search_subjects
from chalicelib.storage.store import Store
from chalicelib.workers.jobs import work_of
from tests.builders import NOW, TENANT, act, actor

QINGXIU, JIANGNAN = "450103000000", "450105000000"
CLOSED = SubjectQuery(status=SubjectStatus.CLOSED)


def clock() -> datetime:
    return NOW


@pytest.fixture
def register(store: Store) -> Store:
    for number in range(6):
        one = Subject(
            kind=SubjectKind.PREMISES,
            name=f"南宁市青山{number}站" if number else "=凤岭站",
            division=QINGXIU if number < 3 else JIANGNAN,
            address="青山路9号",
            phone="15400001234",
            responsible_person="韦甲子",
            status="closed" if number % 2 else "active",
            memberships=(ScenarioMembership(scenario="refined_oil"),),
        )
        with store.change(TENANT, act()) as change:
            put_subject(change, one)
            change.event(EventType.SUBJECT_REGISTERED, one)
    return store


def exported(store: Store, query: SubjectQuery, format: str = "csv", who: object = None, **more: str) -> Job:
    job = request_export(store, TENANT, act(who or actor()), query=query, format=format, **more)
    return run_job(store, TENANT, job.id, work_of, clock)


def rows_of(store: Store, job: Job) -> list[dict[str, str]]:
    text = store.objects.read(TENANT, job.result["object_key"]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_file_holds_what_is_filtered_masked_and_with_its_hash(register: Store) -> None:
    job = exported(register, CLOSED)
    rows = rows_of(register, job)

    assert (job.state, job.result["rows"], job.progress) == (JobState.DONE, 3, 3)
    assert [row["名称"] for row in rows] == ["南宁市青山1站", "南宁市青山3站", "南宁市青山5站"]
    assert {(row["联系电话（已遮盖）"], row["负责人（已遮盖）"]) for row in rows} == {("154****1234", "韦**")}
    assert "抽取分层" not in rows[0]
    content = register.objects.read(TENANT, job.result["object_key"])
    assert hashlib.sha256(content).hexdigest() == job.result["sha256"]
    assert len(content) == job.result["size"]


def test_a_purpose_opens_contacts_and_goes_on_record(register: Store) -> None:
    job = exported(register, SubjectQuery(scenario="refined_oil"), reason="核对名录")

    row = rows_of(register, job)[0]
    assert (row["联系电话"], row["负责人"], row["抽取分层"]) == ("15400001234", "韦甲子", "B")
    asked = next(e for e in register.jobs.history(TENANT, job.ref) if e.type is EventType.JOB_REQUESTED)
    assert asked.data["reason"] == "核对名录"
    with pytest.raises(NotAllowedError):
        exported(register, CLOSED, who=actor(Role.LEGAL_REVIEWER), reason="看看")


def test_a_workbook_holds_text_only(register: Store) -> None:
    job = exported(register, SubjectQuery(text="凤岭"), "xlsx")

    sheet = load_workbook(io.BytesIO(register.objects.read(TENANT, job.result["object_key"]))).active
    assert [cell.value for cell in sheet["A"]] == ["名称", "=凤岭站"]
    assert sheet["A2"].data_type == "s"
    assert rows_of(register, exported(register, SubjectQuery(text="凤岭")))[0]["名称"] == "'=凤岭站"


def test_an_export_is_its_askers_alone_and_its_values_are_checked(register: Store) -> None:
    job = exported(register, CLOSED)

    with pytest.raises(RecordNotFoundError):
        read_export(register, TENANT, actor(Role.LEGAL_REVIEWER), job.id)
    with pytest.raises(InvalidInputError):
        exported(register, CLOSED, "pdf")
    with pytest.raises(InvalidInputError):
        exported(register, SubjectQuery(scenario="refined_oil", grade="A"), who=actor(Role.LEGAL_REVIEWER))


def test_filters_are_saved_replaced_renamed_and_deleted(register: Store) -> None:
    first = save_filter(register, TENANT, act(), name=" 注销的 ", query=CLOSED).filters[0]
    again = save_filter(register, TENANT, act(), name="注销的", query=SubjectQuery(text="青山"))
    save_filter(register, TENANT, act(), name="别的", query=CLOSED)

    assert [(one.id, one.query.text) for one in again.filters] == [(first.id, "青山")]
    with pytest.raises(InvalidInputError):
        rename_filter(register, TENANT, act(), filter_id=first.id, name="别的")
    assert rename_filter(register, TENANT, act(), filter_id=first.id, name="青山").filters[0].name == "青山"
    with pytest.raises(RecordNotFoundError):
        delete_filter(register, TENANT, act(actor(Role.APPROVER)), filter_id=first.id)
    assert [one.name for one in delete_filter(register, TENANT, act(), filter_id=first.id).filters] == ["别的"]


@pytest.mark.parametrize(("name", "query"), [("", CLOSED), ("字" * 21, CLOSED), ("全部", SubjectQuery())])
def test_a_filter_that_cannot_be_saved(store: Store, name: str, query: SubjectQuery) -> None:
    with pytest.raises(InvalidInputError):
        save_filter(store, TENANT, act(), name=name, query=query)


def test_there_is_an_end_to_filters(store: Store) -> None:
    for number in range(MAX_FILTERS):
        save_filter(store, TENANT, act(), name=f"第{number}组", query=CLOSED)

    with pytest.raises(InvalidInputError):
        save_filter(store, TENANT, act(), name="再一组", query=CLOSED)


def test_the_search_box_stays_within_a_persons_place(register: Store) -> None:
    here = actor(division=JIANGNAN)

    assert len(search_subjects(register, TENANT, actor(), "青山")) == 6
    assert {one.division for one in search_subjects(register, TENANT, here, "青山")} == {JIANGNAN}
    assert len(search_subjects(register, TENANT, actor(), "青山", limit=2)) == 2
