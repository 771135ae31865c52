"""The API's own description, for programs."""

from typing import Any

from chalice import Blueprint
from pydantic import Field, RootModel

from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.openapi import document
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, route

blueprint = Blueprint(__name__)


class Description(RootModel[dict[str, Any]]):
    """An OpenAPI 3.1 document."""

    root: dict[str, Any] = Field(json_schema_extra={"required": ["openapi", "info", "paths"]})


@route(blueprint, f"{PREFIX}/openapi.json", permission=OPEN, answers=Description)
def show_description(request: WebRequest) -> Answer:
    """The description of every call of this API (OpenAPI 3.1)."""
    answer = json_answer(document(), etag=document()["info"]["version"])
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer
