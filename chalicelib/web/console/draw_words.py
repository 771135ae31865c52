"""Words of the draw's pages: what its state means for the reader, and why a beacon was refused."""

from datetime import datetime

from chalicelib.domain.beacon import BeaconUse, BeaconValue, CommitReveal, InvalidBeaconError, PublicLottery
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.pool_exclusion import exclusion_reason
from chalicelib.domain.public_draw import PublicDraw
from chalicelib.domain.random_draw import DrawState
from chalicelib.web.formats import format_datetime
from chalicelib.web.i18n import gettext, mark

LABELS = {
    "seed_departments": mark("封存随机数的部门"),
    "reveal_due_at": mark("揭示时限"),
    "lottery_source": mark("彩票"),
    "lottery_round": mark("期号"),
    "lottery_due_at": mark("开奖时间"),
    "fallback_source": mark("备用开奖"),
    "fallback_round": mark("备用开奖的期号"),
    "fallback_due_at": mark("备用开奖的时间"),
    "max_visits": mark("每人最多去几家"),
    "sha256": mark("随机数的摘要"),
    "secret": mark("随机数"),
    "numbers": mark("开奖号码"),
    "reason": mark("理由"),
}


def labels() -> dict[str, str]:
    """Field names to the labels of the page, for the words of problems."""
    return {name: gettext(label) for name, label in LABELS.items()}


def as_input_error(error: InvalidBeaconError, field: str) -> InvalidInputError:
    """A refused beacon as a problem of the field that it was typed into."""
    problem = str(error.details.get("problem", ""))
    details = {k: v for k, v in error.details.items() if isinstance(v, (str, int))}
    return InvalidInputError([FieldProblem(field=field, code=f"beacon_{problem}", details=details)])


def state_words(state: DrawState) -> str:
    return {
        DrawState.OPEN: gettext("准备中"),
        DrawState.FROZEN: gettext("已锁定，待抽取"),
        DrawState.DRAWN: gettext("已抽取"),
        DrawState.VOID: gettext("已作废"),
    }[state]


def reason_label(code: str) -> str:
    return exclusion_reason(code).label


def parse_utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


def beacon_pairs(public: PublicDraw) -> list[tuple[str, str]]:
    """The beacons as term and value: what was announced, and what it turned out to be."""
    pairs = []
    for beacon, value in zip(public.beacons, public.values, strict=True):
        due = format_datetime(parse_utc(beacon.due_at))
        if isinstance(beacon, PublicLottery):
            told = gettext("%(source)s%(round)s期，%(due)s开奖", source=beacon.source, round=beacon.round, due=due)
            term = gettext("公开开奖")
        else:
            told = gettext("%(source)s封存，应在%(due)s前揭示", source=beacon.source, due=due)
            term = gettext("封存随机数")
        if value is not None:
            told = _told(beacon, value)
        pairs.append((term, told))
    return pairs


def _told(beacon: CommitReveal | PublicLottery, value: BeaconValue) -> str:
    at = format_datetime(parse_utc(value.known_at))
    if value.used is BeaconUse.FALLBACK:
        held = beacon.fallback
        return gettext(
            "%(source)s未给出，改用备用开奖%(held)s%(round)s期：%(value)s",
            source=beacon.source,
            held=held.source,
            round=held.round,
            value=value.value,
        )
    if isinstance(beacon, CommitReveal):
        return gettext("%(source)s，%(at)s揭示，与封存时一致", source=beacon.source, at=at)
    return gettext("%(source)s%(round)s期：%(value)s", source=beacon.source, round=beacon.round, value=value.value)
