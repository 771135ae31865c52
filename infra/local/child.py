"""Runs ministack as a child that ends, saving its state, when its parent does.

`python -m infra.local.child`: the parent keeps our standard input open; when it closes for whatever reason (Ctrl-C, a
crash, a kill), we send ourselves TERM, at which ministack writes its state and stops. Nothing is left holding a port.
"""

import os
import signal
import sys
import threading


def _stop_with_parent() -> None:
    # Unbuffered: a buffered reader would hold a lock that the interpreter wants at exit.
    while os.read(sys.stdin.fileno(), 1):
        continue
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    from ministack.app import main as serve

    sys.argv = ["ministack"]
    serve()


if __name__ == "__main__":
    main()
