"""The bench's figures as plain tables."""

from collections.abc import Iterable, Mapping, Sequence

from bench.inside import Cost
from bench.rounds import Compared

FIRST = 34
WIDTH = 9
HEADINGS = ("", "requests/s", "", "", "p50 ms", "", "p95 ms", "", "CPU ms", "")
SIDES = ("", "product", "floor", "ratio", *("product", "floor") * 3)


def comparison(rows: Iterable[Compared]) -> str:
    """Speed of the product beside the floor, a line for each kind of work."""
    lines = [_line(HEADINGS), _line(SIDES)]
    for row in rows:
        sides = (row.product, row.floor)
        lines.append(
            _line(
                (
                    row.name,
                    *(f"{side.rate:.0f}" for side in sides),
                    f"{row.ratio:.2f}",
                    *(f"{side.percentile(percent):.1f}" for percent in (50, 95) for side in sides),
                    *(f"{side.cpu:.1f}" if side.cpu else "?" for side in sides),
                )
            )
        )
    return "\n".join(lines)


def costs(rows: Mapping[str, Cost]) -> str:
    """What a request of the product costs at most, a line for each kind of work."""
    lines = [_line(("one request of the product, at most", "queries", "bytes", "gzipped"))]
    lines += [_line((name, str(cost.queries), f"{cost.size:,}", f"{cost.zipped:,}")) for name, cost in rows.items()]
    return "\n".join(lines)


def once(rows: Mapping[str, Sequence[float]]) -> str:
    """What is measured once: product, floor, and the one as a multiple of the other."""
    lines = [_line(("", "product", "floor", "ratio"))]
    for name, (ours, theirs) in rows.items():
        lines.append(_line((name, f"{ours:.1f}", f"{theirs:.1f}", f"{ours / theirs:.2f}" if theirs else "?")))
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return (cells[0].ljust(FIRST) + "".join(cell.rjust(WIDTH) for cell in cells[1:])).rstrip()
