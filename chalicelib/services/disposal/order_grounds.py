"""What an order may rest on: bases that hold here, and a registered appraisal where the package ties it to grades."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import cast

from chalicelib.contract.basis_work import repealed_bases
from chalicelib.contract.entrance import call_handler
from chalicelib.contract.inspection import InspectionDocument
from chalicelib.contract.registry import registry
from chalicelib.domain.act import Act
from chalicelib.domain.basis_mark import BasisMark
from chalicelib.domain.disposal_order import UNCONFIRMED
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.evaluation import EvaluationResult, TechnicalGrade
from chalicelib.domain.legal_basis import BasisConfirmation, LegalBasis, as_confirmed, waiting_bases
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.evaluation.evaluate_subject import gather_facts
from chalicelib.services.scenario.basis_marks import standing_marks
from chalicelib.services.scenario.read_edition import Edition
from chalicelib.storage.store import Store

Unusable = tuple[list[LegalBasis], list[tuple[LegalBasis, BasisMark]]]


def unusable_bases(
    store: Store, tenant: TenantId, bases: Sequence[LegalBasis], confirmations: Iterable[BasisConfirmation], day: date
) -> Unusable:
    """Of these bases those that wait for the legal officer, and those repealed by this day; nothing for a synthetic
    tenant, which shows what does not hold. The rule of plans (`services/plan/approve_plan.py`)."""
    if store.tenants.get(tenant, tenant).is_synthetic:
        return [], []
    return waiting_bases(bases, confirmations), repealed_bases(bases, standing_marks(store, tenant), day)


def cited(bases: Sequence[LegalBasis], confirmations: Iterable[BasisConfirmation]) -> str:
    """The citations as printed; one that nobody confirmed says so, which only a synthetic tenant ever prints."""
    held = list(confirmations)
    waiting = {one.id for one in waiting_bases(bases, held)}
    printed = ((as_confirmed(one, held).citation, one.id in waiting) for one in bases)
    return "、".join(dict.fromkeys(citation + (UNCONFIRMED if waits else "") for citation, waits in printed))


def current_subject(store: Store, tenant: TenantId, subject_id: str) -> Subject:
    """The subject, or the survivor of a merged one. Raises RecordNotFoundError."""
    found = store.subjects.find_current(tenant, subject_id)
    if found is None:
        raise RecordNotFoundError(kind=Subject.KIND, id=subject_id)
    return found


def registered_appraisal(
    store: Store, tenant: TenantId, act: Act, subject: Subject, edition: Edition, document: InspectionDocument
) -> TechnicalGrade | None:
    """The grade of an appraisal body as the register has it, read by the package; None where there is none, and for a
    document that asks for none. Software grades nothing: the package only passes on what was registered."""
    if not document.technical_grades:
        return None
    scenario = edition.package.name
    context = edition.context(tenant, act.at, ())
    request = gather_facts(store, tenant, act, subject.id, scenario)
    return cast(EvaluationResult, call_handler(registry(), scenario, "evaluation", request, context)).technical_grade


def appraisal_problem(document: InspectionDocument, appraisal: TechnicalGrade | None) -> str:
    """Why the order cannot rest on this appraisal; empty where it can, or needs none. One that lapsed still grounds it:
    danger does not end with the paper, and the order says that it lapsed."""
    if not document.technical_grades:
        return ""
    if appraisal is None:
        return "appraisal_missing"
    return "" if appraisal.grade in document.technical_grades else "appraisal_grade_differs"


def is_lapsed(appraisal: TechnicalGrade | None, day: date) -> bool:
    return appraisal is not None and appraisal.expires_on is not None and appraisal.expires_on < day
