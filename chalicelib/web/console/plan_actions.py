"""The steps of a plan from its page: each a POST, each with its question as a page for browsers without script."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError, RecordNotFoundError
from chalicelib.domain.plan import InspectionTask
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.body_words import body_name
from chalicelib.web.console.plans import BASE, OF_PLAN, ONE, read_plan, show
from chalicelib.web.i18n import gettext
from chalicelib.web.plan_steps import STEPS, Step, StepInput, take_step
from chalicelib.web.plan_words import labels, missing_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)


@route(
    blueprint,
    f"{ONE}/confirm/{{step}}",
    permission=Permission.PLAN_READ,
    sample={"step": "submit"},
    resource=OF_PLAN,
)
def ask_before_step(request: WebRequest, plan_id: str, step: str) -> Answer:
    """The question of the dialog, as a page."""
    plan = read_plan(request, plan_id)
    asked = STEPS.get(step)
    if asked is None:
        raise RecordNotFoundError(kind="step", id=step)
    body = request.query.text("body")
    fields = {"key": request.act().key, **({"acting_body_id": body} if body else {})}
    if step == "opinions":
        fields["agrees"] = "yes"
    return page(
        request,
        "pages/plans/confirm.html",
        title=_question(asked, plan.task_of(body)),
        text=gettext(asked.text),
        action=f"{BASE}/{plan.id}/{step}",
        confirm_label=gettext(asked.label),
        back_url=f"{BASE}/{plan.id}",
        fields=fields,
        reason=asked.has_reason,
    )


def _question(asked: Step, task: InspectionTask | None) -> str:
    """Of a step that could be meant for several bodies, with the name of the body."""
    words = gettext(asked.title)
    return f"{body_name(task)}{gettext('：')}{words}" if task and asked.name == "task-withdrawals" else words


def _declare(step: Step) -> None:
    def take(request: WebRequest, plan_id: str) -> Answer:
        return _take(request, plan_id, step)

    take.__name__ = f"take_{step.name.replace('-', '_')}"
    sample = {"reason": "sample", "agrees": "yes", "acting_body_id": "sample"}
    declared = route(
        blueprint,
        f"{ONE}/{step.name}",
        permission=step.permission,
        methods=["POST"],
        resource=OF_PLAN,
        sample_body=sample,
    )
    declared(take)


def _take(request: WebRequest, plan_id: str, step: Step) -> Answer:
    """Take the step; what is refused is told on the plan's own page."""
    plan = read_plan(request, plan_id)
    try:
        take_step(request, step.name, plan_id, request.model(StepInput))
    except InvalidInputError as error:
        problems = messages.form_problems(error, labels())
        return show(request, plan, problems=problems, status=422)
    except IllegalTransitionError as error:
        words = missing_words(error) or messages.error_words(error).advice
        return show(request, plan, refused=words, status=409)
    return see_other(f"{BASE}/{plan_id}", gettext(step.done))


for _step in STEPS.values():
    _declare(_step)
