"""What `yijianshi tenant reset`, `export` and `delete` do: ask for the job as pages do, and wait for the workers."""

import json
import time
from pathlib import Path

import click

from chalicelib import bootstrap
from chalicelib.cli.tenant import operator
from chalicelib.domain.act import Act
from chalicelib.domain.errors import InvalidInputError, NotAllowedError, RecordNotFoundError, YijianshiError
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.tenancy import PLATFORM
from chalicelib.domain.tenant_closing import PublicClosing
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.tenancy.close_tenant import ask_closing, confirm_closing
from chalicelib.services.tenancy.export_tenant import request_archive
from chalicelib.services.tenancy.reindex_tenant import request_reindex
from chalicelib.services.tenancy.reset_tenant import request_reset

POLL_SECONDS, PATIENCE_SECONDS = 1.0, 3600.0


def _act() -> Act:
    return Act(actor=operator(), at=bootstrap.clock()())


def _said(error: YijianshiError) -> click.ClickException:
    """A refusal in the words of the terminal."""
    if isinstance(error, InvalidInputError):
        lines = [f"{p.field}: {p.code} {json.dumps(p.details, ensure_ascii=False)}" for p in error.problems]
        return click.ClickException("\n".join(lines))
    if isinstance(error, RecordNotFoundError):
        return click.ClickException("no such tenant, or nothing waits there")
    if isinstance(error, SecondPersonNeededError):
        return click.ClickException("who asked may not confirm: the tenant's security administrator does, on the page")
    if isinstance(error, NotAllowedError) and error.details.get("reason") == "not_a_demo":
        return click.ClickException("only a tenant whose data are all invented can be reset")
    return click.ClickException(f"{error.code} {json.dumps(error.details, ensure_ascii=False, default=str)}")


def _finished(tenant: str, job: Job) -> Job:
    """Wait for the workers, saying how far they are. The job goes on when this is broken off."""
    store, until, told = bootstrap.store(), time.monotonic() + PATIENCE_SECONDS, -1
    while time.monotonic() < until:
        try:
            with bootstrap.scope(tenant):
                job = store.jobs.get(tenant, job.id)
        except YijianshiError as error:
            raise click.ClickException(f"job {job.id}: {error.code}; the workers go on with it") from None
        if job.is_finished:
            break
        if job.progress != told:
            told = job.progress
            click.echo(f"  {job.state.value} {told}{f' / {job.total}' if job.total else ''}")
        time.sleep(POLL_SECONDS)
    if job.state is not JobState.DONE:
        raise click.ClickException(f"job {job.id}: {job.state.value} {job.error_code or ''}")
    return job


def reset(tenant_id: str, name: str) -> None:
    try:
        with bootstrap.scope(tenant_id):
            job = request_reset(bootstrap.store(), tenant_id, _act(), typed=name)
    except YijianshiError as error:
        raise _said(error) from None
    done = _finished(tenant_id, job).result
    click.echo(f"{tenant_id}: {done['items']} items and {done['files']} files erased, demo data loaded again")


def reindex(tenant_id: str) -> None:
    try:
        with bootstrap.scope(tenant_id):
            job = request_reindex(bootstrap.store(), tenant_id, _act())
    except YijianshiError as error:
        raise _said(error) from None
    done = _finished(tenant_id, job).result
    click.echo(f"{tenant_id}: {done['mended']} records mended of {done['items']} items")


def export(tenant_id: str, reason: str, out: Path) -> None:
    store = bootstrap.store()
    try:
        with bootstrap.scope(tenant_id):
            job = request_archive(store, tenant_id, _act(), reason=reason)
    except YijianshiError as error:
        raise _said(error) from None
    done = _finished(tenant_id, job).result
    with bootstrap.scope(tenant_id), out.open("wb") as file:
        for chunk in store.objects.stream(tenant_id, done["object_key"]):
            file.write(chunk)
    click.echo(f"{out}: {done['records']} records, {done['objects']} files, sha256 {done['sha256']}")


def delete(tenant_id: str, name: str, reason: str, *, is_confirming: bool) -> None:
    store = bootstrap.store()
    try:
        with bootstrap.scope(tenant_id):
            if not is_confirming:
                asked = ask_closing(store, tenant_id, _act(), typed=name, reason=reason)
                until = f", until {asked.expires_at:%Y-%m-%d}" if asked.expires_at else ""
                click.echo(f"{tenant_id}: asked; its security administrator confirms{until}")
                return
            waiting = store.closings.newest(tenant_id)
            if waiting is None:
                raise RecordNotFoundError(kind="tenant_closing")
            begun = confirm_closing(store, tenant_id, _act(), closing_id=waiting.id, typed=name)
    except YijianshiError as error:
        raise _said(error) from None
    with bootstrap.scope(PLATFORM):
        job = store.jobs.get(PLATFORM, begun.job_id)
    done = _finished(PLATFORM, job).result
    with bootstrap.scope(PLATFORM):
        ended: PublicClosing = store.public_closings.get(PLATFORM, tenant_id)
    click.echo(f"{tenant_id}: {done['items']} items and {done['files']} files erased")
    click.echo(f"certificate: /closed/{tenant_id}, signature {ended.signature}")
