"""Table calls and read units of every list page, in a tenant of 120,000 subjects beside twenty small ones.

`python -m tests.bench.bench_lists --write` puts the table into infra/docs/list-costs.md; it takes some minutes.
"""

import sys
from pathlib import Path

from chalicelib import bootstrap
from chalicelib.domain.tenancy import Role
from chalicelib.observability import logger
from tests.architecture.route_seeds import build_world
from tests.large_tenant import write_platform, write_subjects
from tests.list_costs import LIST_PAGES, MAX_CALLS, MAX_UNITS, MORE_CALLS
from tests.table_items import items_of, write, write_copies
from tests.web.site import TENANT_A, open_site
from tests.web.test_list_costs import COPIED, cost_of

DOC = Path(__file__).parents[2] / "infra/docs/list-costs.md"
SUBJECTS, SMALL_TENANTS, SMALL = 120_000, 20, 60
FEW = ("system_client", "webhook_endpoint", "basis_mark")
"""Kinds of which no tenant has hundreds."""
NAMES = {Role.APPROVER: "head of a body", Role.SUBJECT_USER: "subject", None: "visitor"}
"""Readers whose role is called otherwise than its code."""


def main(subjects: int = SUBJECTS) -> list[str]:
    """The rows of the table, printed as they are measured."""
    rows = []
    logger.setLevel("ERROR")  # A line for each request would hide the table.
    with open_site() as site:
        world = build_world(site, TENANT_A)
        with bootstrap.scope(TENANT_A):
            write_subjects(TENANT_A, subjects)
            write(items_of(TENANT_A, world.records["visit_member"].with_changes(state="scheduled")))
            write_copies(TENANT_A, [world.records[kind] for kind in COPIED if kind not in FEW], 400)
            write_copies(TENANT_A, [world.records[kind] for kind in FEW], 20)
        write_platform()
        for number in range(SMALL_TENANTS):
            with bootstrap.scope(f"gxsmal{number:02d}"):
                write_subjects(f"gxsmal{number:02d}", SMALL)
        print(f"list pages, {subjects:,} subjects beside {SMALL_TENANTS} tenants of {SMALL}")
        for listed in LIST_PAGES:
            cost = cost_of(world, listed)
            path = listed.path + (", second page" if listed.next_page else "")
            who = NAMES.get(listed.role) or str(listed.role).replace("_", " ")
            rows.append(f"| {who} | `{path}` | {cost.calls} | {cost.units:g} |")
            print(rows[-1], flush=True)
            most, _ = MORE_CALLS.get(listed.path.partition("?")[0], (MAX_CALLS, ""))
            is_over = cost.calls > most or cost.units > MAX_UNITS
            print("  OVER" if is_over else "", flush=True)
    return rows


def document(rows: list[str]) -> str:
    """The page with these rows under its head."""
    head = DOC.read_text(encoding="utf-8").split("| who |", 1)[0]
    return "\n".join([head + "| who | page | table calls | read units |", "|---|---|---:|---:|", *rows, ""])


if __name__ == "__main__":
    measured = main()
    if "--write" in sys.argv:
        DOC.write_text(document(measured), encoding="utf-8")
