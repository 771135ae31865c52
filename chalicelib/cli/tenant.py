"""`yijianshi tenant`: create, list, reset, export and close tenants, in the cloud that the environment names."""

import json
from pathlib import Path

import click
from pydantic import ValidationError

from chalicelib import bootstrap
from chalicelib.domain.act import Act
from chalicelib.domain.errors import AlreadyExistsError, InvalidInputError
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import PLATFORM, Actor, Role, Tenant, TenantKind
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant

KINDS = [kind.value for kind in TenantKind if kind is not TenantKind.PLATFORM]


@click.group()
def group() -> None:
    """Cities, parks and the region."""


def operator() -> Actor:
    """Who acts at the command line: the platform operator, named as such in the events."""
    return Actor(tenant=PLATFORM, person_id="cli:operator", name="yijianshi", roles=frozenset({Role.PLATFORM_OPERATOR}))


@group.command()
@click.argument("tenant_id", required=False)
@click.option(
    "--workbook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="onboard from this XLSX file instead; `tenant workbook` writes one to fill in",
)
@click.option("--dry-run", is_flag=True, help="with --workbook: say everything that is wrong, write nothing")
@click.option("--marked", type=click.Path(dir_okay=False, path_type=Path), help="where a marked copy of it goes")
@click.option("--label", default="", help="official name, e.g. 柳州市")
@click.option("--label-en", default="", help="English name")
@click.option("--short", "short_label", default="", help="what stands before 〔2026〕 in document numbers")
@click.option("--kind", type=click.Choice(KINDS), default="city", show_default=True)
@click.option("--division", "divisions", multiple=True, help="12-digit code; repeat for several")
@click.option("--scenario", "scenarios", multiple=True, help="scenario package to enable; repeat for several")
@click.option(
    "--roster",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON file with departments, acting_bodies and people",
)
@click.option("--key", default=None, help="repeat a broken-off run with the key it printed")
def create(
    tenant_id: str | None,
    workbook: Path | None,
    dry_run: bool,
    marked: Path | None,
    label: str,
    label_en: str,
    short_label: str,
    kind: str,
    divisions: tuple[str, ...],
    scenarios: tuple[str, ...],
    roster: Path | None,
    key: str | None,
) -> None:
    """Onboard TENANT_ID (eight characters a-z 0-9) in one command, or the tenant of a workbook."""
    from chalicelib.contract.registry import ScenarioRegistry
    from chalicelib.domain.division import is_known

    if workbook is not None:
        from chalicelib.cli.tenant_workbook import create_from

        create_from(workbook, is_dry=dry_run, marked=marked, key=key)
        return
    if tenant_id is None or not label or not divisions:
        raise click.UsageError("TENANT_ID, --label and --division are needed, or --workbook")
    problems = [f"--division {code}: no such division" for code in divisions if not is_known(code)]
    installed = ScenarioRegistry().names()
    problems += [f"--scenario {name}: not installed" for name in scenarios if name not in installed]
    if len(tenant_id) != 8 or not tenant_id.isalnum() or not tenant_id.isascii() or tenant_id != tenant_id.lower():
        problems.append(f"{tenant_id}: a tenant identifier has eight characters a-z 0-9")
    if problems:
        raise click.UsageError("\n".join(problems))
    act = Act(actor=operator(), at=bootstrap.clock()(), key=key or new_id())
    try:
        people = Roster.model_validate_json(roster.read_text(encoding="utf-8")) if roster else Roster()
        tenant = Tenant(
            id=tenant_id,
            label=label,
            label_en=label_en,
            short_label=short_label,
            kind=TenantKind(kind),
            divisions=list(divisions),
            scenarios=sorted(scenarios),
        )
        onboard_tenant(bootstrap.store(), PLATFORM, act, tenant=tenant, roster=people)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise click.ClickException("\n".join(lines)) from None
    except InvalidInputError as error:
        lines = [f"{p.field}: {p.code} {json.dumps(p.details, ensure_ascii=False)}" for p in error.problems]
        raise click.ClickException("\n".join(lines)) from None
    except AlreadyExistsError:
        raise click.ClickException(f"{tenant_id} exists already") from None
    click.echo(f"{tenant_id} {label}: onboarded ({len(people.records())} records), key {act.key}")


@group.command(name="workbook")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="the XLSX file to write")
@click.option("--division", default="450200000000", show_default=True, help="12-digit code of the city or county")
@click.option("--tenant", "tenant_id", default="", help="a tenant that is there: its present state instead")
def write_template(out: Path, division: str, tenant_id: str) -> None:
    """Write the workbook to fill in, with the counties and townships of a city."""
    from chalicelib.cli.tenant_workbook import write_template as write

    write(out, division=division, tenant_id=tenant_id)


@group.command(name="list")
def list_tenants() -> None:
    """Every tenant of the directory."""
    with bootstrap.scope(PLATFORM):
        for tenant in bootstrap.store().tenants.directory(PLATFORM):
            click.echo(f"{tenant.id}  {tenant.kind.value:<8} {tenant.label}  {' '.join(tenant.scenarios)}")


_NAME = click.option("--name", required=True, help="the tenant's official name, typed out so that none goes by mistake")


@group.command()
@click.argument("tenant_id")
@click.option("--demo", "is_demo", is_flag=True, required=True, help="said aloud: everything of it goes")
@_NAME
def reset(tenant_id: str, is_demo: bool, name: str) -> None:
    """Start the demo TENANT_ID anew: erase it and load its demo data again. Never a real tenant."""
    from chalicelib.cli import tenant_closing

    if not is_demo:
        raise click.UsageError("only demo tenants can be reset: --demo")
    tenant_closing.reset(tenant_id, name)


@group.command()
@click.argument("tenant_id")
def reindex(tenant_id: str) -> None:
    """Mend where records of TENANT_ID are found, once, after an update that says so. What they say stays."""
    from chalicelib.cli import tenant_closing

    tenant_closing.reindex(tenant_id)


@group.command()
@click.argument("tenant_id")
@click.option("--reason", required=True, help="what it is needed for; stands in the tenant's history")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="the zip to write")
def export(tenant_id: str, reason: str, out: Path) -> None:
    """Write everything of TENANT_ID into one zip: records, history, files, evidence, and a manifest with hashes."""
    from chalicelib.cli import tenant_closing

    tenant_closing.export(tenant_id, reason, out)


@group.command()
@click.argument("tenant_id")
@_NAME
@click.option("--reason", default="", help="why it is closed")
@click.option("--confirm", "is_confirming", is_flag=True, help="confirm what the tenant's coordinator asked for")
def delete(tenant_id: str, name: str, reason: str, is_confirming: bool) -> None:
    """Ask that TENANT_ID be closed, or confirm it: two persons, one of them on the tenant's own page."""
    from chalicelib.cli import tenant_closing

    if not is_confirming and not reason.strip():
        raise click.UsageError("--reason is needed, or --confirm")
    tenant_closing.delete(tenant_id, name, reason, is_confirming=is_confirming)
