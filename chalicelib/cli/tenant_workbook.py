"""The onboarding workbook at the command line: through the same services as the pages."""

from io import BytesIO
from pathlib import Path

import click

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.contract.registry import ScenarioRegistry
from chalicelib.domain.act import Act
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.onboarding_sheets import column_label, problem_words, sheet
from chalicelib.domain.onboarding_workbook import write_workbook
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import PLATFORM, Actor, Role, is_tenant_id
from chalicelib.services.tenancy.check_workbook import WorkbookCheck, check_workbook
from chalicelib.services.tenancy.onboard_workbook import write_workbook_changes
from chalicelib.services.tenancy.present_roster import present_rows, read_present, template_rows
from chalicelib.settings import settings


def create_from(file: Path, *, is_dry: bool, marked: Path | None, key: str | None) -> None:
    """Check the workbook and, unless is_dry, load it. ClickException when it cannot be loaded."""
    operator = Actor(
        tenant=PLATFORM, person_id="cli:operator", name="yijianshi", roles=frozenset({Role.PLATFORM_OPERATOR})
    )
    store, act = bootstrap.store(), Act(actor=operator, at=bootstrap.clock()(), key=key or new_id())
    content, known = file.read_bytes(), ScenarioRegistry().names()
    with bootstrap.scope(PLATFORM):
        try:
            check = check_workbook(
                store,
                PLATFORM,
                operator,
                content=content,
                filename=file.name,
                at=act.at,
                known=known,
                issuer=settings().identity.issuer,
            )
        except InvalidInputError as error:
            raise click.ClickException("\n".join(f"{file.name}: {one.code}" for one in error.problems)) from None
        _say(check)
        if marked is not None:
            out = BytesIO()
            write_workbook(check.tables.rows, out, problems=check.problems)
            marked.write_bytes(out.getvalue())
        if not check.is_loadable:
            raise click.ClickException(f"{len(check.errors)} findings; nothing was written")
        if is_dry:
            click.echo("nothing was written (--dry-run)")
            return
        result = write_workbook_changes(
            store, PLATFORM, act, check, lambda done, total: None, issuer=settings().identity.issuer
        )
    click.echo(f"{check.tenant} {check.label}: {result['new']} new, {result['changed']} changed, key {act.key}")


def _say(check: WorkbookCheck) -> None:
    for one in check.problems:
        place = " ".join(filter(None, (sheet(one.sheet).label, str(one.row or ""), column_label(one))))
        click.echo(f"{'warning' if one.is_warning else 'error'}  {place}: {problem_words(one, 'en')}", err=True)
    for one in check.changes:
        fields = f" ({', '.join(one.fields)})" if one.fields else ""
        click.echo(f"{'new' if one.is_new else 'change'}  {one.kind} {one.id} {one.label}{fields}")
    for name, is_enabled in check.scenarios.items():
        click.echo(f"{'enable' if is_enabled else 'disable'}  {name}")
    click.echo(f"{check.unchanged} rows are so already")


def write_template(out: Path, *, division: str, tenant_id: str) -> None:
    """The template for a city, or a tenant as it is."""
    content = BytesIO()
    if tenant_id:
        if not is_tenant_id(tenant_id):
            raise click.UsageError(f"{tenant_id}: a tenant identifier has eight characters a-z 0-9")
        with bootstrap.scope(tenant_id, ScopeRole.READER):
            rows = present_rows(read_present(bootstrap.store(), tenant_id))
        if not rows:
            raise click.ClickException(f"{tenant_id}: no such tenant")
        write_workbook(rows, content)
    else:
        try:
            write_workbook(template_rows(division), content, with_samples=True)
        except (RecordNotFoundError, InvalidInputError):
            raise click.ClickException(f"{division}: no such division") from None
    out.write_bytes(content.getvalue())
    click.echo(f"{out}: written")
