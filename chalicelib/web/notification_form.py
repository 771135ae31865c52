"""Forms of how people are told: a person's own choice, and the tenant's."""

from typing import Any

from pydantic import ValidationError

from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.notification_preference import NotificationPreference, NotificationSetting
from chalicelib.domain.notification_rules import OUTSIDE, Channel, notification_rules
from chalicelib.web.field_problems import field_problems
from chalicelib.web.fields import Fields
from chalicelib.web.i18n import gettext, mark

_PREFERENCE = {
    "mobile": mark("手机号"),
    "wecom_user_id": mark("企业微信账号"),
    "quiet": mark("免打扰"),
    "quiet_from": mark("免打扰开始"),
    "quiet_to": mark("免打扰结束"),
    "language": mark("外发语言"),
}
_SETTING = {
    "channels": mark("外发渠道"),
    "quiet_from": mark("免打扰开始"),
    "quiet_to": mark("免打扰结束"),
    "digest_at": mark("每日汇总时间"),
    "sms_day_cap": mark("每天短信上限"),
    "sms_price_fen": mark("每条短信单价（分）"),
}
_CODES = {"string_pattern_mismatch": "invalid", "value_error": "invalid"}


def preference_labels() -> dict[str, str]:
    return {name: gettext(label) for name, label in _PREFERENCE.items()}


def setting_labels() -> dict[str, str]:
    return {name: gettext(label) for name, label in _SETTING.items()}


def typed_preference(form: Fields) -> dict[str, Any]:
    """What was typed, to fill the form again."""
    chosen = {one.id: form.many(f"channels_{one.id}") for one in notification_rules().groups}
    return form.single() | {"channels": chosen, "has_digest": form.flag("has_digest")}


class PreferenceForm:
    """Fields: channels_<group> (several), quiet, quiet_from, quiet_to, has_digest, language, mobile, wecom_user_id."""

    def __init__(self, form: Fields) -> None:
        self._form = form

    @staticmethod
    def values_of(held: NotificationPreference) -> dict[str, Any]:
        hours = held.quiet_hours
        return {
            "channels": {one.id: sorted(held.channels_of(one)) for one in notification_rules().groups},
            "quiet": held.quiet,
            "quiet_from": hours.starts_at if hours else "",
            "quiet_to": hours.ends_at if hours else "",
            "has_digest": held.has_digest,
            "language": held.language,
            "mobile": held.mobile,
            "wecom_user_id": held.wecom_user_id,
        }

    def read(self, person_id: str) -> NotificationPreference:
        """The preference as chosen. Raises InvalidInputError with the form's own field names."""
        form, quiet = self._form, self._form.text("quiet", "tenant")
        channels = {
            one.id: frozenset({*one.minimum, *form.many(f"channels_{one.id}")}) for one in notification_rules().groups
        }
        hours = {"starts_at": form.text("quiet_from"), "ends_at": form.text("quiet_to")} if quiet == "own" else None
        values = {
            "id": person_id,
            "channels": channels,
            "quiet": quiet,
            "quiet_hours": hours,
            "has_digest": form.flag("has_digest"),
            "language": form.text("language", "zh"),
            "mobile": form.text("mobile"),
            "wecom_user_id": form.text("wecom_user_id"),
        }
        return read_model(NotificationPreference, values)


class SettingForm:
    """Fields: channels (several), has_quiet, quiet_from, quiet_to, digest_at, sms_day_cap, sms_price_fen."""

    def __init__(self, form: Fields) -> None:
        self._form = form

    @staticmethod
    def values_of(held: NotificationSetting) -> dict[str, Any]:
        hours = held.quiet_hours
        return {
            "channels": sorted(held.channels),
            "has_quiet": hours is not None,
            "quiet_from": hours.starts_at if hours else "",
            "quiet_to": hours.ends_at if hours else "",
            "digest_at": held.digest_at,
            "sms_day_cap": held.sms_day_cap,
            "sms_price_fen": held.sms_price_fen,
        }

    def typed(self) -> dict[str, Any]:
        form = self._form
        return form.single() | {"channels": form.many("channels"), "has_quiet": form.flag("has_quiet")}

    def read(self, tenant: str) -> NotificationSetting:
        form = self._form
        hours = {"starts_at": form.text("quiet_from"), "ends_at": form.text("quiet_to")}
        values = {
            "id": tenant,
            "channels": form.many("channels"),
            "quiet_hours": hours if form.flag("has_quiet") else None,
            "digest_at": form.text("digest_at"),
            "sms_day_cap": form.text("sms_day_cap"),
            "sms_price_fen": form.text("sms_price_fen"),
        }
        return read_model(NotificationSetting, values)


def read_model(model: type[Any], values: dict[str, Any]) -> Any:
    """The model of these values; InvalidInputError names the fields as the forms call them."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = {_field(problem.field): problem for problem in field_problems(error)}
        raise InvalidInputError(
            [FieldProblem(field=name, code=one.code, details=one.details) for name, one in found.items()]
        ) from None


def _field(path: str) -> str:
    """`quiet_hours.starts_at` is `quiet_from` on the form; a group's channel is the group's field."""
    first, _, rest = path.partition(".")
    if first == "quiet_hours":
        return "quiet_to" if rest == "ends_at" else "quiet_from"
    if first == "channels" and rest and not rest.partition(".")[0].isdigit():
        return f"channels_{rest.partition('.')[0]}"
    return first


CHOICES = [channel for channel in Channel if channel in OUTSIDE]
"""Channels that a form offers: the list on the site is always there."""
