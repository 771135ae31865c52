"""Bind what an identity provider calls somebody to the people whom they may act as."""

import hashlib

from chalicelib.domain.access import Permission, reaches, require
from chalicelib.domain.act import Act
from chalicelib.domain.session import Identity, Membership
from chalicelib.storage.store import Store


def identity_id(issuer: str, subject: str) -> str:
    """SHA-256 (hex) of issuer and subject: the platform keeps no name of the provider's."""
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()


def bind_identity(store: Store, act: Act, *, issuer: str, subject: str, memberships: list[Membership]) -> Identity:
    """Set whom this identity may act as; the next sign-in sees it. Needs tenant.onboard or people.manage."""
    if not reaches(act.actor, Permission.PEOPLE_MANAGE):
        require(act.actor, Permission.TENANT_ONBOARD)
    id = identity_id(issuer, subject)
    earlier = store.identities.lookup(id)
    identity = Identity(id=id, memberships=memberships, version=earlier.version if earlier else 0)
    store.identities.bind(identity)
    return identity
