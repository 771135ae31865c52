"""Mark a clause as amended or repealed, settle what follows from it, take a mark back."""

import re
from collections.abc import Iterable
from datetime import date

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.basis_mark import BasisChange, BasisMark, PublicBasisMark, WorkDone
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import AlreadyExistsError, FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.law_clause import read_place
from chalicelib.domain.legal_basis import plain_title
from chalicelib.domain.record import is_id, new_id
from chalicelib.domain.tenancy import PLATFORM, TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.scenario.known_law import is_known_title, read_article
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store

FIRST_DAY = date(1949, 10, 1)
LATEST_YEARS = 10
"""A text says when it takes effect, and that is never this far away: whoever types it mistook the year."""
LONGEST_SUCCESSOR, LONGEST_NOTE = 200, 1000


@idempotent
def mark_basis(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    title: str,
    article: str,
    change: BasisChange,
    decided_on: date,
    effective_on: date,
    successor: str = "",
    note: str = "",
) -> BasisMark:
    """The mark. One made by the platform counts in every tenant. article: in any usual way of writing, empty for the
    whole text.

    Raises InvalidInputError for a law that nothing cites, an article that it does not have, days that cannot be, a
    successor that is the clause itself; AlreadyExistsError when the same clause is marked so already."""
    require(act.actor, Permission.BASIS_MARK)
    place, problems = read_article(title, article, "", text_date=None)
    article = place.article
    if place.clause:
        problems.append(FieldProblem(field="article", code="mark_by_article", details={"value": place.clause}))
    problems += _problems(plain_title(title), decided_on, effective_on, shanghai_date(act.at))
    problems += _said_problems(title, article, successor.strip(), note.strip())
    if problems:
        raise InvalidInputError(problems)
    made = BasisMark(
        id=new_id(),
        title=plain_title(title),
        article=article,
        change=change,
        decided_on=decided_on,
        effective_on=effective_on,
        successor=successor.strip(),
        note=note.strip(),
        marked_by=act.actor.person_id,
        marked_at=act.at,
    )
    if any(_is_same(one, made) for one in standing_marks(store, tenant)):
        raise AlreadyExistsError(kind=BasisMark.KIND, identity=f"{made.title} {article}".strip())
    with store.change(tenant, act) as writing:
        _save(store, writing, tenant, made)
        facts = {"title": made.title, "article": article, "change": change.value, "effective_on": str(effective_on)}
        writing.event(EventType.BASIS_MARKED, made, facts)
    return made


def _problems(title: str, decided_on: date, effective_on: date, today: date) -> list[FieldProblem]:
    found = []
    if not 2 <= len(title) <= 200:
        found.append(FieldProblem(field="title", code="too_short" if len(title) < 2 else "too_long"))
    elif not is_known_title(title):
        found.append(FieldProblem(field="title", code="unknown_law", details={"value": title}))
    if decided_on > today:
        found.append(FieldProblem(field="decided_on", code="date_in_future"))
    elif decided_on < FIRST_DAY:
        found.append(FieldProblem(field="decided_on", code="out_of_range"))
    if effective_on < decided_on:
        found.append(FieldProblem(field="effective_on", code="effective_before_decided"))
    elif effective_on.year > decided_on.year + LATEST_YEARS:
        found.append(FieldProblem(field="effective_on", code="out_of_range"))
    return found


def _said_problems(title: str, article: str, successor: str, note: str) -> list[FieldProblem]:
    """What holds instead is something else than what changed."""
    found = []
    if len(successor) > LONGEST_SUCCESSOR:
        found.append(FieldProblem(field="successor", code="too_long"))
    if len(note) > LONGEST_NOTE:
        found.append(FieldProblem(field="note", code="too_long"))
    plain, own = plain_title(successor), plain_title(title)
    if successor and (plain == own or (plain.startswith(own) and article and _is_place(plain[len(own) :], article))):
        found.append(FieldProblem(field="successor", code="successor_is_itself"))
    return found


def _is_place(text: str, article: str) -> bool:
    try:
        return read_place(text).article == article
    except ValueError:
        return False


def _is_same(one: BasisMark, other: BasisMark) -> bool:
    return (one.title, one.article, one.change) == (other.title, other.article, other.change)


@idempotent
def withdraw_mark(store: Store, tenant: TenantId, act: Act, *, mark_id: str, reason: str) -> BasisMark:
    """The mark, taken back with the reason. One of the platform is only the platform's to take back."""
    require(act.actor, Permission.BASIS_MARK)
    mark = find_mark(store, tenant, mark_id)
    if not reason.strip():
        raise InvalidInputError([FieldProblem(field="reason", code="required")])
    if mark.is_of_platform or mark.is_withdrawn:
        raise RecordNotFoundError(kind=BasisMark.KIND, id=mark_id)
    withdrawn = mark.with_changes(is_withdrawn=True)
    with store.change(tenant, act) as change:
        _save(store, change, tenant, withdrawn)
        change.event(EventType.BASIS_MARK_WITHDRAWN, withdrawn, {"reason": reason.strip()})
    return withdrawn


@idempotent
def settle_work(store: Store, tenant: TenantId, act: Act, *, mark_id: str, key: str, is_done: bool = True) -> BasisMark:
    """The mark with this entry of its work list settled, or open again."""
    require(act.actor, Permission.BASIS_MARK)
    if not re.fullmatch(r"\w{1,64}:\w{1,32}:\w{1,64}", key, re.ASCII):
        raise InvalidInputError([FieldProblem(field="key", code="invalid")])
    mark = find_mark(store, tenant, mark_id)
    others = [one for one in mark.done if one.key != key]
    settled = WorkDone(key=key, by=act.actor.person_id, at=act.at)
    changed = mark.with_changes(done=[*others, settled] if is_done else others)
    with store.change(tenant, act) as change:
        change.save(changed)
        change.event(EventType.BASIS_WORK_SETTLED, changed, {"key": key, "is_done": is_done})
    return changed


def _save(store: Store, change: Change, tenant: TenantId, mark: BasisMark) -> None:
    """A tenant's own mark is shown by its public handbooks, without what its people said among themselves."""
    change.save(mark)
    shown = store.public_basis_marks.find(tenant, mark.id)
    public = PublicBasisMark.of(mark, shown.version if shown else 0)
    change.save(public if tenant == PLATFORM else public.with_changes(note=""))


def find_mark(store: Store, tenant: TenantId, mark_id: str) -> BasisMark:
    """The tenant's own, or the platform's as this tenant has it. Raises RecordNotFoundError."""
    own = store.basis_marks.find(tenant, mark_id) if is_id(mark_id) else None
    if own is not None:
        return own
    found = next((one for one in store.public_basis_marks.of_platform() if one.id == mark_id), None)
    if found is None or found.is_withdrawn:
        raise RecordNotFoundError(kind=BasisMark.KIND, id=mark_id)
    return found.as_mark()


def standing_marks(store: Store, tenant: TenantId) -> list[BasisMark]:
    """Every mark that counts in this tenant, newest first: its own and the platform's. Two queries."""
    return marks_with(store, tenant, store.basis_marks.every(tenant))


def marks_with(store: Store, tenant: TenantId, marks: Iterable[BasisMark]) -> list[BasisMark]:
    """The same with the tenant's own already read. One query."""
    own = {one.id: one for one in marks}
    ours = {} if tenant == PLATFORM else {one.id: one for one in store.public_basis_marks.of_platform()}
    found = [one.as_mark() for id, one in ours.items() if id not in own and not one.is_withdrawn]
    taken_back = {id for id, one in ours.items() if one.is_withdrawn}
    found += [one for one in own.values() if not one.is_withdrawn and one.id not in taken_back]
    return sorted(found, key=lambda one: one.id, reverse=True)
