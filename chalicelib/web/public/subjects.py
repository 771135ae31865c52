"""What everybody may know of one inspected subject: its last inspection, the earlier ones, why it was inspected."""

from chalice import Blueprint

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.public_draw import PublicDraw
from chalicelib.domain.random_draw import DrawState
from chalicelib.web.answers import Answer, page
from chalicelib.web.joint_words import result_words
from chalicelib.web.public.tenants import enter_tenant
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, route
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)


@route(blueprint, "/p/{tenant}/subjects/{subject_id}", permission=OPEN)
def show_subject(request: WebRequest, tenant: str, subject_id: str) -> Answer:
    """Three reads: the place, the subject's published results, the public draw of the one shown."""
    place = enter_tenant(request, tenant)
    results = request.store.public_results.of_subject(tenant, subject_id)
    wanted = request.query.text("result") or (results[0].id if results else "")
    shown = next((one for one in results if one.id == wanted), None)
    if shown is None:
        raise RecordNotFoundError(kind="public_result", id=subject_id)
    draw: PublicDraw | None = request.store.public_draws.find(tenant, shown.draw_id) if shown.draw_id else None
    return page(
        request,
        "pages/public/subject.html",
        base=f"/p/{tenant}",
        place=place,
        result=shown,
        is_newest=shown.id == results[0].id,
        others=[one for one in results if one.id != shown.id],
        draw=draw if draw and draw.state is DrawState.DRAWN else None,
        scenario_label=scenario_label(shown.scenario),
        scenario_words=result_words(shown),
        scenario_labels={one.scenario: scenario_label(one.scenario) for one in results},
    )
