"""What waits for somebody: a small entry per owner, kept beside the record that it is about, gone when it is done."""

from typing import ClassVar

from pydantic import Field

from chalicelib.domain.record import Record, Ref, UtcTime

HEAPED = frozenset({"certificate_expiring"})
"""Topics of which a role may have hundreds at once; they lie apart, so that they push nothing else out of sight."""


def heap_of(owner: str, topic: str) -> str:
    """Under which key the entries of a topic wait for a role."""
    return f"{owner}.{topic}"


class Todo(Record):
    """One thing to do. owner: a person id, an acting-body or department id, or `role.<role>` of the tenant.

    topic is a stable code (`opinion_requested`); title what it is about; about and parent: the record to open; not_for:
    people of the owner who began it themselves, so that another one has to do this.
    """

    KIND: ClassVar[str] = "todo"

    owner: str
    topic: str = Field(pattern=r"^[a-z][a-z_]*$")
    title: str = Field(max_length=200)
    detail: str = Field(default="", max_length=200)
    about: Ref
    due_at: UtcTime | None = None
    created_at: UtcTime
    not_for: tuple[str, ...] = ()

    @property
    def parent_ref(self) -> Ref:
        return self.about

    @property
    def heap(self) -> str:
        """The key under which it waits: the owner, or a heap of its topic where a role has many of them."""
        is_apart = self.topic in HEAPED and self.owner.startswith("role.")
        return heap_of(self.owner, self.topic) if is_apart else self.owner

    @classmethod
    def of(
        cls,
        about: Ref,
        owner: str,
        topic: str,
        title: str,
        *,
        at: UtcTime,
        due_at: UtcTime | None = None,
        detail: str = "",
        not_for: tuple[str, ...] = (),
    ) -> "Todo":
        """The entry of this owner and topic: there is one of each per record."""
        return cls(
            id=f"{topic}.{owner}",
            owner=owner,
            topic=topic,
            title=title[:200],
            detail=detail[:200],
            about=about,
            due_at=due_at,
            created_at=at,
            not_for=not_for,
        )
