"""How mail leaves the house: by SMTP, or into a folder for the demo.

What can go wrong is sorted here, because it decides whether and when a mail is tried again:
the server cannot be used at all (`Away`), it refuses this mail for good (`Refused`), or it never answered after it
had the text (`Unsure`). Any other OSError is a passing fault of this mail.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from pathlib import Path
from threading import Timer

from lms.config import LOOPBACK, Settings
from lms.notifications.models import OutboxMail

PLAIN = SMTP.clone(cte_type="7bit")  # no server needs to be asked whether it takes eight bits
GREETING, OK, GO_ON, CLOSING, FIRST_FINAL = 220, 250, 354, 421, 500
LetGo = Callable[[], None]


class Away(OSError):
    """The mail server cannot be used now: no connection, no greeting, or it refuses us as a sender."""


class Refused(OSError):
    """The mail server refuses this mail, and would again."""


class Unsure(OSError):
    """The text was on its way to the mail server and no answer came, so nobody knows whether it has the mail."""


class PassingFault(OSError):
    """The mail server refuses this mail for now."""


@dataclass(frozen=True)
class Patience:
    """How long to wait for a mail server, in seconds: for one step, for the answer to the text (RFC 5321 asks for ten
    minutes, or mails come twice), and for all of one mail.
    """

    step: float = 20
    answer: float = 600
    whole: float = 700


def message(mail: OutboxMail, sender: str) -> EmailMessage:
    """The mail as a message, the same to the last letter however often it is made. Its Message-ID is the row's
    identity, so that a repeat can be recognised as one.
    """
    built = EmailMessage(policy=PLAIN)
    built["From"] = sender
    built["To"] = mail.address
    built["Subject"] = mail.subject
    built["Date"] = formatdate(mail.queued_at.timestamp(), localtime=False)
    built["Message-ID"] = f"<{mail.id}@common-ground>"
    built["Auto-Submitted"] = "auto-generated"
    built.set_content(mail.body)
    if mail.calendar:
        _add_event(built, mail)
        for number, part in enumerate(one for one in built.walk() if one.is_multipart()):
            part.set_boundary(f"part-{number}-{mail.id}")
    return built


def _add_event(built: EmailMessage, mail: OutboxMail) -> None:
    """Put an event beside the text, where mail programs with a calendar look for it, and again as a file to open for
    those without.
    """
    event = EmailMessage(policy=SMTP)  # keeps the line ends that calendars ask for
    event.set_content(
        mail.calendar, subtype="calendar", charset="utf-8", cte="base64", params={"method": mail.calendar_method}
    )
    del event["MIME-Version"]
    built.make_alternative()
    built.attach(event)
    built.add_attachment(mail.calendar.encode(), maintype="application", subtype="ics", filename="joint-day.ics")


class _Line(smtplib.SMTP):
    """A connection to a mail server, which can be cut from outside."""

    def __init__(self, settings: Settings, seconds: float) -> None:
        super().__init__(local_hostname=_own_name(settings), timeout=seconds)
        self._host = settings.smtp_host  # the name its certificate is held against

    def wait_at_most(self, seconds: float) -> None:
        """How long to wait for what comes next."""
        if self.sock:
            self.sock.settimeout(seconds)

    def cut(self) -> None:
        """End a connection that has taken too long in all; whoever waits for it gets an OSError."""
        with suppress(OSError):
            if self.sock:
                self.sock.shutdown(socket.SHUT_RDWR)


class SmtpCarrier:
    """Hands mails to a mail server, each over a connection of its own."""

    def __init__(self, settings: Settings, patience: Patience | None = None) -> None:
        self._settings = settings
        self._patience = patience or Patience()

    def send(self, mail: OutboxMail, let_go: LetGo) -> None:
        """Send one mail; `let_go` is called just before its text goes over, and may stop it. Returns when the server
        has taken it over, whatever happens to the connection then. Raises OSError, or ValueError when no message can
        be made of the mail.
        """
        content = message(mail, self._settings.mail_from).as_bytes()
        with self._connected() as server:
            self._say_to_whom(server, mail)
            let_go()
            self._hand_over(server, content)

    @contextmanager
    def _connected(self) -> Iterator[_Line]:
        server = _Line(self._settings, self._patience.step)
        watchdog = Timer(self._patience.whole, server.cut)
        watchdog.daemon = True
        watchdog.start()
        try:
            self._greet(server)
            yield server
        finally:
            watchdog.cancel()
            with suppress(OSError):
                server.wait_at_most(1)  # a goodbye is not worth more
                server.quit()
            server.close()

    def _greet(self, server: _Line) -> None:
        settings = self._settings
        try:
            code, _ = server.connect(settings.smtp_host, settings.smtp_port)
            if code != GREETING:
                raise Away(f"greeting {code}")
            if settings.smtp_tls:
                server.starttls(context=_trust(settings.smtp_host))
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.ehlo_or_helo_if_needed()
        except Away:
            raise
        except (OSError, ValueError) as fault:
            raise Away(_named(fault)) from fault

    def _say_to_whom(self, server: _Line, mail: OutboxMail) -> None:
        """Say who sends and who receives, and ask to send the text."""
        code, _ = server.mail(parseaddr(self._settings.mail_from)[1])
        if code != OK:
            raise Away(f"sender {code}")
        if not mail.address.isascii():
            raise Refused("address not ASCII")
        code, _ = server.rcpt(mail.address)
        _check("recipient", code, OK, 251)
        code, _ = server.docmd("DATA")
        _check("data", code, GO_ON)

    def _hand_over(self, server: _Line, content: bytes) -> None:
        """Send the text and wait for the one answer that counts."""
        try:
            server.send(dotted(content))
            server.wait_at_most(self._patience.answer)
            code, _ = server.getreply()
        except OSError as fault:
            raise Unsure(_named(fault)) from fault
        _check("text", code, OK)


def dotted(content: bytes) -> bytes:
    """A text as it goes over the line: a dot at the beginning of a line doubled, and the end marked (RFC 5321,
    4.5.2).
    """
    lines = content.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines) + b".\r\n"


def _check(step: str, code: int, *good: int) -> None:
    if code in good:
        return
    if code == CLOSING:
        raise Away(f"{step} {code}")
    if code >= FIRST_FINAL:
        raise Refused(f"{step} {code}")
    raise PassingFault(f"{step} {code}")


def _named(fault: Exception) -> str:
    """A fault in a word that names nobody: what the server wrote may hold an address."""
    code = getattr(fault, "smtp_code", None)
    return f"{type(fault).__name__} {code}" if code else type(fault).__name__


def _trust(host: str) -> ssl.SSLContext:
    """Whose certificates count: those the machine trusts. A server on this machine needs none that anybody signed."""
    made = ssl.create_default_context()
    if host in LOOPBACK:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def _own_name(settings: Settings) -> str:
    """How we introduce ourselves, without asking a name server that may be away."""
    return settings.host if any(letter.isalpha() for letter in settings.host) else "[127.0.0.1]"


class FileCarrier:
    """Writes mails as .eml files into a folder, where whoever runs the demo can read them."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, mail: OutboxMail, let_go: LetGo) -> None:
        """Write one mail; the file's name is time, address and identity, so a repeat is the same file."""
        content = message(mail, self._sender).as_bytes()
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{mail.queued_at:%Y%m%d-%H%M%S}-{mail.address}-{str(mail.id)[:8]}.eml"
        let_go()
        (self._folder / name).write_bytes(content)


def carrier(settings: Settings) -> SmtpCarrier | FileCarrier:
    """The carrier that the settings ask for."""
    if settings.mail == "smtp":
        return SmtpCarrier(settings)
    return FileCarrier(settings.data_dir / "mail", settings.mail_from)
