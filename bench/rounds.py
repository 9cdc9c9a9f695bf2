"""Running work on the product and on the floor in turn (A B A B …), and what the rounds come to."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.load import Call, Load, Measured
from bench.servers import Server
from bench.work import Work

WARM_UP = 0.25


@dataclass(frozen=True)
class Plan:
    """How often each server takes its turn at a kind of work, and for how many seconds."""

    rounds: int
    seconds: float


@dataclass(frozen=True)
class Round:
    """One run on one server: what the load saw, and milliseconds of processor time the server used for an answer."""

    measured: Measured
    cpu: float


@dataclass
class Side:
    """All rounds on one server."""

    rounds: list[Round] = field(default_factory=list)

    def middle(self, of: Callable[[Round], float]) -> float:
        """The median over the rounds."""
        return median(map(of, self.rounds))

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return self.middle(lambda each: each.measured.rate)

    @property
    def cpu(self) -> float:
        """Milliseconds of processor time for an answer; 0 where the system does not tell."""
        return self.middle(lambda each: each.cpu)

    def percentile(self, percent: int) -> float:
        """Milliseconds within which this part of the answers came."""
        return self.middle(lambda each: each.measured.percentile(percent))


@dataclass(frozen=True)
class Compared:
    """What one kind of work came to on both servers."""

    name: str
    product: Side
    floor: Side

    @property
    def ratio(self) -> float:
        """The product's requests a second as a part of the floor's: the median of the rounds, each against the run
        beside it, since a machine's speed drifts.
        """
        pairs = zip(self.product.rounds, self.floor.rounds, strict=True)
        return median(ours.measured.rate / theirs.measured.rate for ours, theirs in pairs)

    @property
    def load_share(self) -> float:
        """The largest part of its core that the load itself used: near 1 it would be measuring itself."""
        return max(each.measured.own_share for side in (self.product, self.floor) for each in side.rounds)


def compare(work: Work, servers: tuple[Server, Server], plan: Plan, rate: float | None = None) -> Compared:
    """Warm both up, then let product and floor work in turn. With a rate, requests come so often and no more.

    Raises WrongAnswer.
    """
    compared = Compared(f"{work.name}, {rate:.0f} a second" if rate else work.name, Side(), Side())
    both = tuple(zip(servers, (work.product, work.floor), (compared.product, compared.floor), strict=True))
    for server, calls, _ in both:
        _run(server, calls, plan.seconds * WARM_UP, None)
    for _ in range(plan.rounds):
        for server, calls, side in both:
            side.rounds.append(_run(server, calls, plan.seconds, rate))
    return compared


def _run(server: Server, calls: Sequence[Iterator[Call]], seconds: float, rate: float | None) -> Round:
    used = server.cpu
    measured = Load(server.port, calls, seconds, rate).run()
    return Round(measured, 1000 * (server.cpu - used) / max(1, len(measured.latencies)))
