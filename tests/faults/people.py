"""Makes the database of a site and trainers who are signed in, and prints their cookies. Run as a program."""

import json
import sys
from datetime import date

from lms.app import create_app
from lms.core import schema
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.people.models import Agency, Membership, MembershipRole, Person
from lms.signin import sessions
from lms.web.access import COOKIE_KEY


def main(number: int) -> None:
    app = create_app()
    with app.app_context():
        app.extensions["limits"].lifted = True
        schema.upgrade(db.engine)
        with writing() as session:
            agency = Agency(name="Trust", sector="health", partnership="Fernshire")
            session.add(agency)
            session.flush()
            people = [Person(name=f"Trainer {n}", email=f"t{n}@a.example", password_hash="none") for n in range(number)]
            for person in people:
                roles = [
                    MembershipRole(role=Role.STAFF.value, scope=Scope.TEAM.value),
                    MembershipRole(role=Role.TRAINER.value, scope=Scope.PARTNERSHIP.value),
                ]
                person.memberships.append(
                    Membership(agency_id=agency.id, job="Trainer", starts_on=date(2026, 1, 5), roles=roles)
                )
            session.add_all(people)
            session.flush()
            tokens = [sessions.start(person.id, "Tests", second_step=True) for person in people]
        db.engine.dispose()
    signed = app.session_interface.get_signing_serializer(app)
    name = app.config["SESSION_COOKIE_NAME"]
    sys.stdout.write(json.dumps([f"{name}={signed.dumps({COOKIE_KEY: token})}" for token in tokens]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
