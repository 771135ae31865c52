"""A published version of a scenario package: frozen, addressed by name@version and by digest, kept by the platform."""

from typing import ClassVar

from pydantic import Field

from chalicelib.domain.label import Code
from chalicelib.domain.record import Record, UtcTime


class PublicPackageVersion(Record):
    """`id` is `<name>@<version>`; sha256 (hex) of the frozen copy, `size` its bytes. Published ones never change.

    Lies under `PUB#` of tenant `platform`: every tenant's plans and visits rest on it."""

    KIND: ClassVar[str] = "public_package_version"

    scenario: Code
    package_version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    label: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(gt=0)
    published_at: UtcTime


def version_id(scenario: str, version: str) -> str:
    return f"{scenario}@{version}"
