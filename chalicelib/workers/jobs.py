"""Which function does which job, found by name so that a worker loads only what it runs."""

from importlib import import_module

from chalicelib.services.jobs.run_job import Work

WORK: dict[str, str] = {
    "schedule_visits": "chalicelib.services.plan.schedule_visits:schedule_visits",
    "freeze_pool": "chalicelib.services.draw.freeze_pool:freeze_pool",
    "compute_draw": "chalicelib.workers.draw_jobs:compute_draw",
    "rebuild_metrics": "chalicelib.services.metrics.rebuild_metrics:rebuild_metrics",
    "hand_on_work": "chalicelib.services.people.leave_post:hand_on_work",
    "push_handbook": "chalicelib.services.handbook.push_handbook:push_handbook",
    "remind_handbook": "chalicelib.services.handbook.push_handbook:remind_handbook",
    "export_subjects": "chalicelib.services.register.export_subjects:export_subjects",
    "import_register": "chalicelib.services.register.import_register:import_register",
    "reset_tenant": "chalicelib.workers.tenant_jobs:reset_tenant",
    "export_tenant": "chalicelib.services.tenancy.export_tenant:export_tenant",
    "reindex_tenant": "chalicelib.services.tenancy.reindex_tenant:reindex_tenant",
    "determine_clocks": "chalicelib.services.clock.determine_clocks:determine_clocks",
    "delete_tenant": "chalicelib.workers.tenant_jobs:delete_tenant",
    "enter_sheet": "chalicelib.services.report.enter_sheet:enter_sheet",
    "evaluate_imported": "chalicelib.services.evaluation.evaluate_imported:evaluate_imported",
    "evaluate_members": "chalicelib.services.evaluation.evaluate_members:evaluate_members",
    "load_workbook": "chalicelib.services.tenancy.onboard_workbook:load_workbook",
}
"""Job name → "module:function" of its Work."""


def work_of(name: str) -> Work:
    """The job's function; KeyError for a name that is not listed."""
    module, _, function = WORK[name].partition(":")
    work: Work = getattr(import_module(module), function)
    return work
