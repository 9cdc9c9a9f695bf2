"""Tables nobody meets at twice, from finite fields. Pure; `starters` has the seatings that go round a circle.

Lay people out in rows as long as there are tables, a power of a prime. In round r, whoever stands in row i and column x
sits at table x + r·i, counted in the field of that size: two people of different rows then meet exactly once in as many
rounds as the field is large, and people of one row never do. Where a row divides into tables, further rounds come from
seating each row among itself.
"""

from collections.abc import Sequence
from itertools import count

Rounds = list[list[list[int]]]


def field(order: int) -> tuple[list[list[int]], list[list[int]]] | None:
    """Tables of addition and multiplication of the field of this order, or None when there is none."""
    prime = next((p for p in range(2, order + 1) if order % p == 0), order)
    power, rest = 0, order
    while rest > 1 and rest % prime == 0:
        rest //= prime
        power += 1
    if order < 2 or rest != 1:
        return None
    digits = [_digits(number, prime, power) for number in range(order)]
    add = [[_number([(x + y) % prime for x, y in zip(a, b, strict=True)], prime) for b in digits] for a in digits]
    for candidate in count(order):
        rule = _digits(candidate, prime, power + 1)
        multiply = [[_number(_product(a, b, rule, prime), prime) for b in digits] for a in digits]
        if all(sorted(row) == list(range(order)) for row in multiply[1:]):
            return add, multiply
        if candidate >= 2 * order:
            return None
    return None


def _digits(number: int, base: int, length: int) -> list[int]:
    found = []
    for _ in range(length):
        found.append(number % base)
        number //= base
    return found


def _number(digits: Sequence[int], base: int) -> int:
    return sum(digit * base**place for place, digit in enumerate(digits))


def _product(a: Sequence[int], b: Sequence[int], rule: Sequence[int], prime: int) -> list[int]:
    """The product of two polynomials, reduced by the monic polynomial `rule` of one degree more than they may have."""
    degree = len(rule) - 1
    product = [0] * (2 * degree)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            product[i + j] = (product[i + j] + x * y) % prime
    for place in range(len(product) - 1, degree - 1, -1):
        top = product[place]
        for step in range(degree + 1):
            product[place - degree + step] = (product[place - degree + step] - top * rule[step]) % prime
    return product[:degree]


def once_only(tables: int, size: int, rounds: int) -> Rounds | None:
    """So many rounds at so many tables of this size in which no two people meet twice, person 0 to tables x size - 1
    laid out row by row; None where this way does not reach.
    """
    if size < 2:
        return [[[place * size + seat for seat in range(size)] for place in range(tables)] for _ in range(rounds)]
    known = field(tables)
    if known is None or size > tables:
        return None
    add, multiply = known
    made: Rounds = []
    for turn in range(min(rounds, tables)):
        seated: list[list[int]] = [[] for _ in range(tables)]
        for row in range(size):
            for column in range(tables):
                seated[add[column][multiply[turn][row]]].append(row * tables + column)
        made.append(seated)
    if len(made) < rounds:
        inside = _within_rows(tables, size, rounds - len(made))
        if inside is None:
            return None
        made += inside
    return made


def _within_rows(tables: int, size: int, rounds: int) -> Rounds | None:
    """Rounds in which each row sits among itself: people of a row have not met in the rounds before."""
    if tables % size:
        return None
    groups = tables // size
    once = [[[place * size + seat for seat in range(size)] for place in range(groups)]]
    smaller = once if rounds == 1 else once_only(groups, size, rounds)
    if smaller is None:
        return None
    return [[[row * tables + person for person in table] for row in range(size) for table in one] for one in smaller]
