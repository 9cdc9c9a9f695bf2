"""Taking a file of people: looked at, then taken whole or not at all."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from lms.assignments import keeping
from lms.audit import actions as audit
from lms.core import clock
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Refusal
from lms.core.ids import new_id
from lms.core.permissions import Role, Scope
from lms.joining import queries, table
from lms.joining.models import DROPPED, TAKEN, WAITING, PeopleFile
from lms.joining.plan import DAY, Change, Kind, Plan
from lms.joining.table import Fault, Row
from lms.notifications.actions import queue
from lms.people.models import Agency, Membership, MembershipRole, Person, Team
from lms.people.names import plain_name
from lms.web.links import absolute

KEEP = timedelta(days=1)
AT_ONCE = 500
NO_HASH = "none yet"  # so no password fits


NOTED = {
    Kind.JOINS: "person.added",
    Kind.POST: "post.added",
    Kind.MOVES: "post.moved",
    Kind.CHANGES: "post.changed",
    Kind.ENDS: "post.ended",
    Kind.LEAVES: "post.ended",
}


class FileRefused(Refusal):
    """Something in the file is wrong; `faults` says what, by row and column."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        number = "one fault" if len(faults) == 1 else f"{len(faults):,} faults"
        super().__init__(f"The file has {number}, so nothing of it was taken. Mend it and send it again.", "upload")
        self.faults = faults


class Over(Refusal):
    """The file was taken or dropped, or lay for a day."""

    sentence = "This file was taken or put away meanwhile. Send it again to see what it would change now."


class ChangedMeanwhile(Refusal):
    """What the file would change is not what was shown."""

    sentence = "Something changed since this was shown, so nothing was taken. Look at what it would change now."


def look_at(actor: Actor, data: bytes, fallback: UUID | None, *, whole: bool) -> tuple[list[Row], Plan]:
    """What a file would change; nothing is saved. Raises FileRefused, and NotFound for an agency of others."""
    if whole and fallback is None:
        raise Refusal("Choose the agency of which this file is the whole list.", "agency")
    read = table.read(data)
    if read.faults:
        raise FileRefused(read.faults)
    found = queries.planned(queries.reach(actor), read.rows, fallback, whole=whole)
    if found.faults:
        raise FileRefused(sorted(found.faults, key=lambda fault: fault.row))
    return read.rows, found


def keep(actor: Actor, name: str, rows: Iterable[Row], fallback: UUID | None, *, whole: bool) -> PeopleFile:
    """Keep a sound file until it is taken."""
    kept = [queries.stored(row) for row in rows]
    made = PeopleFile(owner_id=actor.id, fallback_id=fallback, whole=whole, file_name=name[:120], rows=kept)
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "people_file.sent", made.id, rows=len(kept))
    return made


def mark(found: Plan) -> str:
    """What a plan says, in a short mark: two plans with the same mark change the same."""
    lines = (
        f"{one.kind}|{one.email}|{one.name}|{one.agency}|{one.team}|{one.job}|{one.starts}|{one.ends}|{one.before}"
        for one in found.changes
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def take(actor: Actor, file_id: UUID, shown: str) -> PeopleFile:
    """Make the changes that were shown, all of them or none. Raises NotFound, Over, FileRefused or ChangedMeanwhile."""
    one = queries.file(actor, file_id, lock=True)
    if one.state != WAITING:
        raise Over
    reach = queries.reach(actor)
    db.session.execute(select(Agency.id).where(Agency.id.in_(reach.ids)).order_by(Agency.id).with_for_update()).all()
    found = queries.planned(reach, queries.rows(one), one.fallback_id, whole=one.whole)
    if found.faults:
        raise FileRefused(found.faults)
    if mark(found) != shown:
        raise ChangedMeanwhile
    try:
        carry_out(actor, found, by="file")
    except IntegrityError:  # somebody was given this address in another way, this very moment
        raise ChangedMeanwhile from None
    one.state, one.ended_at, one.rows = TAKEN, clock.now(), []
    one.counts = {**found.counts, "agencies": len({change.agency for change in found.changes})}
    audit.record(actor, "people_file.taken", one.id, **found.counts)
    return one


def drop(actor: Actor, file_id: UUID) -> None:
    """Put a file away that was not taken. Raises NotFound or Over."""
    one = queries.file(actor, file_id, lock=True)
    if one.state != WAITING:
        raise Over
    one.state, one.ended_at, one.rows = DROPPED, clock.now(), []
    audit.record(actor, "people_file.dropped", one.id)


def forget() -> int:
    """Empty files that nobody took for a day. Returns how many."""
    old = select(PeopleFile).where(PeopleFile.state == WAITING, PeopleFile.sent_at < clock.now() - KEEP)
    found = db.session.scalars(old.with_for_update()).all()
    for one in found:
        one.state, one.ended_at, one.rows = DROPPED, clock.now(), []
    return len(found)


def carry_out(actor: Actor | None, found: Plan, *, by: str) -> dict[str, UUID]:
    """Make the changes of a plan without faults; returns the new people by address. `by` says how they came.

    In bulk, through the connection: the ledger is told afterwards, once for all.
    """
    changes = [one for one in found.changes if one.kind is not Kind.SAME]
    teams = _teams(changes)
    joining = {one.email: new_id() for one in changes if one.kind is Kind.JOINS}
    _insert(Person, _people(changes, joining))
    posts, roles = [], []
    for one in changes:
        if one.kind in (Kind.JOINS, Kind.POST, Kind.MOVES):
            post = _new_post(one, one.person or joining[one.email], teams)
            posts.append(post)
            roles += _roles(one, post["id"])
    _insert(Membership, posts)
    _insert(MembershipRole, roles)
    _change_posts(changes, teams)
    _take_from_team(changes)
    _rename(changes)
    for one in changes:
        person = one.person or joining[one.email]
        audit.record(actor, NOTED[one.kind], person, agency=str(one.agency), by=by)
    _tell(changes)
    touched = {one.person or joining[one.email] for one in changes}
    keeping.tell_of(touched, {one.agency for one in changes})
    return joining


def _people(changes: Iterable[Change], joining: dict[str, UUID]) -> list[dict[str, object]]:
    named = {one.email: one.name for one in changes if one.kind is Kind.JOINS}  # once, with several posts too
    same = {"password_hash": NO_HASH, "active": True, "demo": False, "theme": "", "created_at": clock.now()}
    return [
        {"id": joining[email], "email": email, "name": name, "plain_name": plain_name(name), **same}
        for email, name in named.items()
    ]


def _new_post(one: Change, person: UUID, teams: dict[tuple[UUID, str], UUID]) -> dict[str, object]:
    return {
        "id": new_id(),
        "person_id": person,
        "agency_id": one.agency,
        "team_id": teams.get((one.agency, one.team.casefold())),
        "job": one.job,
        "starts_on": one.starts,
        "ends_on": one.ends,
    }


def _roles(one: Change, post: object) -> list[dict[str, object]]:
    """Staff, and after a move whatever does not rest on the team that was left."""
    lasting = one.post.lasting if one.post else ()
    held = dict.fromkeys([(Role.STAFF.value, Scope.TEAM.value), *lasting])
    return [{"id": new_id(), "membership_id": post, "role": role, "scope": scope} for role, scope in held]


def _change_posts(changes: Iterable[Change], teams: dict[tuple[UUID, str], UUID]) -> None:
    values = []
    for one in changes:
        if one.post is None:
            continue
        team, job, starts, ends = one.team, one.job, one.starts, one.ends
        if one.kind is Kind.MOVES:  # the old post ends on the day before; the rest of it stays
            team, job, starts, ends = one.post.team, one.post.job, one.post.starts, clock.today() - DAY
        values.append(
            {"of": one.post.id, "to_team": teams.get((one.agency, team.casefold())), "to_job": job,
             "from_day": starts, "to_day": ends}
        )  # fmt: skip
    if values:
        setting = update(Membership).where(Membership.id == bindparam("of"))
        setting = setting.values(
            team_id=bindparam("to_team"), job=bindparam("to_job"), starts_on=bindparam("from_day"),
            ends_on=bindparam("to_day"),
        )  # fmt: skip
        db.session.connection().execute(setting, values)


def _take_from_team(changes: Iterable[Change]) -> None:
    """A post that began today is put into its right team without another one: what rested on the team ends there."""
    moved = [one.post.id for one in changes if one.post and one.kind is not Kind.MOVES and one.team != one.post.team]
    if moved:
        on_team = (MembershipRole.scope == Scope.TEAM.value, MembershipRole.role != Role.STAFF.value)
        db.session.execute(delete(MembershipRole).where(MembershipRole.membership_id.in_(moved), *on_team))


def _tell(changes: Iterable[Change]) -> None:
    """Tell whoever has an account that another employer, or a former one, says they work there: it sees them now."""
    added = [(one, one.person) for one in changes if one.kind is Kind.POST and one.person]
    for start in range(0, len(added), AT_ONCE):
        some = added[start : start + AT_ONCE]
        people = select(Person).where(Person.id.in_([person for _, person in some]))
        by_id = {person.id: person for person in db.session.scalars(people)}
        for one, person in some:
            agency = db.session.get_one(Agency, one.agency).name
            link = absolute("signin.me")
            queue("joining/post_added", to=by_id[person], link=link, agency=agency, job=one.job, starts=one.starts)


def _rename(changes: Iterable[Change]) -> None:
    values = [{"of": one.person, "to": one.name, "plain": plain_name(one.name)} for one in changes if one.renamed]
    if values:
        setting = update(Person).where(Person.id == bindparam("of"))
        db.session.connection().execute(setting.values(name=bindparam("to"), plain_name=bindparam("plain")), values)


def _teams(changes: Iterable[Change]) -> dict[tuple[UUID, str], UUID]:
    """Every team that is named, by agency and name in small letters; those that are new are made."""
    named = {(one.agency, team.casefold()): team for one in changes for team in (one.team, _old(one)) if team}
    agencies = {agency for agency, _ in named}
    known = db.session.execute(select(Team.agency_id, Team.name, Team.id).where(Team.agency_id.in_(agencies)))
    found = {(agency, name.casefold()): team for agency, name, team in known}
    new = [Team(agency_id=key[0], name=name) for key, name in named.items() if key not in found]
    db.session.add_all(new)
    db.session.flush()
    return found | {(team.agency_id, team.name.casefold()): team.id for team in new}


def _old(one: Change) -> str:
    return one.post.team if one.post else ""


def _insert(model: type[Person] | type[Membership] | type[MembershipRole], values: list[dict[str, object]]) -> None:
    if values:
        db.session.connection().execute(insert(model), values)
