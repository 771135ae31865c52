"""A tenant's overlay (本地调整) on a scenario package: typed changes against named ids, kept in numbered versions.

A version is drafted by one person and published by another; a published one never changes. Plans and visits store the
number with which they began. What the changes do is `contract/overlay.py`.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.evaluation_rules import Threshold
from chalicelib.domain.item import CheckItem
from chalicelib.domain.label import Code
from chalicelib.domain.record import Record, UtcTime

MAX_CHANGES = 200


class _Change(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def target(self) -> str:
        """The id that the change is about; two changes of one kind to one target are one."""
        return ""


class SetLabel(_Change):
    """Say it in the tenant's words: a department's name, an item's wording. `key` is a label key."""

    kind: Literal["set_label"] = "set_label"
    key: str = Field(max_length=300)
    text: str = Field(min_length=1, max_length=2000)

    @property
    def target(self) -> str:
        return self.key


class SetThresholds(_Change):
    """The tenant's own thresholds of an indicator that the package marks configurable."""

    kind: Literal["set_thresholds"] = "set_thresholds"
    indicator_id: Code
    thresholds: tuple[Threshold, ...] = Field(min_length=1, max_length=8)

    @property
    def target(self) -> str:
        return self.indicator_id


class SetDeadline(_Change):
    """The tenant's own length, in the rule's unit, of a clock that is not statutory; every version of it."""

    kind: Literal["set_deadline"] = "set_deadline"
    deadline_id: Code
    length: int = Field(ge=1, le=1000)

    @property
    def target(self) -> str:
        return self.deadline_id


class SetFigure(_Change):
    """The tenant's own value of a figure that the package lets a tenant set, within its range; every version of it.
    Limits of items and clocks that name the figure go by it."""

    kind: Literal["set_figure"] = "set_figure"
    figure_id: Code
    value: int = Field(ge=0, le=10**12)

    @property
    def target(self) -> str:
        return self.figure_id


class HideItem(_Change):
    """Leave out a check item; an item of full coverage cannot be left out."""

    kind: Literal["hide_item"] = "hide_item"
    item_id: Code

    @property
    def target(self) -> str:
        return self.item_id


class AddItem(_Change):
    """One more check item at the end of a section."""

    kind: Literal["add_item"] = "add_item"
    section_id: Code
    item: CheckItem

    @property
    def target(self) -> str:
        return self.item.id


class ReorderItems(_Change):
    """Another order of a section's items: those named come first, in this order, the others stay behind them."""

    kind: Literal["reorder_items"] = "reorder_items"
    section_id: Code
    item_ids: tuple[Code, ...] = Field(min_length=1, max_length=200)

    @property
    def target(self) -> str:
        return self.section_id


Change = Annotated[
    SetLabel | SetThresholds | SetDeadline | SetFigure | HideItem | AddItem | ReorderItems, Field(discriminator="kind")
]


class OverlayState(StrEnum):
    """A draft waits for its author, a submitted one for another person; a discarded one was never in force."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class OverlayOrigin(BaseModel):
    """Whose published overlay this one was taken over from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant: str
    label: str
    number: int = Field(ge=1)


class ScenarioOverlay(Record):
    """One version; `id` is `<scenario>.<number>`. base_version: of the package for which it is written; edited_for: for
    whom a deputy edited; is_reusable: other tenants may take it over; returned_because: why it came back."""

    KIND: ClassVar[str] = "scenario_overlay"

    scenario: Code
    number: int = Field(ge=1)
    base_version: str
    changes: tuple[Change, ...] = Field(default=(), max_length=MAX_CHANGES)
    state: OverlayState = OverlayState.DRAFT
    note: str = Field(default="", max_length=500)
    is_reusable: bool = False
    origin: OverlayOrigin | None = None
    edited_by: str
    edited_for: str | None = None
    edited_at: UtcTime
    returned_because: str = Field(default="", max_length=500)
    published_by: str | None = None
    published_at: UtcTime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in (OverlayState.DRAFT, OverlayState.SUBMITTED)


def overlay_id(scenario: str, number: int) -> str:
    return f"{scenario}.{number}"


class PublicOverlay(Record):
    """What everybody may know of the version in force; `id` is the scenario. A tenant that lets others take its overlay
    over shows all of it and says in `note` what it is for; else only the words of manifest and handbook and the figures
    are here, which its public handbook shows anyway. Nobody's name, no draft, no reason."""

    KIND: ClassVar[str] = "public_overlay"

    number: int
    base_version: str
    changes: tuple[Change, ...] = ()
    is_reusable: bool = False
    note: str = ""
    published_at: UtcTime

    @classmethod
    def of(cls, overlay: ScenarioOverlay, version: int = 0) -> "PublicOverlay":
        """version: that of the projection being replaced. The overlay is published."""
        spoken = tuple(one for one in overlay.changes if is_public(one))
        return cls(
            id=overlay.scenario,
            version=version,
            number=overlay.number,
            base_version=overlay.base_version,
            changes=overlay.changes if overlay.is_reusable else spoken,
            is_reusable=overlay.is_reusable,
            note=overlay.note if overlay.is_reusable else "",
            published_at=overlay.published_at or overlay.edited_at,
        )


LAW_LABELS = "legal_basis."
"""How the keys of labels begin that say what a law says: nobody words those locally."""

_PUBLIC_LABELS = ("manifest.", "handbook.")


def is_public(change: Change) -> bool:
    is_spoken = isinstance(change, SetLabel) and change.key.startswith(_PUBLIC_LABELS)
    return is_spoken or isinstance(change, SetFigure)


def with_change(changes: tuple[Change, ...], new: Change) -> tuple[Change, ...]:
    """The changes with this one in the place of an earlier one of its kind and target, else at the end."""
    places = [at for at, one in enumerate(changes) if (one.kind, one.target) == (new.kind, new.target)]
    if not places:
        return (*changes, new)
    return tuple(new if at == places[0] else one for at, one in enumerate(changes) if at not in places[1:])
