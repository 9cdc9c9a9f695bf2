"""The worker's part: taking a proposal, having the engine work it out, and writing down the best so far meanwhile."""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import or_, select, update

from lms.cohorts.engine.plan import AllocationPlan, Status
from lms.cohorts.engine.problem import Allocation
from lms.core import clock
from lms.core.db import db, writing
from lms.planning import building, queries
from lms.planning.bending import bent
from lms.planning.models import Proposal
from lms.planning.states import AT_WORK, ProposalState

SECONDS = 60
LEASE = timedelta(minutes=3)  # longer than the safety stop, so a lease that ran out means a worker that died
LOOK_EVERY = 1.0

log = structlog.get_logger()


def work_waiting() -> int:
    """Work out every proposal that waits, or whose worker has gone. Returns how many."""
    number = 0
    while (proposal_id := queries.to_work_on()) is not None:
        db.session.rollback()
        number += work(proposal_id)
    db.session.rollback()
    return number


def work(proposal_id: UUID) -> bool:
    """Work out one proposal, unless another worker has it; says whether this one did."""
    if not _claim(proposal_id):
        return False
    run = _Run(proposal_id)
    try:
        problem, seed = run.load()
        plan = _solve(problem, seed, run)
    except Exception:  # whatever the engine met, the trainer is told and can start again
        log.exception("solving failed", proposal=str(proposal_id))
        run.end(ProposalState.FAILED, None)
        return True
    if plan.status is Status.INFEASIBLE:
        run.end(ProposalState.INFEASIBLE, plan)
    else:
        run.end(ProposalState.STOPPED if run.stopped else ProposalState.DONE, plan)
    return True


def _solve(problem: Allocation, seed: int, run: "_Run") -> AllocationPlan:
    engine = import_module("lms.cohorts.engine.allocation")  # loads the solver, which no page needs
    plan: AllocationPlan = engine.solve(problem, seed, seconds=SECONDS, progress=run.told, stop=run.asked_to_stop)
    return plan


def _claim(proposal_id: UUID) -> bool:
    """Take the proposal for as long as the lease, in a short transaction."""
    now = clock.now()
    free = or_(Proposal.lease_until.is_(None), Proposal.lease_until < now)
    with writing() as session:
        taken = session.execute(
            update(Proposal)
            .where(Proposal.id == proposal_id, Proposal.state.in_(AT_WORK), free)
            .values(state=ProposalState.RUNNING.value, lease_until=now + LEASE, stage="Working out the plan")
            .execution_options(synchronize_session=False)
        )
        return bool(taken.rowcount)  # type: ignore[attr-defined]


class _Run:
    """One go: reads in one transaction, writes each report in another, and is never in one while the engine works."""

    def __init__(self, proposal_id: UUID, now: Callable[[], float] = time.monotonic) -> None:
        self.proposal_id = proposal_id
        self.stopped = False
        self._now = now
        self._looked = now()

    def load(self) -> tuple[Allocation, int]:
        """The problem as the rows are now; what was booked is noted, so that publishing can compare."""
        with writing() as session:
            proposal = session.get_one(Proposal, self.proposal_id, populate_existing=True)
            programme = queries.lock(proposal.programme_id)
            loaded = building.load(programme)
            proposal.booked = loaded.booked
            return bent(loaded.problem, queries.set_aside(programme)), proposal.seed

    def told(self, progress: Any) -> None:
        """Write down the best plan so far, and what is being done."""
        self._write(
            stage=str(progress.stage)[:80],
            plan=_stored(progress.plan),
            assignment=dict(progress.plan.assignment),
        )

    def asked_to_stop(self) -> bool:
        """Whether somebody pressed stop; asked of the database once a second at most."""
        if not self.stopped and self._now() - self._looked >= LOOK_EVERY:
            self._looked = self._now()
            asked = db.session.scalar(select(Proposal.stop_asked).where(Proposal.id == self.proposal_id))
            db.session.rollback()
            self.stopped = bool(asked)
        return self.stopped

    def end(self, state: ProposalState, plan: AllocationPlan | None) -> None:
        """Write down how it ended."""
        values: dict[str, Any] = {"state": state.value, "lease_until": None, "ended_at": clock.now(), "stage": ""}
        if plan is not None:
            values |= {"plan": _stored(plan), "assignment": dict(plan.assignment)}
        self._write(**values)

    def _write(self, **values: Any) -> None:
        with writing() as session:
            session.execute(
                update(Proposal)
                .where(Proposal.id == self.proposal_id, Proposal.state == ProposalState.RUNNING)
                .values(**values)
                .execution_options(synchronize_session=False)
            )


def _stored(plan: AllocationPlan) -> dict[str, Any]:
    """The plan as JSON, in the words of the file format; the assignment has a column of its own."""
    found = asdict(plan)
    found["status"] = plan.status.value
    found.pop("assignment")
    return found
