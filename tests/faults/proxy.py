"""A line to PostgreSQL that can be cut: it stays open and carries nothing any more."""

import select
import socket
import threading
from contextlib import suppress


class Proxy:
    """Forwards a free port of this machine to another, while `open` is set."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.carries = threading.Event()
        self.carries.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._forward, args=(near,), daemon=True).start()

    def _forward(self, near: socket.socket) -> None:
        with suppress(OSError), near, socket.create_connection(("127.0.0.1", self._to)) as far:
            while True:
                for one in select.select([near, far], [], [])[0]:
                    data = one.recv(65_536)
                    if not data:
                        return
                    self.carries.wait()
                    (far if one is near else near).sendall(data)

    def close(self) -> None:
        self._listener.close()
        self.carries.set()
