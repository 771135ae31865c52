"""Switching a scenario on or off for the own tenant. A package that its author has not finished is switched on only by
somebody who was told what is missing."""

from chalicelib.contract.finding_words import in_language
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import Tenant
from chalicelib.package_tools import missing_for_silver
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from chalicelib.web.answers import Answer, page
from chalicelib.web.i18n import current_locale, gettext, ngettext
from chalicelib.web.request import WebRequest
from chalicelib.web.scenarios import scenario_label, switchable

MOST_NAMED = 5


def switch_scenario(
    request: WebRequest, scenario: str, *, is_enabled: bool, is_confirmed: bool, must_hold: bool = False
) -> Tenant:
    """must_hold: refuse a broken package even to be switched off, for a caller that shows it afterwards. Raises
    InvalidInputError and ScenarioUnfinishedError as the service does."""
    known = switchable(scenario, is_enabled=is_enabled or must_hold)
    missing = len(missing_for_silver(scenario)) if is_enabled and scenario in known else 0
    changed: Tenant = enable_scenario(
        request.store,
        request.tenant,
        request.act(),
        scenario=scenario,
        known=known,
        is_enabled=is_enabled,
        missing=missing,
        is_confirmed=is_confirmed,
    )
    return changed


def ask_first(request: WebRequest, scenario: str, action: str, back_url: str) -> Answer:
    """The question whether an unfinished package is meant, with its level and what is missing."""
    missing = missing_for_silver(scenario)
    named = dict.fromkeys(in_language(one.problem, current_locale()) for one in missing)
    text = ngettext(
        "只到铜级（能用，还不能依靠），还有%(num)d处没有写好或者没有依据：%(named)s。启用后，监管对象和公众会看到没有写好的文字。",
        "只到铜级（能用，还不能依靠），还有%(num)d处没有写好或者没有依据：%(named)s。启用后，监管对象和公众会看到没有写好的文字。",
        len(missing),
        named=gettext("；").join(list(named)[:MOST_NAMED]),
    )
    fields = {"key": new_id(), "scenario": scenario, "is_enabled": "yes", "is_confirmed": "yes"}
    return page(
        request,
        "pages/scenarios/enable.html",
        409,
        title=gettext("“%(label)s”还没有写完", label=scenario_label(scenario)),
        text=text,
        action=action,
        confirm_label=gettext("仍然启用"),
        back_url=back_url,
        fields=fields,
    )
