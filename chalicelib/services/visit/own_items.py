"""The items on which one acting body concludes, with what the shared answers mean for each of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from chalicelib.contract.exchange import BasisView, ChecklistEntry, SlotView
from chalicelib.domain.act import Act
from chalicelib.domain.item import Answer, Compliance, NumberLimits, Severity
from chalicelib.domain.scaled_number import number_words
from chalicelib.domain.served_scenario import VisitScenario, item_key
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import BodyConclusion, ConclusionChoice, Photo, Visit, VisitAnswer, VisitBody
from chalicelib.services.visit.questions import ask_questions
from chalicelib.storage.store import Store


class OwnItem(BaseModel):
    """One item of one acting body. `compliance`: what the shared answer means for this item; `conclusion`: the body's
    own word, None while it has said none; `key`: the item within the visit, also where scenarios use one item id."""

    model_config = ConfigDict(frozen=True)

    key: str
    scenario: str
    scenario_version: str
    item_id: str
    question_key: str
    department: str
    department_label: str
    title: str
    standard: str
    severity: Severity
    compliance: Compliance
    bases: tuple[BasisView, ...]
    legal_basis_id: str | None
    remedy_due_on: date | None
    rectification_working_days: int
    note: str
    photos: list[Photo]
    conclusion: BodyConclusion | None = None

    @property
    def outcome(self) -> Compliance:
        """The body's own word, else the shared answer."""
        return self.conclusion.compliance if self.conclusion else self.compliance

    def adopted(self, act: Act, visit: Visit, acting_body_id: str) -> BodyConclusion:
        """The conclusion that takes the shared answer over, as the next version of what was said before."""
        conclusion = BodyConclusion(
            id=conclusion_id(acting_body_id, self.key),
            visit_id=visit.id,
            acting_body_id=acting_body_id,
            scenario=self.scenario,
            item_id=self.item_id,
            question_key=self.question_key,
            choice=ConclusionChoice.ADOPTED,
            compliance=self.compliance,
            legal_basis_id=self.legal_basis_id,
            remedy_due_on=self.remedy_due_on,
            made_by=act.actor.person_id,
            made_at=act.at,
        )
        conclusion.version = self.conclusion.version if self.conclusion else 0
        return conclusion


def conclusion_id(acting_body_id: str, key: str) -> str:
    return f"{acting_body_id}.{key}"


def own_items(
    store: Store,
    tenant: TenantId,
    visit: Visit,
    body: VisitBody,
    answers: Mapping[str, VisitAnswer],
    conclusions: Sequence[BodyConclusion],
    at: datetime,
    language: str = "zh",
    *,
    is_shown: bool = False,
) -> list[OwnItem]:
    """Every judged item that falls to a department of this body, in the order of the list, each scenario's for itself.
    Facts without a judgement (a text, a number without limits) need no conclusion. is_shown: see `ask_questions`."""
    said = {one.id: one for one in conclusions}
    served = {one.scenario: one for one in visit.served}
    found: dict[str, OwnItem] = {}
    for entry in ask_questions(store, tenant, visit, answers, at, language, is_shown=is_shown).entries:
        given = answers.get(entry.key)
        for slot in entry.slots:
            if slot.department in body.departments and slot.compliance is not None and given is not None:
                scenario = served.get(slot.scenario, visit.served[0])
                key = item_key(visit.scenario, scenario.scenario, slot.item_id)
                own = said.get(conclusion_id(body.acting_body_id, key))
                found.setdefault(key, _item(key, scenario, entry, slot, given, own))
    return list(found.values())


def _item(
    key: str,
    scenario: VisitScenario,
    entry: ChecklistEntry,
    slot: SlotView,
    given: VisitAnswer,
    said: BodyConclusion | None,
) -> OwnItem:
    is_bad = slot.compliance is Compliance.NON_COMPLIANT
    own = [basis.id for basis in slot.legal_basis]
    clause = _clause(entry, slot, given.legal_basis_id) or (own[0] if own else None)
    return OwnItem(
        key=key,
        scenario=scenario.scenario,
        scenario_version=scenario.scenario_version,
        item_id=slot.item_id,
        question_key=entry.key,
        department=slot.department,
        department_label=slot.department_label,
        title=slot.name,
        standard=slot.standard,
        severity=slot.severity,
        compliance=slot.compliance or Compliance.NOT_CHECKED,
        bases=slot.legal_basis,
        legal_basis_id=clause if is_bad else None,
        remedy_due_on=given.remedy_due_on if is_bad else None,
        rectification_working_days=slot.rectification_working_days,
        note=answer_note(entry, given.answer),
        photos=given.photos,
        conclusion=said,
    )


def answer_note(entry: ChecklistEntry, said: Answer) -> str:
    """What was seen: a number with its unit, then the words."""
    if said.reason:
        return said.reason
    limits = entry.number or NumberLimits()
    measured = f"{number_words(said.number, limits.decimals)}{limits.unit}" if said.number is not None else ""
    return "；".join(part for part in (measured, said.text) if part)


def _clause(entry: ChecklistEntry, slot: SlotView, chosen: str | None) -> str | None:
    """The slot's own id of the clause that the officer chose; None when its item does not rest on it."""
    every = {basis.id: basis.citation for one in entry.slots for basis in one.legal_basis}
    own = {basis.id: basis.citation for basis in slot.legal_basis}
    if chosen in own or chosen is None:
        return chosen
    return next((id for id, citation in own.items() if citation == every.get(chosen)), None)
