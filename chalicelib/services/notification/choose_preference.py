"""A person chooses how they are told; the system administrator chooses for the tenant."""

from typing import Any

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.notification_preference import NotificationPreference, NotificationSetting
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


@idempotent
def choose_preference(
    store: Store, tenant: TenantId, act: Act, *, wanted: NotificationPreference, version: int | None = None
) -> NotificationPreference:
    """The actor's preference as wanted; its id is not looked at. version: the one seen, 0 when there was none.

    Raises ConflictError when it was changed since. The event names the fields, never an address.
    """
    require(act.actor, Permission.NOTIFICATION_READ)
    earlier = store.notification_preferences.of(tenant, act.actor.person_id)
    changed = earlier.with_changes(**_values(wanted))
    changed.version = _seen(earlier, version)
    with store.change(tenant, act) as change:
        change.save(changed)
        change.event(EventType.NOTIFICATION_PREFERENCE_CHANGED, changed, {"fields": _moved(earlier, changed)})
    return changed


@idempotent
def change_setting(
    store: Store, tenant: TenantId, act: Act, *, wanted: NotificationSetting, version: int | None = None
) -> NotificationSetting:
    """The tenant's setting as wanted. Raises NotAllowedError, ConflictError."""
    require(act.actor, Permission.NOTIFICATION_MANAGE)
    earlier = store.notification_settings.of(tenant)
    changed = earlier.with_changes(**_values(wanted))
    changed.version = _seen(earlier, version)
    with store.change(tenant, act) as change:
        change.save(changed)
        change.event(EventType.NOTIFICATION_SETTING_CHANGED, changed, {"fields": _moved(earlier, changed)})
    return changed


def _values(record: NotificationPreference | NotificationSetting) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).model_fields if name not in ("id", "version")}


def _moved(
    earlier: NotificationPreference | NotificationSetting, changed: NotificationPreference | NotificationSetting
) -> list[str]:
    before, after = _values(earlier), _values(changed)
    return sorted(name for name in after if before[name] != after[name])


def _seen(record: NotificationPreference | NotificationSetting, version: int | None) -> int:
    if version is not None and version != record.version:
        raise ConflictError(kind=record.KIND, id=record.id)
    return record.version
