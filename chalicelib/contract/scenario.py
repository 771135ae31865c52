"""A scenario package in memory: the manifest, the four ones and the legal bases, all typed and immutable."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contract.figure import Figure
from chalicelib.contract.inspection import InspectionRules
from chalicelib.contract.manifest import Manifest
from chalicelib.domain.checklist import Checklist
from chalicelib.domain.evaluation_rules import EvaluationRules
from chalicelib.domain.handbook import Handbook
from chalicelib.domain.item import CheckItem
from chalicelib.domain.label import labels_of, with_labels
from chalicelib.domain.legal_basis import BasisConfirmation, LegalBasis, waiting_bases

SOURCE_LANGUAGE = "zh"
PLACEHOLDER = "【待填】"
"""How a text begins that a new package leaves to its author."""


class LegalBasisLibrary(BaseModel):
    """Every citation of the package; the other files refer to it by id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bases: tuple[LegalBasis, ...] = Field(min_length=1)


PARTS: Mapping[str, type[BaseModel]] = {
    "manifest": Manifest,
    "handbook": Handbook,
    "checklist": Checklist,
    "inspection": InspectionRules,
    "evaluation": EvaluationRules,
    "legal_basis": LegalBasisLibrary,
}
"""Data files of a package: name (without .json) -> model."""


class Scenario(BaseModel):
    """One version of one package. `figures` are those of the trade's own tables (`*_rules.json`); `strings` is
    language -> label key -> text; `language` that in which its labels are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    manifest: Manifest
    handbook: Handbook
    checklist: Checklist
    inspection: InspectionRules
    evaluation: EvaluationRules
    legal_basis: LegalBasisLibrary
    figures: tuple[Figure, ...] = ()
    strings: dict[str, dict[str, str]] = Field(default_factory=dict)
    language: str = Field(default=SOURCE_LANGUAGE, exclude=True)

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def address(self) -> str:
        """name@version: how a published copy is addressed."""
        return f"{self.name}@{self.version}"

    @cached_property
    def bases(self) -> Mapping[str, LegalBasis]:
        return {basis.id: basis for basis in self.legal_basis.bases}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Every text that people read: key -> Chinese."""
        return {key: text for part in PARTS for key, text in labels_of(getattr(self, part), part)}

    def bases_of(self, items: Iterable[CheckItem]) -> list[LegalBasis]:
        """The bases that these items cite, for the check and for the penalty, each once, in order of citation."""
        wanted = dict.fromkeys(one for item in items for one in (*item.legal_basis_ids, *item.penalty_basis_ids))
        return [self.bases[one] for one in wanted if one in self.bases]

    def in_language(self, language: str) -> Self:
        """A copy whose labels are in `language`; what is not translated stays Chinese."""
        known = language.split("-")[0]
        strings = self.strings.get(known)
        if not strings or known == SOURCE_LANGUAGE:
            return self
        if known not in self.translations:
            parts = {part: with_labels(getattr(self, part), part, strings) for part in PARTS}
            figures = tuple(one.model_copy(update={"label": one.label_en}) for one in self.figures)
            self.translations[known] = self.replacing(**parts, figures=figures, language=known)
        return self.translations[known]

    @cached_property
    def translations(self) -> dict[str, Self]:
        """Copies made so far, by language: turning every label costs as much as a whole checklist."""
        return {}

    def replacing(self, **parts: BaseModel | tuple[Figure, ...] | str) -> Self:
        """A new scenario with these parts instead; not `model_copy`, which would carry cached lookups along."""
        return type(self)(**{field: parts.get(field, getattr(self, field)) for field in type(self).model_fields})


def unconfirmed_bases(
    scenario: Scenario, items: Iterable[CheckItem], confirmations: Iterable[BasisConfirmation]
) -> list[LegalBasis]:
    """The bases of these items that are to be confirmed and that the tenant's legal officer has not confirmed.

    A plan of a real tenant is refused while this is not empty. Cited penalties count too: a finding rests on both.
    """
    return waiting_bases(scenario.bases_of(items), confirmations)
