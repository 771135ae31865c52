"""Tenants, departments, acting bodies and people: small partitions, listed whole."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from chalicelib.domain.search_text import MIN_TEXT, search_form
from chalicelib.domain.tenancy import (
    ADMINISTRATORS,
    ActingBody,
    Department,
    Person,
    Role,
    Tenant,
    TenantId,
    TenantKind,
    role_owner,
)
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.repository import Page, Placement, Position, Repository
from chalicelib.storage.table import Item, PointerItem

COVERED = "officer_covered"
_FEW = 4
_NAME_STARTS = 8
"""Places of a person's name at which a search begins."""
_WHOLE_PAGE = 1000
"""Records a call; the table ends one at a megabyte by itself."""


class Tenants(Repository[Tenant]):
    """A tenant's own record; the directory of all of them lies in tenant `platform`."""

    model = Tenant

    def placement(self, tenant: TenantId, record: Tenant) -> Placement:
        return Placement(index1=(keys.listing(tenant, "tenant"), record.id))

    def directory(self, tenant: TenantId) -> list[Tenant]:
        """Every tenant of the directory kept by `tenant` (which is `platform`), the platform itself left out."""
        return [one for one in self.all(1, keys.listing(tenant, "tenant")) if one.kind is not TenantKind.PLATFORM]


class Departments(Repository[Department]):
    model = Department

    def placement(self, tenant: TenantId, record: Department) -> Placement:
        return Placement(index1=(keys.listing(tenant, "department"), f"{record.division}#{record.code}"))

    def every(self, tenant: TenantId) -> list[Department]:
        return list(self.all(1, keys.listing(tenant, "department")))


class ActingBodies(Repository[ActingBody]):
    model = ActingBody

    def placement(self, tenant: TenantId, record: ActingBody) -> Placement:
        return Placement(index1=(keys.listing(tenant, "acting_body"), f"{record.division}#{record.id}"))

    def every(self, tenant: TenantId) -> list[ActingBody]:
        return list(self.all(1, keys.listing(tenant, "acting_body")))

    def in_use(self, tenant: TenantId) -> list[ActingBody]:
        """Those that a new plan may name."""
        return [one for one in self.every(tenant) if one.is_active]


class People(Repository[Person]):
    """Small items lead to each person from their roles, their department and, of staff, each part of their name; to an
    officer also from the first and last day of the last unbroken cover of their certificates.

    Index 1: by acting body. Index 2: administrators. Index 3: officers by the last day of their last certificate.
    """

    model = Person
    has_pointers = True

    def pointers(self, tenant: TenantId, record: Person) -> tuple[keys.Key, ...]:
        owners = [*(role_owner(role) for role in sorted(record.roles)), *filter(None, [record.department_id])]
        held = [keys.Key(keys.people_of(tenant, owner), record.id) for owner in owners]
        # People of firms are known here for their account only: no search names them.
        name = "" if Role.SUBJECT_USER in record.roles else search_form(record.name)
        starts = range(min(max(len(name) - MIN_TEXT + 1, 0), _NAME_STARTS))
        if _is_officer(record) and record.certificates:
            span = f"{_last_cover_from(record)}#{_covered_to(record)}"
            place = f"{span}#{record.acting_body_id or '~'}#{record.id}"
            held.append(keys.Key(keys.people_of(tenant, COVERED), place))
        return (*held, *(keys.person_named(tenant, name[start:], record.id) for start in starts))

    def holds_any(self, tenant: TenantId, role: Role) -> bool:
        """Whether anybody at work holds the role: two calls where somebody does."""
        after: Position | None = None
        while True:
            page = self.page_of_owner(tenant, role_owner(role), after, _FEW)
            if any(one.is_active for one in page.records):
                return True
            if page.next is None:
                return False
            after = page.next

    def near(self, tenant: TenantId, person: Person) -> list[Person]:
        """Everybody of the person's department or acting body, the person too."""
        found = self.of_department(tenant, person.department_id) if person.department_id else []
        found += self.of_body(tenant, person.acting_body_id) if person.acting_body_id else []
        return list({one.id: one for one in found}.values())

    def of_role(self, tenant: TenantId, role: Role) -> list[Person]:
        """Whoever holds the role: two calls for up to a hundred."""
        return self._of(tenant, role_owner(role))

    def of_department(self, tenant: TenantId, department_id: str) -> list[Person]:
        return self._of(tenant, department_id)

    def _of(self, tenant: TenantId, owner: str) -> list[Person]:
        with translated():
            found = [item.sk for item in PointerItem.query(keys.people_of(tenant, owner), page_size=1000)]
        people = self.find_many(tenant, found)
        return [people[id] for id in found if id in people]

    def page_of_owner(
        self, tenant: TenantId, owner: str, after: Position | None = None, limit: int = 50
    ) -> Page[Person]:
        """One page of a role's (`role_owner`) or a department's people, by identifier: two calls."""
        with translated():
            partition = keys.people_of(tenant, owner)
            result = PointerItem.query(partition, last_evaluated_key=after, limit=limit, page_size=limit)
            ids = [item.sk for item in result]
        people = self.find_many(tenant, ids, is_listed=True)
        return Page([people[id] for id in ids if id in people], result.last_evaluated_key)

    def named(self, tenant: TenantId, text: str, limit: int = 50) -> list[Person]:
        """Staff in whose name this text stands, two characters at least: two calls."""
        wanted = search_form(text)
        if len(wanted) < MIN_TEXT:
            return []
        place = keys.people_named(tenant, wanted)
        condition = PointerItem.sk.startswith(place.sort)
        with translated():
            found = PointerItem.query(place.partition, condition, limit=limit, page_size=limit)
            ids = list(dict.fromkeys(item.sk.rpartition("#")[2] for item in found))
        people = self.find_many(tenant, ids, is_listed=True)
        return [people[id] for id in ids if id in people]

    def placement(self, tenant: TenantId, record: Person) -> Placement:
        sort = f"{_covered_to(record)}#{record.id}"
        return Placement(
            index1=(keys.listing(tenant, "person"), f"{record.acting_body_id or '~'}#{record.id}"),
            index2=(keys.listing(tenant, "administrator"), record.id) if record.roles & ADMINISTRATORS else None,
            index3=(keys.listing(tenant, "certificate"), sort) if _is_officer(record) else None,
        )

    def page_of(self, tenant: TenantId, after: Position | None = None, limit: int = 50) -> Page[Person]:
        """One page of everybody, by acting body."""
        return self.page(1, keys.listing(tenant, "person"), after=after, limit=limit)

    def officers_by_certificate(
        self, tenant: TenantId, after: Position | None = None, limit: int = 100
    ) -> Page[Person]:
        """Active officers, who has no certificate first, then by the last day of the last certificate: one query."""
        return self.page(3, keys.listing(tenant, "certificate"), after=after, limit=limit)

    def officers_covered_to(self, tenant: TenantId, day: date, most: int | None = None) -> Iterator[Person]:
        """Active officers whose last certificate ends by this day, and who has none: read as far as they are taken."""
        with translated():
            found = Item.index3.query(
                keys.listing(tenant, "certificate"),
                Item.index3_sk <= f"{day.isoformat()}~",
                limit=most,
                page_size=most or _WHOLE_PAGE,
            )
            yield from map(self.load, found)

    def officers_covered_from(self, tenant: TenantId, day: date, most: int | None = None) -> list[Person]:
        """Active officers whose last unbroken cover begins after this day: between two certificates, or before the
        first, there is none. Few: a query, and a call for each hundred."""
        partition = keys.people_of(tenant, COVERED)
        with translated():
            found = PointerItem.query(partition, PointerItem.sk > f"{day.isoformat()}~", limit=most)
            ids = [item.sk.rpartition("#")[2] for item in found]
        return list(self.find_many(tenant, ids, is_listed=True).values())

    def certified(self, tenant: TenantId, day: date) -> Counter[str]:
        """How many officers of each acting body hold a certificate on this day: one query of small items, some eight
        thousand a call, and what `officers_covered_from` asks."""
        with translated():
            found = PointerItem.query(keys.people_of(tenant, COVERED), PointerItem.sk <= f"{day.isoformat()}~")
            covers = [item.sk.split("#") for item in found]
        earlier = [one for one in self.officers_covered_from(tenant, day) if one.certificate_on(day)]
        return Counter(
            [body for _, last, body, _ in covers if last >= day.isoformat()]
            + [one.acting_body_id or "" for one in earlier]
        )

    def administrators(self, tenant: TenantId) -> list[Person]:
        """Who holds one of the three administrators' roles: one query."""
        return list(self.all(2, keys.listing(tenant, "administrator")))

    def every(self, tenant: TenantId) -> list[Person]:
        return list(self.all(1, keys.listing(tenant, "person")))

    def of_body(self, tenant: TenantId, acting_body_id: str) -> list[Person]:
        return list(self.all(1, keys.listing(tenant, "person"), prefix=f"{acting_body_id}#"))


def _is_officer(record: Person) -> bool:
    return record.is_active and Role.INSPECTOR in record.roles


def _last_cover_from(record: Person) -> str:
    """The first day of the last stretch of days that certificates cover without a gap."""
    first = last = date.min
    for one in sorted(record.certificates, key=lambda one: one.valid_from):
        if first == date.min or one.valid_from > last + timedelta(days=1):
            first = one.valid_from
        last = max(last, one.valid_to)
    return first.isoformat()


def _covered_to(record: Person) -> str:
    return max((one.valid_to.isoformat() for one in record.certificates), default="0000-00-00")
