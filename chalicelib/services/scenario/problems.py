"""Refusals about versions of packages."""

from chalicelib.domain.errors import ConflictError, IllegalTransitionError
from chalicelib.services.scenario.check_versions import VersionCheck


class PackageChangedError(ConflictError):
    """A file changed under a version that is already published: it needs a version number of its own."""

    code = "package_changed"


class PackageNotPublishedError(IllegalTransitionError):
    """The platform has not published this version yet."""

    code = "package_not_published"


class ResultsDifferError(ConflictError):
    """The installed handlers do not give what published versions promise: who publishes says why that is right.
    `checks`: of every published version. Details: `package`, `versions` (numbers of those that differ)."""

    code = "results_differ"

    def __init__(self, package: str, checks: list[VersionCheck]) -> None:
        differing = [one.version.package_version for one in checks if one.kept.differences]
        super().__init__(package=package, versions=differing)
        self.checks = checks
