"""A mail server for tests that does what it is told, also the things no mail server should: hang, break off, refuse."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import ClassVar

LONGEST = 20


class MailServer:
    """Listens on a free port of this machine. `says` holds an answer for each step (greeting, EHLO, MAIL, RCPT, DATA,
    text, QUIT): a line to send, or one of HANG, DROP, DRIP. A callable gets what was sent and gives the answer.
    `texts` are the texts that came whole, whatever was answered.
    """

    HANG, DROP, DRIP = "hang", "drop", "drip"
    GOOD: ClassVar = {"greeting": "220 here", "EHLO": "250 here", "MAIL": "250 ok", "RCPT": "250 ok",
                      "DATA": "354 go on", "text": "250 taken", "QUIT": "221 bye"}  # fmt: skip

    def __init__(self, **says) -> None:
        self.says = {**self.GOOD, **says}
        self.texts: list[bytes] = []
        self.steps: list[str] = []
        self.released = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError, ValueError), line, line.makefile("rwb") as file:
            if not self._answer(file, "greeting", ""):
                return
            while words := file.readline().decode():
                step = words[:4].upper().strip()
                if not self._answer(file, step, words):
                    return
                if step == "DATA" and self.says["DATA"].startswith("354") and not self._take_text(file):
                    return

    def _take_text(self, file) -> bool:
        text = b""
        while (one := file.readline()) != b".\r\n":
            if not one:
                return False
            text += one
        self.texts.append(text)
        return self._answer(file, "text", text.decode())

    def _answer(self, file, step: str, words: str) -> bool:
        self.steps.append(step)
        answer = self.says.get(step, "250 ok")
        answer = answer(words) if callable(answer) else answer
        if answer == self.HANG:
            self.released.wait(LONGEST)
            return False
        if answer == self.DROP:
            return False
        if answer == self.DRIP:
            for _ in range(LONGEST * 20):
                file.write(b"2")
                file.flush()
                time.sleep(0.05)
        file.write(f"{answer}\r\n".encode())
        file.flush()
        return True

    def close(self) -> None:
        """Stop listening, and let whatever hangs end."""
        self.released.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # ends the waiting for the next, which close() alone does not
        self._listener.close()


@contextmanager
def mail_server(**says) -> Iterator[MailServer]:
    """A mail server for as long as a test needs it."""
    server = MailServer(**says)
    try:
        yield server
    finally:
        server.close()
