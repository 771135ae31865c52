"""Signed checkpoints of a tenant's evidence log, and the keys that sign them.

A signature is made over the RFC 8785 form of a document that names its own kind, so that a signature given for one
kind of document never holds for another. The algorithm belongs to the key: a document cannot choose it.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId

HexDigest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
HexSignature = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]
KeyId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
UtcText = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]


class SignatureRefusedError(YijianshiError):
    """A signature does not hold. Details: `kind`, `key_id`, `problem`: unknown_key | wrong_key | bad_signature."""

    code = "signature_refused"


def utc_text(at: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ`; texts of this one form sort as the times do. ValueError without a time zone."""
    if at.tzinfo is None:
        raise ValueError("a time needs its zone")
    return timestamp(at)


def canonical(document: Any) -> bytes:
    """The RFC 8785 (JCS) bytes of a JSON document."""
    return rfc8785.dumps(document)


class PublicKey(BaseModel):
    """A verification key. `algorithm` decides how signatures are checked; `public_key` is hex."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    algorithm: Literal["ed25519"]
    public_key: HexDigest

    @property
    def key_id(self) -> str:
        """First 16 bytes of SHA-256 over algorithm, colon and raw key, in hex: names the key and its algorithm."""
        raw = self.algorithm.encode() + b":" + bytes.fromhex(self.public_key)
        return hashlib.sha256(raw).hexdigest()[:32]


class Signer(Protocol):
    """Whatever holds a private key: a file, a key service, a national-standard device."""

    @property
    def key(self) -> PublicKey: ...

    def sign(self, message: bytes) -> bytes: ...


class Ed25519Signer:
    """A signer with its private key in memory."""

    def __init__(self, private_key: bytes) -> None:
        """private_key: the 32 raw bytes of RFC 8032."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._private = Ed25519PrivateKey.from_private_bytes(private_key)
        self._key = PublicKey(algorithm="ed25519", public_key=self._private.public_key().public_bytes_raw().hex())

    @classmethod
    def generate(cls) -> "Ed25519Signer":
        """A signer with a new key from the system's randomness."""
        return cls(secrets.token_bytes(32))

    @property
    def key(self) -> PublicKey:
        return self._key

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)


def _verify_ed25519(key: PublicKey, signature: bytes, message: bytes) -> bool:
    # The library is heavy and most requests neither sign nor verify.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.public_key)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


_VERIFIERS: dict[str, Callable[[PublicKey, bytes, bytes], bool]] = {"ed25519": _verify_ed25519}


def verify_signature(key: PublicKey, signature: str, message: bytes) -> bool:
    """Whether the hex signature over `message` was made with this key, by this key's algorithm."""
    return _VERIFIERS[key.algorithm](key, bytes.fromhex(signature), message)


class Checkpoint(BaseModel):
    """What is signed: a tenant's log had `tree_size` leaves and these roots at `at`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["checkpoint/1"] = "checkpoint/1"
    tenant: TenantId
    tree_size: int = Field(ge=0)
    root_sha256: HexDigest
    root_sm3: HexDigest
    at: UtcText
    key_id: KeyId


class Cosignature(BaseModel):
    """A second department's signature over the same checkpoint."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_id: KeyId
    signature: HexSignature


class SignedCheckpoint(Checkpoint):
    """A checkpoint with its signature and those of the departments that cosigned it."""

    signature: HexSignature
    cosignatures: list[Cosignature] = Field(default_factory=list)

    def signed_bytes(self) -> bytes:
        """The bytes under every signature."""
        return canonical(self.model_dump(exclude={"signature", "cosignatures"}))


def sign_checkpoint(
    signer: Signer, *, tenant: TenantId, tree_size: int, root_sha256: bytes, root_sm3: bytes, at: datetime
) -> SignedCheckpoint:
    """Sign the log's present size and roots."""
    checkpoint = Checkpoint(
        tenant=tenant,
        tree_size=tree_size,
        root_sha256=root_sha256.hex(),
        root_sm3=root_sm3.hex(),
        at=utc_text(at),
        key_id=signer.key.key_id,
    )
    signature = signer.sign(canonical(checkpoint.model_dump())).hex()
    return SignedCheckpoint(**checkpoint.model_dump(), signature=signature)


def cosign_checkpoint(checkpoint: SignedCheckpoint, signer: Signer) -> SignedCheckpoint:
    """The same checkpoint with one more department's signature."""
    added = Cosignature(key_id=signer.key.key_id, signature=signer.sign(checkpoint.signed_bytes()).hex())
    return checkpoint.model_copy(update={"cosignatures": [*checkpoint.cosignatures, added]})


def verify_checkpoint(checkpoint: SignedCheckpoint, keys: Mapping[str, PublicKey]) -> None:
    """Check the signature and every cosignature with the keys that the caller trusts, by key id.

    Raises SignatureRefusedError; a key id that is not in `keys` is refused, whatever the checkpoint says.
    """
    message = checkpoint.signed_bytes()
    own = Cosignature(key_id=checkpoint.key_id, signature=checkpoint.signature)
    for each in (own, *checkpoint.cosignatures):
        key = keys.get(each.key_id)
        if key is None:
            raise SignatureRefusedError(kind=checkpoint.kind, problem="unknown_key", key_id=each.key_id)
        if key.key_id != each.key_id:
            raise SignatureRefusedError(kind=checkpoint.kind, problem="wrong_key", key_id=each.key_id)
        if not verify_signature(key, each.signature, message):
            raise SignatureRefusedError(kind=checkpoint.kind, problem="bad_signature", key_id=each.key_id)
