"""Subjects for the search box of the console."""

from collections.abc import Sequence

from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject
from chalicelib.domain.text import normalise
from chalicelib.web.request import WebRequest


def find_subjects(request: WebRequest, text: str, limit: int) -> Sequence[Subject]:
    """By unified social credit code: two reads."""
    found: Ref | None = request.store.owner(request.tenant, "code", normalise(text))
    if found is None or found.kind != Subject.KIND:
        return []
    subject = request.store.subjects.find(request.tenant, found.id)
    return [subject] if subject else []
