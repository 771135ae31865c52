"""The operator's list of packages: what each holds, and publishing a version of it."""

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import AlreadyExistsError, InvalidInputError, RecordNotFoundError
from chalicelib.services.scenario.check_versions import VersionCheck, check_versions
from chalicelib.services.scenario.problems import PackageChangedError, ResultsDifferError
from chalicelib.services.scenario.publish_package import publish_package
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.home_packages import package_rows, published_rows
from chalicelib.web.console.tenants import on_platform
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)

BASE = "/console/packages"


@route(
    blueprint,
    BASE,
    permission=Permission.TENANT_ONBOARD,
    nav=Nav(group=mark("平台"), label=mark("场景包"), order=20, icon="list-check"),
)
def list_packages(request: WebRequest) -> Answer:
    """For the operator: every package of this installation with its level, its origin, what is wrong with it and
    whether its version is published. One query."""
    return _list(request)


def _list(request: WebRequest, refused: str = "", problems: list[dict[str, str]] | None = None) -> Answer:
    return page(
        request,
        "pages/home/packages.html",
        422 if problems else 409 if refused else 200,
        rows=published_rows(package_rows(), request.store.package_versions.every()),
        may_publish=allowed(request.actor, Permission.PACKAGE_PUBLISH),
        refused_words=refused,
        problems=problems or [],
    )


@route(
    blueprint,
    f"{BASE}/{{scenario}}/publication",
    methods=("POST",),
    permission=Permission.PACKAGE_PUBLISH,
    sample={"scenario": "refined_oil"},
)
def post_publication(request: WebRequest, scenario: str) -> Answer:
    on_platform(request)
    try:
        published = publish_package(
            request.store, request.tenant, request.act(), scenario=scenario, reason=request.form.text("reason")
        )
    except InvalidInputError as error:
        return _list(request, problems=messages.form_problems(error, {}))
    except ResultsDifferError as error:
        return _versions(request, scenario, error.checks, is_refused=True)
    except PackageChangedError:
        return _list(request, gettext("这个版本已经发布，内容又改了：请作者换一个版本号。"))
    except AlreadyExistsError:
        return see_other(BASE, gettext("这个版本已经发布过了。"))
    words = gettext(
        "已发布%(name)s%(version)s版，内容不再改变。", name=published.label, version=published.package_version
    )
    return see_other(BASE, words)


@route(
    blueprint,
    f"{BASE}/{{scenario}}/versions",
    permission=Permission.TENANT_ONBOARD,
    sample={"scenario": "refined_oil"},
)
def show_versions(request: WebRequest, scenario: str) -> Answer:
    """Each published version through the handlers that are installed now: whether what its authors promised still comes
    out. One query, and a file for each."""
    if not registry().holds(scenario):
        raise RecordNotFoundError(kind="scenario", id=scenario)
    return _versions(request, scenario, check_versions(request.store, scenario))


def _versions(request: WebRequest, scenario: str, checks: list[VersionCheck], *, is_refused: bool = False) -> Answer:
    version = registry().get(scenario).version
    is_published = any(one.version.package_version == version for one in checks)
    return page(
        request,
        "pages/home/package_versions.html",
        409 if is_refused else 200,
        base=BASE,
        scenario=scenario,
        label=scenario_label(scenario),
        checks=checks,
        differing=sum(bool(one.kept.differences) for one in checks),
        version=version,
        is_refused=is_refused,
        may_publish=not is_published and allowed(request.actor, Permission.PACKAGE_PUBLISH),
    )
