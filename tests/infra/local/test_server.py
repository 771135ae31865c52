"""The local server routes and answers as API Gateway would, over one kept connection."""

import http.client
import threading
from collections.abc import Iterator

import pytest
from chalice import Chalice, Response

from infra.local.server import LARGEST_BODY_BYTES, local_server

app = Chalice("routes", configure_logs=False)


@app.route("/things/{thing_id}", methods=["GET", "HEAD"])
def show(thing_id: str) -> Response:
    return Response(thing_id, headers={"Content-Type": "text/plain; charset=utf-8"})


@app.route("/things/all")
def show_all() -> Response:
    return Response("all of them", headers={"Content-Type": "text/plain"})


@app.route("/{proxy+}", methods=["GET"])
def rest() -> Response:
    request = app.current_request
    assert request is not None
    return Response(f"no {request.context['path']}", status_code=404, headers={"Content-Type": "text/plain"})


@pytest.fixture(scope="module")
def connection() -> Iterator[http.client.HTTPConnection]:
    server = local_server(app, 0)
    thread = threading.Thread(target=server.server.serve_forever, daemon=True)
    thread.start()
    opened = http.client.HTTPConnection("127.0.0.1", server.server.server_port, timeout=10)
    yield opened
    opened.close()
    server.shutdown()
    server.server.server_close()


def ask(connection: http.client.HTTPConnection, path: str, method: str = "GET") -> tuple[int, str]:
    connection.request(method, path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_concrete_route_comes_before_a_parameter(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "/things/all") == (200, "all of them")


def test_path_values_are_decoded(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "/things/%E5%8A%A0%E6%B2%B9%20%231?x=1") == (200, "加油 #1")
    assert ask(connection, "/things/a;b") == (200, "a;b")


@pytest.mark.parametrize("path", ["/nothing", "/nothing/at/all", "/things", "/things/1/2/3?q=1"])
def test_any_other_path_reaches_the_catch_all(connection: http.client.HTTPConnection, path: str) -> None:
    assert ask(connection, path) == (404, f"no {path.partition('?')[0]}")


def test_head_answers_without_a_body_and_the_connection_goes_on(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "/things/1", "HEAD") == (200, "")
    assert ask(connection, "/things/2") == (200, "2")


@pytest.mark.parametrize(("length", "status"), [("many", 400), (str(LARGEST_BODY_BYTES + 1), 413)])
def test_bodies_that_the_cloud_would_refuse_are_refused(
    connection: http.client.HTTPConnection, length: str, status: int
) -> None:
    fresh = http.client.HTTPConnection("127.0.0.1", connection.port, timeout=10)
    fresh.putrequest("POST", "/things/1")
    fresh.putheader("Content-Length", length)
    fresh.endheaders()

    assert fresh.getresponse().status == status
    fresh.close()
