"""The tenant that a public page is of."""

from chalicelib.domain.public_tenant import PublicTenant
from chalicelib.web.i18n import current_locale
from chalicelib.web.request import WebRequest


def enter_tenant(request: WebRequest, tenant: str) -> PublicTenant:
    """The tenant's public projection, whose name heads the page. Raises RecordNotFoundError for nobody's place."""
    found: PublicTenant = request.store.public_tenants.get(tenant, tenant)
    request.tenant_label = label_of(found, request.locale)
    return found


def label_of(tenant: PublicTenant, locale: str | None = None) -> str:
    return (tenant.label_en if (locale or current_locale()) == "en" else "") or tenant.label
