"""What people have done, for tests of where they stand: studies, completions and certificates on any day."""

from datetime import UTC, date, datetime, time, timedelta

from lms.certificates import codes
from lms.certificates.models import Certificate
from lms.certificates.validity import valid_until
from lms.core import clock
from lms.core.db import db
from lms.learning.models import Completion, Study
from lms.people.models import Person

CORE = "lead-professional"
OTHER_CORE = "tiers-of-need"
BY_CHOICE = "leading-integrated-services"


def days_ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def begin(person: Person, module: str = CORE) -> Study:
    """Begin a study, beside earlier ones. Stands in `with writing():`, as all here."""
    number = db.session.query(Study).filter_by(person_id=person.id, module=module).count() + 1
    study = Study(person_id=person.id, module=module, number=number, version=1)
    db.session.add(study)
    db.session.flush()
    return study


def complete(
    person: Person,
    module: str = CORE,
    on: date | None = None,
    *,
    months: int | None = 36,
    withdrawn: date | None = None,
) -> Completion:
    """Complete a module on a day; `months` is what the certificate says, None for a completion without one."""
    on = on or clock.today()
    at = datetime.combine(on, time(12), UTC)
    study = begin(person, module)
    study.completed_at = at
    done = Completion(
        person_id=person.id,
        study_id=study.id,
        module=module,
        version=1,
        core_hash="0" * 64,
        minutes=40,
        completed_on=on,
        completed_at=at,
    )
    db.session.add(done)
    db.session.flush()
    if months:
        db.session.add(
            Certificate(
                code=codes.new_code(),
                person_id=person.id,
                completion_id=done.id,
                name=person.name,
                agency="",
                job="",
                module=module,
                title=module,
                version=1,
                core_hash="0" * 64,
                minutes=40,
                completed_on=on,
                valid_until=valid_until(on, months),
                issued_by="Fernshire",
                issued_at=at,
                revoked_at=datetime.combine(withdrawn, time(12), UTC) if withdrawn else None,
            )
        )
        db.session.flush()
    return done
