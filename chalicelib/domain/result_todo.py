"""Who has to do what next on a result: a pure function of its state."""

from chalicelib.domain.inspection_result import InspectionResult
from chalicelib.domain.tenancy import Role, role_owner
from chalicelib.domain.todo import Todo


def result_todos(result: InspectionResult) -> list[Todo]:
    """Acting bodies that have not confirmed their part; then the coordinators, who publish."""

    def todo(owner: str, topic: str) -> Todo:
        return Todo.of(
            result.ref,
            owner,
            topic,
            result.subject.name,
            at=result.prepared_at,
            due_at=result.due_at,
            detail=result.plan_number,
        )

    if result.state == "prepared":
        return [todo(b.acting_body_id, "result_to_confirm") for b in result.bodies if b.confirmed_at is None]
    if result.state == "confirmed":
        return [todo(role_owner(Role.COORDINATOR), "result_to_publish")]
    return []
