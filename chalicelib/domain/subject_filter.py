"""Filters of the register that a person keeps under a name."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.record import Record, new_id
from chalicelib.domain.subject_query import SubjectQuery

MAX_FILTERS = 20
MAX_NAME = 20


class SavedFilter(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(default_factory=new_id)
    name: str = Field(min_length=1, max_length=MAX_NAME)
    query: SubjectQuery


class SubjectFilters(Record):
    """All of one person's, in the order of their making; `id` is the person's."""

    KIND: ClassVar[str] = "subject_filters"

    filters: tuple[SavedFilter, ...] = Field(default=(), max_length=MAX_FILTERS)

    def named(self, name: str) -> SavedFilter | None:
        return next((one for one in self.filters if one.name == name), None)

    def found(self, filter_id: str) -> SavedFilter | None:
        return next((one for one in self.filters if one.id == filter_id), None)
