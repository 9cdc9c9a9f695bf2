"""The states of a nomination and of a proposal, and the words people read."""

from enum import StrEnum


class NominationState(StrEnum):
    """How far a nomination is. `asked` waits for a manager; only `approved` is planned with."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ProposalState(StrEnum):
    """How far a proposal is. `stopped` has the best plan there was when somebody stopped it."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    INFEASIBLE = "infeasible"
    FAILED = "failed"
    PUBLISHED = "published"


class HoldKind(StrEnum):
    """What a trainer decided for one person: to be on one date, or on none."""

    PIN = "pin"
    OUT = "out"


AT_WORK = (ProposalState.QUEUED, ProposalState.RUNNING)
HAS_PLAN = (ProposalState.DONE, ProposalState.STOPPED, ProposalState.PUBLISHED)
