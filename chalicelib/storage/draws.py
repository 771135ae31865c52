"""Random draws and their public projection."""

from collections.abc import Iterable

from chalicelib.domain.public_draw import PublicDraw
from chalicelib.domain.random_draw import DrawState, RandomDraw
from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.repository import Page, Placement, Position, Repository
from chalicelib.storage.table import CounterItem

_LIST = "draw"
_UNLOGGED = "draw_unlogged"
_DRAWN = "draw_drawn"


class Draws(Repository[RandomDraw]):
    """Index 1: draws plan by plan. Index 2: frozen ones that no checkpoint covers. Index 3: those that hold a result,
    by scenario and the moment they were drawn."""

    model = RandomDraw

    def placement(self, tenant: TenantId, record: RandomDraw) -> Placement:
        drawn_at = record.drawn_at if record.state is DrawState.DRAWN else None
        is_waiting = record.state is DrawState.FROZEN and record.checkpoint is None
        return Placement(
            index1=(keys.listing(tenant, _LIST), f"{record.plan_id}#{record.id}"),
            index2=(keys.listing(tenant, _UNLOGGED), record.id) if is_waiting else None,
            index3=(keys.listing(tenant, _DRAWN, record.scenario), f"{timestamp(drawn_at)}#{record.id}")
            if drawn_at
            else None,
        )

    def of_plan(self, tenant: TenantId, plan_id: str) -> list[RandomDraw]:
        """Every draw of a plan, void ones too, oldest first."""
        return list(self.all(1, keys.listing(tenant, _LIST), prefix=f"{plan_id}#"))

    def recent(self, tenant: TenantId, after: Position | None = None, limit: int = 25) -> Page[RandomDraw]:
        """Draws of all plans, those of the newest plan first."""
        return self.page(1, keys.listing(tenant, _LIST), after=after, limit=limit, is_descending=True)

    def drawn_in(self, tenant: TenantId, scenario: str) -> list[RandomDraw]:
        """Every draw of a scenario that was drawn and not voided, oldest first: for jobs."""
        return list(self.all(3, keys.listing(tenant, _DRAWN, scenario)))

    def unlogged(self, tenant: TenantId) -> list[RandomDraw]:
        """Frozen draws whose commitment no signed checkpoint is known to cover yet."""
        return list(self.all(2, keys.listing(tenant, _UNLOGGED)))

    def visits_this_year(
        self, tenant: TenantId, operator_codes: Iterable[str], agency: str, year: int
    ) -> dict[str, int]:
        """How often this agency visited each of these operators; those never visited are missing."""
        wanted = {tuple(keys.annual_cap(tenant, code, agency, year)): code for code in operator_codes}
        if not wanted:
            return {}
        with translated():
            found = list(CounterItem.batch_get(list(wanted), consistent_read=True))
        return {wanted[(item.pk, item.sk)]: int(item.count) for item in found}


class PublicDraws(Repository[PublicDraw]):
    """Readable by the public role; written only beside the record that it shows."""

    model = PublicDraw

    def placement(self, tenant: TenantId, record: PublicDraw) -> Placement:
        return Placement(index1=(keys.public_listing(tenant, _LIST), f"{timestamp(record.frozen_at)}#{record.id}"))

    def newest(self, tenant: TenantId, after: Position | None = None, limit: int = 25) -> Page[PublicDraw]:
        return self.page(1, keys.public_listing(tenant, _LIST), after=after, limit=limit, is_descending=True)
