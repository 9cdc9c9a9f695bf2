"""What follows on a restore, so that nothing comes back to life that had ended since the backup was made."""

from datetime import datetime

from sqlalchemy import func, select, update

from lms.audit import actions as audit
from lms.core import clock
from lms.core.db import db, writing
from lms.notifications.models import OutboxMail, State
from lms.signin.models import SignIn


def settle(made_at: datetime) -> list[str]:
    """End every sign-in, and note the restore in the record. Returns what the operator has to know."""
    with writing() as session:
        ended = session.execute(
            update(SignIn)
            .where(SignIn.ended_at.is_(None))
            .values(ended_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        audit.record(None, "backup.restored", made_at=f"{made_at:%Y-%m-%dT%H:%M:%SZ}")
    number = int(ended.rowcount)  # type: ignore[attr-defined]
    waiting = db.session.scalar(
        select(func.count()).select_from(OutboxMail).where(OutboxMail.state == State.WAITING.value)
    )
    said = [f"Everybody has to sign in again: {number:,} sign-ins were ended."]
    if waiting:
        said.append(f"{waiting:,} mails wait as they did then; some may have left since, and will leave once more.")
    return said
