"""What stands around every handler of the API: sizes, query, preconditions, repeats, entity tags."""

from chalicelib.web.answers import Answer
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import RouteDeclaration


def served(request: WebRequest, declaration: RouteDeclaration, path_values: dict[str, str]) -> Answer:
    """The handler's answer, once the request holds against its declaration. Runs inside the storage scope."""
    if declaration.query is not None:
        request.check_query(declaration.query)
    return declaration.handler(request, **path_values)
