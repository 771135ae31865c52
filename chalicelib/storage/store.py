"""The store: every repository, and the one way to change state. Made once per process by the composition root."""

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import Event
from chalicelib.domain.record import Record, Ref
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.basis_marks import BasisMarks, PublicBasisMarks
from chalicelib.storage.bindings import BindingCodes, BindingRequests, Bindings
from chalicelib.storage.bulk import BulkChange
from chalicelib.storage.calendars import CalendarProposals, Calendars
from chalicelib.storage.change import Change
from chalicelib.storage.closings import PublicClosings, TenantClosings
from chalicelib.storage.confirmations import Confirmations
from chalicelib.storage.disposals import DisposalOrders, Disposals
from chalicelib.storage.draws import Draws, PublicDraws
from chalicelib.storage.eraser import Eraser
from chalicelib.storage.errors import translated
from chalicelib.storage.evidence_log import EvidenceLog
from chalicelib.storage.findings import Findings
from chalicelib.storage.hand_overs import HandOvers, InboxMessages, OutboxMessages, SubjectHomes
from chalicelib.storage.handbook_pushes import HandbookPushes, HandbookReceipts
from chalicelib.storage.jobs import Jobs
from chalicelib.storage.legal_records import LegalReader
from chalicelib.storage.limit_conflicts import LimitConflicts
from chalicelib.storage.local_divisions import LocalDivisions
from chalicelib.storage.login_bindings import LoginBindings
from chalicelib.storage.metrics import MetricEntries, Metrics
from chalicelib.storage.notifications import (
    NotificationMessages,
    NotificationPreferences,
    Notifications,
    NotificationSettings,
    Outbound,
    ReceiptKeys,
)
from chalicelib.storage.objects import ObjectStore
from chalicelib.storage.overlays import Overlays, PackageVersions, PublicOverlays
from chalicelib.storage.patrols import Patrols
from chalicelib.storage.people_matters import AccessChanges, Departures, Deputies
from chalicelib.storage.periodic_reports import PeriodicReports
from chalicelib.storage.plans import Plans
from chalicelib.storage.public_tenants import PublicBases, PublicTenants
from chalicelib.storage.register_contents import SubjectFilterLists
from chalicelib.storage.register_mappings import RegisterMappings
from chalicelib.storage.reindexer import Reindexer
from chalicelib.storage.repeats import Repeats
from chalicelib.storage.repository import Position, Repository
from chalicelib.storage.results import PublicNames, PublicResults, Results, SubjectEvaluations
from chalicelib.storage.scenario_members import ScenarioMembers
from chalicelib.storage.security_events import SecurityEvents
from chalicelib.storage.self_checks import SelfCheckAnswers, SelfChecks
from chalicelib.storage.sessions import Identities, Limits, Sessions
from chalicelib.storage.subject_relations import SubjectRegroupings, SubjectRelations
from chalicelib.storage.subjects import Subjects
from chalicelib.storage.sweeps import Sweeps
from chalicelib.storage.system_clients import SystemClients
from chalicelib.storage.table import CounterItem, EventItem, PointerItem, ScopedConnection
from chalicelib.storage.tenancy import ActingBodies, Departments, People, Tenants
from chalicelib.storage.todos import Todos
from chalicelib.storage.visits import BodyConclusions, VisitAnswers, VisitMembers, Visits
from chalicelib.storage.webhooks import WebhookDeliveries, WebhookEndpoints


class AwaitingCalendar(NamedTuple):
    """A record with a clock that waits for a calendar. noted: the version in which it was noted."""

    ref: Ref
    noted: str


class Store:
    """Repositories by name. A service reads through them and writes through `change`."""

    def __init__(self, connection: ScopedConnection, objects: ObjectStore) -> None:
        self._connection = connection
        self.objects = objects
        self.log = EvidenceLog(connection)
        self.eraser = Eraser(connection)
        self.limits = Limits()
        self.repeats = Repeats()
        self.metrics = Metrics(connection)
        self.metric_entries = MetricEntries()
        self.sessions = Sessions()
        self.security_events = SecurityEvents()
        self.identities = Identities()
        self.tenants = Tenants()
        self.closings = TenantClosings()
        self.public_closings = PublicClosings()
        self.departments = Departments()
        self.system_clients = SystemClients()
        self.acting_bodies = ActingBodies()
        self.people = People()
        self.local_divisions = LocalDivisions()
        self.login_bindings = LoginBindings()
        self.calendars = Calendars()
        self.calendar_proposals = CalendarProposals()
        self.bindings = Bindings()
        self.binding_codes = BindingCodes()
        self.binding_requests = BindingRequests()
        self.access_changes = AccessChanges()
        self.deputies = Deputies()
        self.departures = Departures()
        self.jobs = Jobs()
        self.register_mappings = RegisterMappings()
        self.subjects = Subjects()
        self.members = ScenarioMembers()
        self.subject_filters = SubjectFilterLists()
        self.subject_relations = SubjectRelations()
        self.subject_regroupings = SubjectRegroupings()
        self.hand_overs = HandOvers()
        self.inbox = InboxMessages()
        self.outbox = OutboxMessages()
        self.subject_homes = SubjectHomes()
        self.visits = Visits()
        self.visit_members = VisitMembers()
        self.visit_answers = VisitAnswers()
        self.body_conclusions = BodyConclusions()
        self.findings = Findings()
        self.patrols = Patrols()
        self.disposals = Disposals()
        self.disposal_orders = DisposalOrders()
        self.periodic_reports = PeriodicReports()
        self.handbook_pushes = HandbookPushes()
        self.handbook_receipts = HandbookReceipts()
        self.self_checks = SelfChecks()
        self.self_check_answers = SelfCheckAnswers()
        self.draws = Draws()
        self.public_draws = PublicDraws()
        self.plans = Plans()
        self.todos = Todos()
        self.sweeps = Sweeps()
        self.confirmations = Confirmations()
        self.basis_marks = BasisMarks()
        self.public_basis_marks = PublicBasisMarks()
        self.overlays = Overlays()
        self.public_overlays = PublicOverlays()
        self.package_versions = PackageVersions()
        self.limit_conflicts = LimitConflicts()
        self.results = Results()
        self.public_results = PublicResults()
        self.public_tenants = PublicTenants()
        self.public_bases = PublicBases()
        self.legal_records = LegalReader(
            self.overlays,
            self.confirmations,
            self.basis_marks,
            self.limit_conflicts,
            (self.public_overlays, self.public_bases, self.public_basis_marks),
        )
        self.public_names = PublicNames()
        self.evaluations = SubjectEvaluations()
        self.notifications = Notifications()
        self.notification_messages = NotificationMessages()
        self.notification_preferences = NotificationPreferences()
        self.notification_settings = NotificationSettings()
        self.receipt_keys = ReceiptKeys()
        self.outbound = Outbound()
        self.webhook_endpoints = WebhookEndpoints()
        self.webhook_deliveries = WebhookDeliveries()
        self._by_kind = {r.model.KIND: r for r in vars(self).values() if isinstance(r, Repository)}
        self.reindexer = Reindexer(self._connection, self._by_kind)

    def change(self, tenant: TenantId, act: Act) -> Change:
        """Begin one state change: `with store.change(tenant, act) as change: change.save(…); change.event(…)`."""
        return Change(self._connection, self._by_kind.__getitem__, tenant, act)

    def bulk_change(self, tenant: TenantId, act: Act) -> BulkChange:
        """Begin a state change of many records at once (an import's rows)."""
        return BulkChange(self._connection, self._by_kind, tenant, act)

    def weight(self, tenant: TenantId, record: Record) -> int:
        """How many items of a transaction saving this record takes at most: itself, and what leads to it."""
        repository = self._by_kind[record.KIND]
        pointers = len(repository.pointers(tenant, record)) if repository.has_pointers else 0
        return 1 + pointers * (2 if record.version else 1)

    def done(self, tenant: TenantId, act: Act) -> Ref | None:
        """The record that this act already changed, when its key was used before; else None."""
        pointer = self._pointer(keys.marker(tenant, act.key))
        return None if pointer is None else _ref(pointer)

    def told(self, tenant: TenantId, act: Act) -> Event | None:
        """The event that this act left, when its key was used before."""
        pointer = self._pointer(keys.marker(tenant, act.key))
        about = None if pointer is None else _ref(pointer)
        if pointer is None or about is None:
            return None
        key = keys.event(tenant, about, str(pointer.body))
        with translated():
            return Event.model_validate_json(EventItem.get(key.partition, key.sort, consistent_read=True).body)

    def owner(self, tenant: TenantId, name: str, value: str) -> Ref | None:
        """The record that claimed this unique value (a subject by its code)."""
        pointer = self._pointer(keys.claim(tenant, name, value))
        return None if pointer is None else _ref(pointer)

    def owners(self, tenant: TenantId, name: str, values: Iterable[str]) -> dict[str, Ref]:
        """The same for many values at once (100 a call); values that nobody claimed are missing."""
        wanted = {tuple(keys.claim(tenant, name, value)): value for value in values}
        if not wanted:
            return {}
        with translated():
            found = list(PointerItem.batch_get(list(wanted), consistent_read=True))
        return {wanted[(item.pk, item.sk)]: ref for item in found if (ref := _ref(item))}

    def counted(self, key: keys.Key) -> int:
        """The present value of a counter."""
        with translated():
            found = list(CounterItem.query(key.partition, CounterItem.sk == key.sort, consistent_read=True))
        return int(found[0].count) if found else 0

    def counted_each(self, counters: Iterable[keys.Key]) -> dict[keys.Key, int]:
        """The values of many counters to be shown in a list (100 a call), of about a second ago; missing ones are 0."""
        wanted = list(dict.fromkeys(counters))
        if not wanted:
            return {}
        with translated():
            found = {(one.pk, one.sk): int(one.count) for one in CounterItem.batch_get([tuple(key) for key in wanted])}
        return {key: found.get((key.partition, key.sort), 0) for key in wanted}

    def read(self, tenant: TenantId, ref: Ref) -> Record:
        """Any record by its reference."""
        return self._by_kind[ref.kind].get(tenant, ref.id)

    def find(self, tenant: TenantId, ref: Ref) -> Record | None:
        """The same, None when it is not there."""
        return self._by_kind[ref.kind].find(tenant, ref.id)

    def awaiting_calendar(
        self, tenant: TenantId, after: Position | None = None, limit: int = 50
    ) -> tuple[list[AwaitingCalendar], Position | None]:
        """Records whose clocks wait for a year's calendar, a page of them, and where to go on: one query. Some have
        moved on meanwhile."""
        with translated():
            found = PointerItem.query(
                keys.awaiting_calendar(tenant), limit=limit, page_size=limit, last_evaluated_key=after
            )
            named = [AwaitingCalendar(ref, str(one.body)) for one in found if (ref := _ref(one))]
            return named, found.last_evaluated_key

    def forget_awaiting(self, tenant: TenantId, one: AwaitingCalendar) -> None:
        """The record has moved on and awaits nothing; kept when it was noted anew since it was read."""
        key = keys.awaits_calendar(tenant, one.ref)
        try:
            with translated():
                PointerItem(key.partition, key.sort).delete(PointerItem.body == one.noted)
        except ConflictError:
            return

    def _pointer(self, key: keys.Key) -> PointerItem | None:
        with translated():
            found = list(PointerItem.query(key.partition, PointerItem.sk == key.sort, consistent_read=True))
        return found[0] if found else None


def _ref(pointer: PointerItem) -> Ref | None:
    kind, _, id = (pointer.target or "").partition("#")
    return Ref(kind=kind, id=id) if id else None
