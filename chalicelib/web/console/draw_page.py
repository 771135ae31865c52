"""What the draw's pages show, put together from the record for the person who looks at it."""

from dataclasses import dataclass, field
from typing import Any

import segno
from markupsafe import Markup

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.checkpoint import utc_text
from chalicelib.domain.draw import Selection
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.pool_exclusion import exclusion_reason
from chalicelib.domain.public_draw import PublicDraw, public_draw_of
from chalicelib.domain.random_draw import (
    DrawState,
    NumbersEntry,
    RandomDraw,
    SeedPlace,
    beacon_values,
    replaces_lottery,
    wanted_rounds,
)
from chalicelib.services.draw.commit_seed import own_place
from chalicelib.services.draw.logged import find_checkpoint
from chalicelib.settings import settings
from chalicelib.web.console.draw_words import beacon_pairs, parse_utc, state_words
from chalicelib.web.formats import format_datetime, format_percent
from chalicelib.web.i18n import gettext, ngettext
from chalicelib.web.request import WebRequest


@dataclass(frozen=True)
class RoundRow:
    """A round whose numbers are wanted, what was typed already, and what this reader may do."""

    source: str
    round: str
    needs_reason: bool
    entry: NumbersEntry | None
    may_enter: bool
    may_confirm: bool


@dataclass(frozen=True)
class DrawView:
    """One draw for one reader."""

    draw: RandomDraw
    public: PublicDraw | None
    job: Job | None
    is_working: bool
    is_logged: bool
    own: SeedPlace | None
    rounds: list[RoundRow]
    is_ready: bool
    may: dict[str, bool]
    public_url: str
    steps: list[dict[str, Any]] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether the page asks for news by itself."""
        return self.is_working or (self.draw.state is DrawState.FROZEN and not self.is_logged)

    @property
    def title(self) -> str:
        draw = self.draw
        if draw.state is DrawState.VOID:
            return gettext("这次抽取已作废")
        if draw.state is DrawState.DRAWN:
            return ngettext("抽中%(num)d家", "抽中%(num)d家", draw.drawn_count)
        if self.is_working:
            return gettext("正在锁定抽取池") if draw.state is DrawState.OPEN else gettext("正在计算抽取结果")
        if draw.state is DrawState.OPEN:
            waiting = len(draw.uncommitted)
            if waiting:
                return ngettext("还差%(num)d个部门封存随机数", "还差%(num)d个部门封存随机数", waiting)
            return gettext("随机源已备齐，可以锁定抽取池")
        if not self.is_logged:
            return gettext("抽取池已锁定，等待存证签名")
        return gettext("随机数已齐，可以抽取") if self.is_ready else gettext("抽取池已锁定，等待随机数")

    @property
    def state(self) -> str:
        return state_words(self.draw.state)


def view_of(request: WebRequest, draw: RandomDraw) -> DrawView:
    """Reads the job at work and, while it is waited for, the log's checkpoint: at most three gets."""
    job = request.store.jobs.find(request.tenant, draw.job_id) if draw.job_id else None
    if draw.state is DrawState.FROZEN and draw.checkpoint is None:
        found = find_checkpoint(request.store, request.tenant, draw)
        if found:
            draw = draw.with_changes(position=found[0], checkpoint=found[1])
    public = public_draw_of(draw) if draw.commitment else None
    actor, resource = request.actor, draw.resource
    may = {
        "run": allowed(actor, Permission.DRAW_RUN, resource),
        "seed": allowed(actor, Permission.DRAW_SEED, resource),
        "confirm": allowed(actor, Permission.DRAW_CONFIRM, resource),
        "void": allowed(actor, Permission.DRAW_VOID, resource),
        "void_confirm": allowed(actor, Permission.DRAW_VOID_CONFIRM, resource)
        and bool(draw.voiding and not actor.is_behind(draw.voiding.asked_by, draw.voiding.asked_for)),
        "audit": allowed(actor, Permission.DRAW_AUDIT, resource),
    }
    view = DrawView(
        draw=draw,
        public=public,
        job=job,
        is_working=bool(job and not job.is_finished),
        is_logged=draw.checkpoint is not None,
        own=own_place(draw, actor) if may["seed"] else None,
        rounds=_rounds(request, draw, may),
        is_ready=beacon_values(draw) is not None,
        may=may,
        public_url=f"/p/{request.tenant}/draws/{draw.id}",
    )
    view.steps.extend(certificate_steps(public, view.public_url) if public else [])
    return view


def _rounds(request: WebRequest, draw: RandomDraw, may: dict[str, bool]) -> list[RoundRow]:
    return [
        RoundRow(
            source=each.source,
            round=each.round,
            needs_reason=replaces_lottery(draw, each),
            entry=(entry := draw.entry(each)),
            may_enter=may["run"],
            may_confirm=may["confirm"]
            and entry is not None
            and not request.actor.is_behind(entry.entered_by, entry.entered_for),
        )
        for each in wanted_rounds(draw, utc_text(request.now))
    ]


def certificate_steps(public: PublicDraw, url: str) -> list[dict[str, Any]]:
    """The four dated steps of components/certificate.html."""
    checkpoint = public.checkpoint
    logged = gettext("等待存证签名")
    if checkpoint and public.position is not None:
        logged = gettext(
            "存证第%(number)s号，%(at)s签署",
            number=public.position + 1,
            at=format_datetime(parse_utc(checkpoint.at)),
        )
    is_drawn = public.drawn_at is not None
    steps: list[dict[str, Any]] = [
        {
            "title": gettext("锁定规则和名单"),
            "note": gettext("%(at)s，%(logged)s", at=format_datetime(public.frozen_at), logged=logged),
            "hash": public.commitment_sha256,
            "hash_label": gettext("承诺值"),
            "done": checkpoint is not None,
        },
        {
            "title": gettext("随机数后产生"),
            "pairs": beacon_pairs(public),
            "done": all(value is not None for value in public.values),
        },
        {
            "title": gettext("按规则算出结果"),
            "note": gettext(
                "%(at)s，企业%(drawn)s家，执法人员%(people)s人次",
                at=format_datetime(public.drawn_at),
                drawn=public.drawn_count,
                people=public.assigned_count,
            )
            if is_drawn
            else gettext("随机数齐备后计算"),
            "hash": public.seed or "",
            "hash_label": gettext("种子"),
            "done": is_drawn,
        },
        {"title": gettext("出具证书"), "note": public.number, "done": bool(public.certificate_sha256)},
    ]
    if public.certificate_sha256:
        steps[3]["links"] = [
            (gettext("下载证书"), f"{url}/certificate.json", "download"),
            (gettext("入池名单（代号）"), f"{url}/pool.jsonl", "file-text"),
        ]
    return steps


def qr(request: WebRequest, path: str) -> Markup:
    """The QR code of a page of ours, as a picture that needs no script."""
    origin = f"{'https' if request.is_https else 'http'}://{request.header('host')}"
    base = settings().identity.redirect_base or origin
    data = segno.make(base.rstrip("/") + path, error="m").svg_data_uri(border=2, scale=3)
    return Markup('<img src="{}" alt="" width="92" height="92">').format(data)


def grade_rows(draw: RandomDraw) -> list[dict[str, Any]]:
    """The table of grades: weight or ratio, members, drawn, share."""
    ks = {stratum.name: stratum.k for stratum in draw.strata}
    is_weighted = draw.selection is Selection.WEIGHTED
    return [
        {
            "grade": gettext("%(grade)s级", grade=each.grade),
            "weight": each.weight,
            "k": None if is_weighted else ks.get(each.grade, 0),
            "pool": each.pool,
            "drawn": each.drawn,
            "share": share(each.drawn, each.pool),
        }
        for each in draw.figures.grades
    ]


def share(part: int | None, whole: int) -> str:
    return "" if part is None or not whole else format_percent(part * 10_000 // whole)


def exclusion_rows(draw: RandomDraw) -> list[dict[str, Any]]:
    rows = [(exclusion_reason(code), count) for code, count in draw.figures.excluded.items()]
    return [
        {"code": reason.code, "label": reason.label, "basis": reason.basis, "count": count}
        for reason, count in sorted(rows, key=lambda row: -row[1])
    ]


def job_state(job: Job) -> str:
    """The word that components/job.html knows."""
    return {
        JobState.QUEUED: "waiting",
        JobState.RUNNING: "running",
        JobState.DONE: "done",
        JobState.FAILED: "failed",
    }[job.state]
