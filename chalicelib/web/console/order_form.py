"""The form of an order: which document, what it would rest on here, its fields."""

from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.disposal import Disposal
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.legal_basis import as_confirmed, waiting_bases
from chalicelib.services.disposal.draft_order import OrderDraft, has_term
from chalicelib.services.disposal.editions import Parties, edition_of
from chalicelib.services.disposal.order_grounds import (
    appraisal_problem,
    current_subject,
    is_lapsed,
    registered_appraisal,
)
from chalicelib.web.answers import Answer, page
from chalicelib.web.console.disposals import BASE, draftable
from chalicelib.web.console.people import label_of
from chalicelib.web.disposal_words import labels
from chalicelib.web.fields import Fields
from chalicelib.web.i18n import current_locale, gettext
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest

ORDERS = "/console/orders"


def draft_of(form: Fields) -> OrderDraft:
    return OrderDraft(
        document_id=form.text("document_id")[:64],
        acting_body_id=form.text("acting_body_id")[:40],
        owner=form.text("owner")[:60],
        facts=form.text("facts")[:4000],
        content=form.text("content")[:4000],
        basis_ids=form.many("basis_ids")[:30],
        due_on=form.day("due_on"),
        grounds=form.text("grounds")[:1000],
        review_organ=form.text("review_organ")[:60],
        court=form.text("court")[:60],
    )


def values_of(order: DisposalOrder) -> Fields:
    fields = {
        "document_id": [order.document_id],
        "acting_body_id": [order.acting_body_id],
        "owner": [order.party.owner],
        "facts": [order.facts],
        "content": [order.content],
        "basis_ids": list(order.basis_ids),
        "due_on": [order.due_on.isoformat() if order.due_on else ""],
        "grounds": [order.grounds],
        "review_organ": [order.review_organ],
        "court": [order.court],
    }
    return Fields(fields)


def order_form(
    request: WebRequest,
    disposal: Disposal,
    values: Fields,
    error: InvalidInputError | None = None,
    order: DisposalOrder | None = None,
) -> Answer:
    """First which document; then its fields, with what it would rest on here."""
    store, tenant = request.store, request.tenant
    edition = edition_of(store, tenant, disposal)
    package = edition.scenario.in_language(current_locale())
    parties = Parties.at(store, tenant, disposal.division)
    choices = draftable(request, disposal, package, parties)
    chosen = order.document_id if order else values.text("document_id")
    document = package.inspection.document(chosen) if chosen in dict(choices) else None
    subject = current_subject(store, tenant, disposal.subject_id)
    appraisal = registered_appraisal(store, tenant, request.act(), subject, edition, document) if document else None
    bodies = parties.bodies_for([str(document.department)]) if document else []
    bases = [package.bases[one] for one in document.legal_basis_ids] if document else []
    held = store.confirmations.of_scenario(tenant, disposal.scenario) if bases else []
    waiting = {one.id for one in waiting_bases(bases, held)}
    return page(
        request,
        "pages/disposals/order_form.html",
        422 if error else 200,
        base=BASE,
        disposal=disposal,
        order=order,
        action=f"{ORDERS}/{order.id}/handle/redraft" if order else f"{BASE}/{disposal.id}/orders",
        back_url=f"{ORDERS}/{order.id}" if order else f"{BASE}/{disposal.id}",
        choices=choices,
        document=document,
        department=package.manifest.department_label(document.department) if document and document.department else "",
        needs_day=bool(document) and not has_term(package.inspection, document),
        appraisal=appraisal,
        appraisal_problem=appraisal_problem(document, appraisal) if document else "",
        is_lapsed=is_lapsed(appraisal, shanghai_date(request.now)),
        register_url=f"/console/subjects/{subject.id}",
        bodies=[(one.id, label_of(one)) for one in bodies],
        bases=[
            (one.id, as_confirmed(one, held).citation, gettext("依据待确认") if one.id in waiting else "")
            for one in bases
        ],
        chosen_bases=values.many("basis_ids") or [one.id for one in bases],
        values={"owner": subject.responsible_person or subject.name} | values.single(),
        problems=form_problems(error, labels()) if error else [],
    )
