"""The form of a system client, for the page and the API, and its words."""

from typing import Any

from pydantic import Field

from chalicelib.domain.system_client import CLIENT_ROLES, ClientScope, SystemClient
from chalicelib.domain.tenancy import Role
from chalicelib.services.client.register_client import bind_client, register_client
from chalicelib.settings import settings
from chalicelib.web.api.shapes import Body
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.people_words import role_label
from chalicelib.web.request import WebRequest

SCOPES = {
    ClientScope.READ: (mark("读取"), mark("查询这个角色能看的内容")),
    ClientScope.WRITE: (mark("办理事项"), mark("办理这个角色能办的事项")),
}


class ClientBody(Body):
    """provider_subject: what the identity provider calls the client (with Cognito its client id)."""

    name: str = Field(min_length=1, max_length=60)
    department_id: str = Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.:-]+$")
    role: Role
    scopes: frozenset[ClientScope] = Field(min_length=1)
    provider_subject: str = Field(min_length=1, max_length=128, pattern=r"^[!-~]+$")


def register_from(request: WebRequest, body: ClientBody) -> SystemClient:
    """The registered client, whose tokens count from now on."""
    client: SystemClient = register_client(
        request.store, request.tenant, request.act(), issuer=settings().identity.issuer, **body.model_dump()
    )
    bind_client(request.store, request.tenant, client)
    return client


def form_values(request: WebRequest) -> dict[str, Any]:
    """What was typed."""
    form = request.form
    return {name: form.text(name) for name in ("name", "department_id", "role", "provider_subject")} | {
        "scopes": form.many("scopes")
    }


def role_choices() -> list[tuple[str, str]]:
    return [(role.value, role_label(role)) for role in CLIENT_ROLES]


def scope_choices() -> list[tuple[str, str, str]]:
    return [(scope.value, gettext(words), gettext(note)) for scope, (words, note) in SCOPES.items()]


def labels() -> dict[str, str]:
    """Field names to their labels in the reader's language."""
    return {
        "name": gettext("系统名称"),
        "department_id": gettext("所属部门"),
        "role": gettext("角色"),
        "scopes": gettext("允许的操作"),
        "provider_subject": gettext("客户端编号"),
        "reason": gettext("理由"),
    }
