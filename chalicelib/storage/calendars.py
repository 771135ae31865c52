"""Official calendars in tenant `platform`: proposals of operators, and published years that everybody may read."""

from chalicelib.domain.calendar import CalendarYear
from chalicelib.domain.official_calendar import CalendarProposal, PublicCalendar
from chalicelib.domain.tenancy import PLATFORM, TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Placement, Repository
from chalicelib.storage.scope import ScopeRole, entered


class CalendarProposals(Repository[CalendarProposal]):
    model = CalendarProposal

    def placement(self, tenant: TenantId, record: CalendarProposal) -> Placement:
        return Placement(index1=(keys.listing(tenant, "calendar_proposal"), record.id))

    def every(self, tenant: TenantId) -> list[CalendarProposal]:
        """All of them, oldest first: a handful a year."""
        return list(self.all(1, keys.listing(tenant, "calendar_proposal")))


class Calendars(Repository[PublicCalendar]):
    model = PublicCalendar

    def placement(self, tenant: TenantId, record: PublicCalendar) -> Placement:
        return Placement(index1=(keys.public_listing(tenant, "calendar"), record.id))

    def every(self, tenant: TenantId) -> list[PublicCalendar]:
        return list(self.all(1, keys.public_listing(tenant, "calendar")))

    def published(self) -> list[CalendarYear]:
        """Every published version, from within any scope: read under the public role of tenant `platform`."""
        with entered(PLATFORM, ScopeRole.PUBLIC):
            return [one.as_calendar_year() for one in self.every(PLATFORM)]
