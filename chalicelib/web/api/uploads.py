"""What calls that sign an upload share: the type that is asked for, and the form to send to the object store."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from chalicelib.web.api.shapes import Body, Shown

FORM_OR_JSON = ("multipart/form-data", "application/json")
"""What a call takes to which files may be sent along, up to 6 MB in all: a form; without files also JSON."""
MAX_FILES = 50
UploadId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")]


class UploadBody(Body):
    content_type: str = Field(max_length=100, description="media type of the file")


class PhotoBody(Body):
    """taken_at: by the caller's clock, which never runs ahead of ours."""

    upload_id: UploadId
    taken_at: datetime | None = None


class UploadForm(Shown):
    """Post `fields` and then the file, as multipart/form-data, to `url` within 120 seconds; then name `upload_id`."""

    url: str
    fields: dict[str, str]
    upload_id: str
