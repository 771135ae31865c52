"""Some people of the demo want to be told outside the site too: the recording stand-in writes down what would leave."""

from chalicelib import bootstrap
from chalicelib.domain.notification_preference import NotificationPreference
from chalicelib.domain.notification_rules import Channel
from chalicelib.services.notification.choose_preference import choose_preference
from chalicelib.services.notification.receipt_key import renew_receipt_key
from infra.local.demo_cast import act, actor_of

TENANT = "gx450100"
TEXTED = ("officer-commerce", "head-commerce", "justice")
_NUMBERS = "138000000{:02d}"
"""Made up; nothing is sent to them, because the demo has no gateway."""


def choose_channels() -> None:
    """Two of one bureau take text messages for what waits, one person a daily digest."""
    for number, name in enumerate(TEXTED, start=1):
        with bootstrap.scope(TENANT):
            person = actor_of(TENANT, f"{TENANT}-{name}")
            groups = {group: frozenset({Channel.SMS}) for group in ("plans", "draws", "visits", "findings")}
            wanted = NotificationPreference(
                id=person.person_id, mobile=_NUMBERS.format(number), channels=groups, has_digest=name == "justice"
            )
            choose_preference(bootstrap.store(), TENANT, act(person), wanted=wanted)
    _take_receipts()


def _take_receipts() -> None:
    """The stand-in tells with a signed receipt what it delivered, as a gateway would (`infra/local/receipts.py`)."""
    with bootstrap.scope(TENANT):
        store, by = bootstrap.store(), actor_of(TENANT, f"{TENANT}-system")
        if store.receipt_keys.find(TENANT, TENANT) is None:
            renew_receipt_key(store, TENANT, act(by), vault=bootstrap.vault())
