"""Makes the database of a site and people who are signed in, and prints their cookies by what they do. Run as a
program with the number of each kind.

One of the staff, `s0@a.example`, also has a password; the manager is the trainers' and the staff's.
"""

import json
import sys
from datetime import date

from lms.app import create_app
from lms.audit import upgrading
from lms.core.db import db, writing
from lms.core.permissions import Role, Scope
from lms.people.models import Agency, Membership, MembershipRole, Person
from lms.signin import sessions
from lms.signin.passwords import hash_password
from lms.web.access import COOKIE_KEY

PASSWORD = "integrated-working"
ROLES = {
    "trainers": ((Role.TRAINER, Scope.PARTNERSHIP),),
    "staff": (),
    "managers": ((Role.MANAGER, Scope.AGENCY),),
}


def main(number: int) -> None:
    app = create_app()
    with app.app_context():
        app.extensions["limits"].lifted = True
        upgrading.upgrade(db.engine)
        with writing() as session:
            agency = Agency(name="Trust", sector="health", partnership="Fernshire")
            session.add(agency)
            session.flush()
            people = {
                kind: [_person(kind, n, agency) for n in range(1 if kind == "managers" else number)] for kind in ROLES
            }
            people["staff"][0].password_hash = hash_password(PASSWORD)
            session.add_all(one for kind in people.values() for one in kind)
            session.flush()
            tokens = {
                kind: [sessions.start(one.id, "Tests", second_step=True) for one in found]
                for kind, found in people.items()
            }
        db.engine.dispose()
    signed = app.session_interface.get_signing_serializer(app)
    name = app.config["SESSION_COOKIE_NAME"]
    cookies = {
        kind: [f"{name}={signed.dumps({COOKIE_KEY: token})}" for token in found] for kind, found in tokens.items()
    }
    sys.stdout.write(json.dumps(cookies))


def _person(kind: str, number: int, agency: Agency) -> Person:
    made = Person(name=f"{kind.title()} {number}", email=f"{kind[0]}{number}@a.example", password_hash="none")
    roles = [MembershipRole(role=Role.STAFF.value, scope=Scope.TEAM.value)]
    roles += [MembershipRole(role=role.value, scope=scope.value) for role, scope in ROLES[kind]]
    made.memberships.append(Membership(agency_id=agency.id, job=kind.title(), starts_on=date(2026, 1, 5), roles=roles))
    return made


if __name__ == "__main__":
    main(int(sys.argv[1]))
