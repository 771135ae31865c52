"""The trade's own indicator readings, from named quantities. Names are those of evaluation.json."""

from collections.abc import Callable, Mapping
from datetime import date

from chalicelib.contract.quantity import ratio_rounded_down
from chalicelib.domain.condition import Scalar
from scenarios.off_campus_tutoring.fees import Charge, Course, Custody, Deposit
from scenarios.off_campus_tutoring.rules import TutoringRules

Lookup = Callable[[str], int | None]
CUSTODY = ("unconsumed_fees", "custody_balance")
DEPOSIT = ("period_fees_total", "risk_deposit_balance")
REFUND = ("refund_sample_paid", "refund_sample_lessons", "refund_sample_taught")
SPACE = ("teaching_area", "students_at_once")
STAFF = ("staff_counted", "staff_queried_count")


def _known(lookup: Lookup, names: tuple[str, ...]) -> list[int] | None:
    values = [lookup(name) for name in names]
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) else None


def custody_of(lookup: Lookup) -> Custody | None:
    known = _known(lookup, CUSTODY)
    return Custody(unconsumed=known[0], balance=known[1]) if known else None


def deposit_of(lookup: Lookup) -> Deposit | None:
    known = _known(lookup, DEPOSIT)
    return Deposit(period_fees=known[0], balance=known[1]) if known else None


def course_of(lookup: Lookup) -> Course | None:
    """The course sampled; None while a figure is missing or the figures do not fit together."""
    known = _known(lookup, REFUND)
    if not known or not 0 <= known[2] <= known[1] or known[1] == 0:
        return None
    return Course(paid=known[0], lessons=known[1], taught=known[2])


def charge_of(lookup: Lookup) -> Charge:
    return Charge(
        months=lookup("fee_period_months"),
        lessons=lookup("fee_lessons_largest"),
        amount=lookup("fee_amount_largest"),
        days_ahead=lookup("fee_days_ahead"),
    )


def area_per_student(lookup: Lookup) -> int | None:
    """Hundredths of a square metre, rounded down; None without students."""
    known = _known(lookup, SPACE)
    return ratio_rounded_down(known[0], known[1], 1) if known else None


def unqueried_staff(lookup: Lookup) -> int | None:
    """People at work whose records nobody queried within the year."""
    known = _known(lookup, STAFF)
    return max(0, known[0] - known[1]) if known else None


def lessons_beyond_lease(lookup: Lookup, rules: TutoringRules, on: date) -> int | None:
    """Days for which fees were taken beyond the end of the lease; a month counts as its longest."""
    known = _known(lookup, ("fee_period_months", "lease_days_left"))
    return max(0, known[0] * rules.figure("month_days", on) - known[1]) if known else None


def reading_values(
    lookup: Lookup, attributes: Mapping[str, Scalar], rules: TutoringRules, on: date
) -> dict[str, int | None]:
    """Every indicator that quantities tell; `lookup` gives a quantity by name, None while it is not known. Tutoring of
    an unknown kind counts as academic. What is only measured, under the indicator's own name, the contract reads by
    itself."""
    custody, deposit, course = custody_of(lookup), deposit_of(lookup), course_of(lookup)
    returned = lookup("refund_sample_returned")
    is_academic = attributes.get("tutoring_category", "academic") == "academic"
    return {
        "custody_coverage": custody.coverage if custody else None,
        "custody_shortfall": custody.shortfall if custody else None,
        "deposit_coverage": deposit.coverage(rules.figure("deposit_share", on)) if deposit else None,
        "fee_limits_exceeded": charge_of(lookup).limits_exceeded(rules, on, is_academic=is_academic),
        "area_per_student": area_per_student(lookup),
        "unqueried_staff": unqueried_staff(lookup),
        "refund_short": course.short_of(returned) if course and returned is not None else None,
        "lessons_beyond_lease": lessons_beyond_lease(lookup, rules, on),
        "longest_refund_days": lookup("longest_refund_days"),
        "rent_overdue_days": lookup("rent_overdue_days"),
    }
