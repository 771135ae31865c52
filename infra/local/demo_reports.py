"""Periodic reports of the card issuers of 南宁市: two quarters, one short of escrow, one corrected from a sheet, one
late, and somebody who signs in for two of them. Every figure is made up."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import end_of_day, shanghai_date
from chalicelib.domain.report_form import ReportForm
from chalicelib.domain.report_period import Cadence, ReportPeriod
from chalicelib.domain.report_sheet import OWN
from chalicelib.domain.scaled_number import number_words
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import Actor, Person, Role
from chalicelib.services.report.open_reports import note_overdue, open_period
from chalicelib.services.report.request_sheet import request_sheet
from chalicelib.services.report.submit_report import ReportDraft, submit_report
from chalicelib.services.scenario.read_edition import edition_in_force
from chalicelib.services.tenancy.add_person import add_person
from infra.local.demo_cast import act, actor_of, bind_owner, finished
from infra.local.demo_roster import Login

HOME, SCENARIO, FORM = "gx450100", "prepaid_card", "issuer_quarter"
YUAN = 100
SOUND, SHORT, LATE, CORRECTED = "便民超市", "水果连锁", "洗衣连锁", "美发中心"
_FIELDS = (
    "prepaid_balance",
    "escrow_balance",
    "recharged_quarter",
    "redeemed_quarter",
    "prior_year_revenue",
    "registered_capital",
)
_MONEY = {
    SOUND: ((23_104_880, 4_800_000, 18_206_410, 17_655_300), (24_010_260, 4_900_000, 18_940_900, 18_035_520)),
    SHORT: ((4_702_300, 960_000, 4_310_450, 3_905_120), (12_083_750, 900_000, 9_805_600, 2_424_150)),
    LATE: ((6_250_000, 1_900_000, 5_120_300, 5_004_900), None),
    CORRECTED: ((3_015_400, 1_210_000, 2_204_100, 2_150_700), (3_102_900, 1_260_000, 2_310_600, 2_223_100)),
}
"""Whole yuan of the quarter before the last and of the last: balance, escrow, recharged, redeemed."""
_YEARLY = {
    SOUND: (186_000_000, 20_000_000),
    SHORT: (52_000_000, 5_000_000),
    LATE: (48_000_000, 8_000_000),
    CORRECTED: (31_000_000, 3_000_000),
}
_COMPLAINTS = {SHORT: (6, 23)}


def load_reports(issuers: dict[str, Subject]) -> Login:
    """Both quarters; the login of somebody who reports for two issuers. `issuers`: by the short name of the street."""
    store, now = bootstrap.store(), bootstrap.clock()()
    edition = edition_in_force(store, HOME, SCENARIO)
    form = edition.scenario.evaluation.report_form(FORM)
    last = ReportPeriod.last_ended(Cadence.QUARTER, shanghai_date(now))
    login = _reporter([issuers[SHORT], issuers[LATE]])
    if form is None:
        return login
    for place, period in enumerate((last.previous, last)):
        opened = min(now, end_of_day(period.last_day) + timedelta(days=1, hours=10))
        open_period(store, HOME, opened, edition, form, period, issuers.values())
        for name, quarters in _MONEY.items():
            money = quarters[place]
            if money is not None:
                values = _values(name, money, place)
                _submit(issuers[name], period, values, min(now, opened + timedelta(days=6)), place)
        note_overdue(store, HOME, now, SCENARIO, FORM, period.code)
    _enter_sheet(form, last, [issuers[SOUND], issuers[CORRECTED]])
    return login


def _enter_sheet(form: ReportForm, period: ReportPeriod, subjects: list[Subject]) -> None:
    """What an official has on paper of the last quarter: the same as one reported, a correction, and nobody's code."""
    code, reason = (one.label for one in OWN if one.id in ("code", "reason"))
    file = io.StringIO()
    writer = csv.DictWriter(file, [code, *(one.label for one in form.fields), reason], restval="")
    writer.writeheader()
    for subject in subjects:
        name = next(one for one in _MONEY if one in subject.name)
        values = _values(name, _MONEY[name][1] or (), 1)
        typed = {one.label: number_words(values.get(one.id), one.number.decimals) for one in form.fields}
        writer.writerow({code: subject.code, reason: "兑付金额漏填了收卡门店", **typed})
    writer.writerow({code: "91450100MADEMO0000", **typed})
    officer = act(actor_of(HOME, f"{HOME}-officer-commerce"))
    about: dict[str, Any] = {"scenario": SCENARIO, "form_id": FORM, "period": period.code}
    about |= {"filename": "单用途卡纸质报表登记.csv"}
    finished(HOME, request_sheet(bootstrap.store(), HOME, officer, content=file.getvalue().encode(), **about))


def _values(name: str, money: tuple[int, ...], place: int) -> dict[str, int]:
    values = {id: yuan * YUAN for id, yuan in zip(_FIELDS, (*money, *_YEARLY[name]), strict=True)}
    return values | {"complaints_quarter": _COMPLAINTS.get(name, (2, 3))[place], "longest_refund_days": 6}


def _submit(subject: Subject, period: ReportPeriod, values: dict[str, int], at: datetime, place: int) -> None:
    about: dict[str, Any] = {"subject_id": subject.id, "scenario": SCENARIO, "form_id": FORM, "period": period.code}
    who = Actor(
        tenant=HOME,
        person_id=f"{HOME}-issuer",
        name=subject.responsible_person,
        roles=frozenset({Role.SUBJECT_USER}),
        subject_ids=frozenset({subject.id}),
    )
    is_corrected = CORRECTED in subject.name and place == 1
    first = values | {"redeemed_quarter": values["redeemed_quarter"] // 2} if is_corrected else values
    filed = Act(actor=who, at=at, key=f"demo.{subject.id}.{period.code}")
    submit_report(bootstrap.store(), HOME, filed, **about, draft=ReportDraft(first))


def _reporter(subjects: list[Subject]) -> Login:
    """Somebody of two issuers, bound as an official binds who was served a notice."""
    store, security = bootstrap.store(), act(actor_of(HOME, f"{HOME}-security"))
    person = Person(id=f"{HOME}-issuer", name="莫雨桐", roles=frozenset({Role.SUBJECT_USER}))
    add_person(store, HOME, security, person=person)
    for subject in subjects:
        bind_owner(HOME, person.id, subject)
    return Login("nanning.issuer", HOME, person.id, Role.SUBJECT_USER.value)
