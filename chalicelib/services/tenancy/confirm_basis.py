"""The tenant's legal officer confirms a legal basis that the package could not verify."""

from collections.abc import Iterator
from datetime import date

from chalicelib.contract.basis_work import outdated_bases
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.basis_mark import BasisChange
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.confirmed_basis import ConfirmedBasis
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.law_clause import LawClause
from chalicelib.domain.legal_basis import BasisConfirmation, LegalBasis
from chalicelib.domain.public_tenant import PublicBasis
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.scenario.basis_marks import FIRST_DAY, standing_marks
from chalicelib.services.scenario.known_law import read_article
from chalicelib.storage.store import Store

LONGEST_TEXT = 2000


@idempotent
def confirm_basis(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    package: Scenario,
    basis_id: str,
    text: str = "",
    text_date: date | None = None,
    article: str = "",
    clause: str = "",
) -> ConfirmedBasis:
    """The confirmation: it covers exactly the title, article and clause that were read. text: what was read, or where;
    text_date: the date of that text, which only standards and policy documents do without; article, clause: found by
    the officer where the package names none, in any usual way of writing (第十九条之一, 19条第二款), cited from
    then on. A repealed clause is not confirmed, an amended one on its new text only. Raises InvalidInputError,
    RecordNotFoundError."""
    require(act.actor, Permission.BASIS_CONFIRM)
    basis = package.bases.get(basis_id)
    if basis is None:
        raise RecordNotFoundError(kind="legal_basis", id=basis_id)
    problems = list(_problems(basis, text.strip(), text_date, shanghai_date(act.at)))
    (article, clause), wrong = _place(basis, article, clause, text_date, package.name)
    problems += wrong
    if problems:
        raise InvalidInputError(problems)
    for _, mark in outdated_bases([basis], standing_marks(store, tenant)):
        details: dict[str, str | int] = {"citation": basis.citation, "day": mark.decided_on.isoformat()}
        if mark.change is BasisChange.REPEALED:
            raise InvalidInputError([FieldProblem(field="basis_id", code="basis_outdated", details=details)])
        if text_date is None or text_date < mark.decided_on:
            raise InvalidInputError([FieldProblem(field="text_date", code="basis_text_is_old", details=details)])
    id = f"{package.name}.{basis_id}"
    earlier = store.confirmations.find(tenant, id)
    confirmed = ConfirmedBasis(
        id=id,
        version=earlier.version if earlier else 0,
        scenario=package.name,
        confirmation=BasisConfirmation(
            basis_id=basis.id,
            title=basis.title,
            article=basis.article,
            clause=basis.clause,
            text=text.strip(),
            text_date=text_date,
            found_article="" if basis.article else article,
            found_clause="" if basis.article else clause,
            confirmed_by=act.actor.person_id,
            confirmed_at=act.at,
        ),
    )
    public = store.public_bases.find(tenant, id)
    with store.change(tenant, act) as change:
        change.save(confirmed)
        change.save(PublicBasis.of(confirmed, public.version if public else 0))
        change.event(
            EventType.LEGAL_BASIS_CONFIRMED,
            confirmed,
            {
                "basis_id": basis.id,
                "title": basis.title,
                "article": article or basis.article,
                "clause": clause or basis.clause,
            },
        )
    return confirmed


def _place(
    basis: LegalBasis, article: str, clause: str, text_date: date | None, package: str
) -> tuple[LawClause, list[FieldProblem]]:
    """Where the officer read it. A basis that names its article is confirmed as it stands: another is another basis."""
    named = LawClause(basis.article, basis.clause)
    if basis.article and (article.strip(), clause.strip()) in {("", ""), named, (basis.article, "")}:
        return named, []
    found, problems = read_article(basis.title, article, clause, text_date=text_date, package=package)
    if basis.article and not problems and found not in {named, LawClause(basis.article, "")}:
        details: dict[str, str | int] = {"citation": basis.citation}
        problems.append(FieldProblem(field="article", code="article_of_another_basis", details=details))
    return found, problems


def _problems(basis: LegalBasis, text: str, text_date: date | None, today: date) -> Iterator[FieldProblem]:
    """What the officer still has to say of the text that was read."""
    if not text or len(text) > LONGEST_TEXT:
        yield FieldProblem(field="text", code="too_long" if text else "required")
    if text_date is None and basis.has_dated_text:
        yield FieldProblem(field="text_date", code="required")
    if text_date is not None and text_date > today:
        yield FieldProblem(field="text_date", code="date_in_future")
    if text_date is not None and text_date < FIRST_DAY:
        yield FieldProblem(field="text_date", code="out_of_range")
