"""What jobs that evaluate many subjects have in common: part by part, from the checkpoint on; one subject's fault stops
no other."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from chalicelib.domain.act import Act
from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.job import Job
from chalicelib.domain.tenancy import TenantId
from chalicelib.observability import logger
from chalicelib.services.evaluation.evaluate_subject import InForce, evaluate_subject
from chalicelib.services.jobs.progress import JobProgress
from chalicelib.storage.errors import StorageUnavailableError
from chalicelib.storage.store import Store

Part = tuple[Sequence[str], str]
"""Subjects to evaluate, and the place in the job's own terms from which the work goes on after them."""


def evaluate_in_parts(
    store: Store,
    tenant: TenantId,
    job: Job,
    progress: JobProgress,
    parts: Iterable[Part],
    *,
    cause: str,
    act_of: Callable[[str], Act],
) -> dict[str, Any]:
    """Result: how many subjects were evaluated, and how many could not be. parts: those after the checkpoint's `after`;
    act_of: the act for a subject, the same in every run.

    Each part is judged by what is in force when it begins. A subject that cannot be evaluated is logged and keeps the
    evaluation that it has; a fault of the cloud is raised, so that the queue retries.
    """
    scenario = job.values["scenario"]
    evaluated, failed = job.checkpoint.get("evaluated", 0), job.checkpoint.get("failed", 0)
    for subjects, after in parts:
        rules = InForce.read(store, tenant, scenario) if subjects else None
        for id in subjects:
            try:
                evaluate_subject(
                    store, tenant, act_of(id), subject_id=id, scenario=scenario, cause=cause, in_force=rules
                )
                evaluated += 1
            except StorageUnavailableError:
                raise
            except YijianshiError as error:
                logger.warning("not evaluated", extra={"subject": id, "scenario": scenario, "code": error.code})
                failed += 1
        progress(evaluated, 0, checkpoint={"after": after, "evaluated": evaluated, "failed": failed})
    progress(evaluated, evaluated + failed)
    return {"evaluated": evaluated} | ({"failed": failed} if failed else {})
