"""A building of 南宁市, appraised as D: a disposal with a running clock, an order that waits for its head."""

from chalicelib import bootstrap
from chalicelib.domain.subject import Subject
from chalicelib.services.disposal.decide_order import decide_order
from chalicelib.services.disposal.draft_order import OrderDraft, draft_order
from chalicelib.services.disposal.open_disposal import open_disposal
from chalicelib.services.disposal.record_occurrence import record_occurrence
from chalicelib.services.disposal.serve_order import serve_order
from chalicelib.services.register.register_subject import change_subject
from infra.local.demo_cast import act, actor_of, bind_owner

HOME, SCENARIO, BODY = "gx450100", "self_built_housing", "housing-construction"
APPRAISAL: dict[str, bool | int | str] = {
    "appraisal_grade": "d",
    "appraisal_body": "南宁示例房屋鉴定有限公司",
    "appraised_on": "2026-11-10",
    "appraisal_valid_until": "2027-11-09",
    "appraisal_number": "示例鉴字〔2026〕36号",
    "is_use_stopped": False,
}


def load_disposal(building: Subject, owner_id: str) -> None:
    """owner_id: the person who acts for the building and gets the order."""
    store = bootstrap.store()
    officer, head = actor_of(HOME, f"{HOME}-officer-{BODY}"), actor_of(HOME, f"{HOME}-head-{BODY}")
    joined = building.joined(SCENARIO, {**building.attributes(SCENARIO), **APPRAISAL})
    change_subject(
        store,
        HOME,
        act(actor_of(HOME, f"{HOME}-coordinator")),
        subject_id=building.id,
        changes={"memberships": joined.memberships},
    )
    bind_owner(HOME, owner_id, building)
    disposal = open_disposal(
        store,
        HOME,
        act(officer),
        subject_id=building.id,
        scenario=SCENARIO,
        because="外墙斜裂缝，鉴定为D级，一层仍在营业",
    )
    for name in ("dangerous_appraisal_issued", "danger_report_filed"):
        record_occurrence(store, HOME, act(officer), disposal_id=disposal.id, occurrence_id=name)
    facts = "承重墙严重开裂，鉴定为D级，一层仍有人经营"
    stop = OrderDraft(document_id="stop_use_order", facts=facts, content="收到之日起停止经营和居住，搬出全部人员")
    order = draft_order(store, HOME, act(officer), disposal_id=disposal.id, draft=stop)
    decide_order(store, HOME, act(head), order_id=order.id)
    serve_order(store, HOME, act(officer), order_id=order.id, way="in_person", received_by=building.responsible_person)
    raze = OrderDraft(document_id="demolition_order", facts=facts, content="自行拆除整幢房屋，拆除前设围挡")
    draft_order(store, HOME, act(officer), disposal_id=disposal.id, draft=raze)
