"""How mail leaves the house: by SMTP, or into a folder for the demo."""

import smtplib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from pathlib import Path

from lms.config import Settings
from lms.notifications.models import OutboxMail

SECONDS = 20


def message(mail: OutboxMail, sender: str) -> EmailMessage:
    """The mail as a message. Its Message-ID is the row's identity, so that a repeat can be recognised as one."""
    built = EmailMessage()
    built["From"] = sender
    built["To"] = mail.address
    built["Subject"] = mail.subject
    built["Date"] = formatdate(mail.queued_at.timestamp(), localtime=False)
    built["Message-ID"] = f"<{mail.id}@common-ground>"
    built["Auto-Submitted"] = "auto-generated"
    built.set_content(mail.body)
    if mail.calendar:
        _add_event(built, mail)
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


class SmtpCarrier:
    """Hands mails to a mail server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, mail: OutboxMail) -> None:
        """Send one mail. Raises OSError when the server is away or refuses."""
        settings = self._settings
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SECONDS) as server:
            if settings.smtp_tls:
                server.starttls()
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(message(mail, settings.mail_from))


class FileCarrier:
    """Writes mails as .eml files into a folder, where whoever runs the demo can read them."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, mail: OutboxMail) -> None:
        """Write one mail; the file's name is time, address and identity."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{mail.queued_at:%Y%m%d-%H%M%S}-{mail.address}-{str(mail.id)[:8]}.eml"
        (self._folder / name).write_bytes(message(mail, self._sender).as_bytes())


def carrier(settings: Settings) -> SmtpCarrier | FileCarrier:
    """The carrier that the settings ask for."""
    if settings.mail == "smtp":
        return SmtpCarrier(settings)
    return FileCarrier(settings.data_dir / "mail", settings.mail_from)
