"""A tenant as a workbook: the template of a city, and a tenant that loads again without a change."""

import io

import pytest
from click.testing import CliRunner

from chalicelib.cli import tenant as command
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.onboarding_workbook import read_workbook, write_workbook
from chalicelib.domain.tenancy import PLATFORM
from chalicelib.services.tenancy.check_workbook import check_workbook
from chalicelib.services.tenancy.onboard_tenant import onboard_tenant
from chalicelib.services.tenancy.present_roster import cities, is_within, present_rows, read_present, template_rows
from infra.local.demo_roster import TENANTS, roster
from tests.builders import NOW, act
from tests.onboarding import workbook
from tests.services.tenancy.test_onboard_tenant import OPERATOR

NANNING = TENANTS[0]


def test_the_template_of_a_city_holds_its_counties_and_townships():
    out = io.BytesIO()
    rows = template_rows("450200000000")
    write_workbook(rows, out, with_samples=True)

    found = read_workbook(io.BytesIO(out.getvalue()), "a.xlsx")

    assert found.problems == []
    assert found.of("tenant")[0].text("divisions") == "450200000000"
    assert [(one.values["code"], one.values["name"]) for one in found.of("divisions")] == [
        (one.values["code"], one.values["name"]) for one in rows["divisions"]
    ]
    assert "城中区" in {one.text("name") for one in found.of("divisions")}
    assert ("450200000000", "柳州市") in cities()
    with pytest.raises(RecordNotFoundError):
        template_rows("459900000000")


def test_a_tenant_written_as_a_workbook_loads_without_a_change(store):
    onboard_tenant(store, PLATFORM, act(OPERATOR), tenant=NANNING, roster=roster(NANNING)[0])
    out = io.BytesIO()
    write_workbook(present_rows(read_present(store, NANNING.id)), out)

    check = check_workbook(
        store, PLATFORM, OPERATOR, content=out.getvalue(), filename="a.xlsx", at=NOW, known=NANNING.scenarios
    )

    assert (check.problems, check.changes, check.scenarios) == ([], [], {})


def test_the_command_says_everything_then_loads_once(store, tmp_path):
    good, bad, marked, out = (tmp_path / name for name in ("good.xlsx", "bad.xlsx", "marked.xlsx", "out.xlsx"))
    good.write_bytes(workbook())
    bad.write_bytes(workbook({("people", 3, "roles"): "没有", ("scenarios", 0, "name"): "x"}))
    run = lambda *words: CliRunner().invoke(command.group, [str(one) for one in words])  # noqa: E731

    refused = run("create", "--workbook", bad, "--marked", marked)
    dry = run("create", "--workbook", good, "--dry-run")
    done = run("create", "--workbook", good)
    again = run("create", "--workbook", good)
    written = run("workbook", "--out", out, "--tenant", "gx450200")

    assert refused.exit_code == 1
    assert "人员 6 角色: 没有 is not one of the choices" in refused.output
    assert "场景 3 场景代码" in refused.output
    assert marked.read_bytes().startswith(b"PK")
    assert "new  tenant gx450200 柳州市" in dry.output and "nothing was written" in dry.output
    assert "gx450200 柳州市: 10 new, 0 changed" in done.output
    assert "0 new, 0 changed" in again.output
    assert written.exit_code == 0 and out.read_bytes().startswith(b"PK")
    assert run("workbook", "--out", out, "--division", "45").exit_code == 0
    assert run("workbook", "--out", out, "--division", "459900000000").exit_code == 1
    assert run("create").exit_code == 2


def test_what_a_tenant_may_keep_lies_below_the_county():
    assert is_within("450103001001", ["450100000000"])
    assert not is_within("450100000000", ["450100000000"])
    assert not is_within("450202001001", ["450100000000"])
