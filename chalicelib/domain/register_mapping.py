"""Which header of a register file is which column, as somebody decided: kept for the next file of the same form."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Self

from chalicelib.domain.label import Code
from chalicelib.domain.record import Record
from chalicelib.domain.register_columns import header_key, headers_key


def mapping_id(scenario: str, headers: Iterable[str]) -> str:
    """One for each scenario and set of headers."""
    return f"{scenario}.{headers_key(headers)}"


class RegisterMapping(Record):
    """columns: header, as `header_key` writes it, to column id, empty for one that is left out; clears: columns whose
    empty cells erase what is registered."""

    KIND: ClassVar[str] = "register_mapping"

    scenario: Code
    columns: dict[str, str]
    clears: tuple[str, ...] = ()

    @classmethod
    def of(cls, scenario: str, headers: Iterable[str], chosen: Mapping[str, str], clears: Iterable[str]) -> Self:
        """For a file with these headers; chosen: header to column id."""
        return cls(
            id=mapping_id(scenario, headers),
            scenario=scenario,
            columns={header_key(header): column for header, column in chosen.items()},
            clears=tuple(sorted(set(clears))),
        )

    def chosen_for(self, headers: Iterable[str]) -> dict[str, str]:
        """Header to column id, as `map_columns` takes it."""
        return {header: self.columns[key] for header in headers if (key := header_key(header)) in self.columns}
