"""moto as a server for `make run CLOUD=moto`: everything in memory, gone with the process."""

import logging
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from infra.local.moto_speed import quick_tables


class OneWriterAtATime(DomainDispatcherApplication):
    """moto writes a transaction action by action: nobody may see or change its tables meanwhile."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB"):
            answer: Iterable[bytes] = super().__call__(environ, start_response)
            return answer
        with self._lock:
            return list(super().__call__(environ, start_response))


@contextmanager
def running_moto(host: str) -> Iterator[str]:
    """moto on a free port; its address."""
    # botocore would otherwise ask moto's streams under an account's own address.
    os.environ["AWS_ACCOUNT_ID_ENDPOINT_MODE"] = "disabled"
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(host, 0, OneWriterAtATime(), threaded=True, request_handler=MotoRequestHandler)
    thread = threading.Thread(target=server.serve_forever, name="moto", daemon=True)
    with quick_tables():
        thread.start()
        try:
            yield f"http://{host}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
