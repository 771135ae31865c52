"""A year's calendar: one uploads, another publishes; then every deadline is counted with it."""

from datetime import UTC, date, datetime

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import ConflictError, InvalidInputError, NotAllowedError
from chalicelib.domain.official_calendar import read_days
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.tenancy.publish_calendar import propose_calendar, settle_calendar
from chalicelib.services.visit.deadlines import working_days_left
from tests.builders import TENANT, act, actor

FIRST = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM, person_id="one")
SECOND = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM, person_id="two")
FILE = """日期,类型,名称
2027-01-01,放假,元旦
2027-01-02,放假,元旦
2027-01-03,放假,元旦
2027-02-06,放假,春节
2027-02-07,放假,春节
2027-02-08,放假,春节
2027-02-09,放假,春节
2027-02-20,上班,春节
"""


def propose(store, text=FILE, by=FIRST, **more):
    holidays, make_up_days = read_days(text.encode(), "2027.csv")
    values = {"year": 2027, "source": "示例通知〔2026〕1号", "link": "", "published_on": date(2026, 11, 1)} | more
    return propose_calendar(store, PLATFORM, act(by), holidays=holidays, make_up_days=make_up_days, **values)


def left_in_january():
    with bootstrap.scope(TENANT):
        return working_days_left(datetime(2026, 12, 30, 1, tzinfo=UTC), datetime(2027, 1, 5, 8, tzinfo=UTC))


def test_published_by_another_it_counts_everywhere_at_once(store):
    with bootstrap.scope(PLATFORM):
        assert left_in_january() is None
        proposal = propose(store)
        with pytest.raises(SecondPersonNeededError):
            settle_calendar(store, PLATFORM, act(FIRST), proposal_id=proposal.id, is_confirmed=True)
        assert left_in_january() is None
        settle_calendar(store, PLATFORM, act(SECOND), proposal_id=proposal.id, is_confirmed=True)

        assert left_in_january() == 3
        with pytest.raises(ConflictError):
            settle_calendar(store, PLATFORM, act(SECOND), proposal_id=proposal.id, is_confirmed=False)
        assert propose(store).number == 2


def test_the_principal_of_who_proposed_does_not_publish(store):
    with bootstrap.scope(PLATFORM):
        proposal = propose(store, by=FIRST.model_copy(update={"acting_for": "two"}))
        with pytest.raises(SecondPersonNeededError):
            settle_calendar(store, PLATFORM, act(SECOND), proposal_id=proposal.id, is_confirmed=True)


def test_turned_down_it_counts_nowhere(store):
    with bootstrap.scope(PLATFORM):
        proposal = propose(store)
        settle_calendar(store, PLATFORM, act(FIRST), proposal_id=proposal.id, is_confirmed=False)

        assert left_in_january() is None


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"source": ""}, {"required"}),
        ({"year": 1999}, {"out_of_range"}),
        ({"link": "javascript:x"}, {"calendar_link"}),
        ({"published_on": date(2026, 12, 1)}, {"calendar_not_yet_published"}),
        ({"year": 2028}, {"calendar_other_year"}),
        ({"text": FILE.replace("2027-02-20", "2027-02-22")}, {"calendar_make_up_weekday"}),
        ({"text": FILE.replace("2027-01-01", "2027-02-10")}, {"calendar_new_year"}),
        ({"text": FILE.split("2027-02-06")[0]}, {"calendar_too_few"}),
    ],
)
def test_what_makes_no_calendar_is_refused(store, values, codes):
    with bootstrap.scope(PLATFORM), pytest.raises(InvalidInputError) as raised:
        propose(store, **values)

    assert {one.code for one in raised.value.problems} == codes


def test_only_operators_of_the_platform(store):
    with bootstrap.scope(PLATFORM), pytest.raises(NotAllowedError):
        propose(store, by=actor(Role.COORDINATOR))


def test_files_are_read_in_both_forms_and_every_bad_row_is_named():
    days = '[{"date": "2027-01-01", "kind": "holiday", "name": "元旦"}, {"date": "2027-02-20", "kind": "workday"}]'

    assert read_days(days.encode(), "a.json") == ({date(2027, 1, 1): "元旦"}, {date(2027, 2, 20): ""})
    assert read_days(FILE.encode("gb18030"), "a.csv") == read_days(FILE.encode("utf-8-sig"), "a.csv")
    with pytest.raises(InvalidInputError) as raised:
        read_days("date,kind\n元旦,放假\n2027-01-01,也许\n2027-01-02,放假\n2027-01-02,放假\n".encode(), "a.csv")
    found = [(one.code, one.details["row"]) for one in raised.value.problems]
    assert found == [("calendar_day", 2), ("calendar_kind", 3), ("calendar_day_twice", 5)]
    for content in (b"", b"{", b"a,b\n1,2\n", b"[1]"):
        with pytest.raises(InvalidInputError):
            read_days(content, "a")
