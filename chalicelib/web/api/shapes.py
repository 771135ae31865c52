"""Shapes that every call of the API shares: bodies and queries that refuse what they do not know, and lists.

class PlanQuery(ListQuery):
    year: int | None = Field(default=None, ge=2000, le=2100)

@route(blueprint, f"{PREFIX}/plans", permission=Permission.PLAN_READ, query=PlanQuery, answers=Listed[PlanAnswer])
def list_plans(request: WebRequest) -> Answer:
    asked = request.asked(PlanQuery)
    found = request.store.plans.of_year(request.tenant, asked.year, after=open_cursor(request), limit=asked.limit)
    return listed(request, found.records, found.next)
"""

from collections.abc import Sequence
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, create_model

from chalicelib.bootstrap import Store
from chalicelib.domain.act import Act
from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import TenantId
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.cursors import CURSOR, seal_cursor
from chalicelib.web.request import WebRequest

T = TypeVar("T")

DEFAULT_LIMIT, MAX_LIMIT = 25, 100


class Body(BaseModel):
    """What a caller sends; a field that is not declared is refused. Texts are stripped, as those of forms are: one of
    spaces only is empty."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Query(BaseModel):
    """Parameters after `?`; one that is not declared is refused, so that a misspelt filter never shows everything."""

    model_config = ConfigDict(extra="forbid")

    lang: Literal["zh", "en"] | None = Field(default=None, description="language of texts; else Accept-Language")


class ListQuery(Query):
    """Of a list that is read page by page."""

    cursor: str = Field(default="", max_length=4096, description="`cursor` of the page before; empty: from the start")
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="records of one page at most")


class Listed(BaseModel, Generic[T]):
    """A list. A page may hold fewer items than `limit`, even none, and still not be the last."""

    items: list[T]
    cursor: str = Field(default="", description="send it back as `cursor` for the next page; empty at the end")


class Shown(BaseModel):
    """An answer of the API; what it does not declare never leaves."""

    model_config = ConfigDict(extra="forbid")


def call_of(request: WebRequest) -> tuple[Store, TenantId, Act]:
    """What every service takes first."""
    return request.store, request.tenant, request.act()


def listed(request: WebRequest, items: Sequence[Any], position: dict[str, Any] | None = None, **more: Any) -> Answer:
    """A page of a list with the cursor of the next one, which also stands in `Link` (RFC 8288)."""
    cursor = seal_cursor(request, position)
    answer = json_answer({"items": items, CURSOR: cursor, **more})
    if cursor:
        answer.headers["Link"] = f'<{request.path}?{request.query.encoded({CURSOR: cursor})}>; rel="next"'
    return answer


def versioned(model: type[Record], name: str = "") -> type[BaseModel]:
    """The model of a record's answer with its version beside its fields."""
    fields: dict[str, Any] = {key: (one.annotation, one) for key, one in model.model_fields.items() if not one.exclude}
    made: type[BaseModel] = create_model(
        name or f"Versioned{model.__name__}", version=(int, Field(ge=1, description="the same as in ETag")), **fields
    )
    made.__doc__ = model.__doc__
    return made
