"""A row in every table that speaks of one person, with a canary in each text: made from the database's own tables."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Date, Integer, LargeBinary, String, Table, Uuid, insert

from lms.core import clock
from lms.core.db import Base, Moment, db
from lms.core.ids import new_id
from lms.rights.register import REGISTER, Held

SHORTEST = 8  # letters; a column with fewer holds no canary
BIRD = "zq{0}{1:03d}x"
# What the database's own rules ask: a team's cover is a number or a share, a certificate of a module or a programme.
LEFT_OUT = {("team_covers", "share"), ("certificates", "programme")}
# Words that are read as one of a few.
REAL = {("standing_spans", "status"): "current", ("standing_spans", "state"): "current", ("standing_spans", "by"): ""}


@dataclass
class Aviary:
    """What was put where, for one letter; `whose` is whom the rows speak of, `other` who did what nobody else did."""

    letter: str
    whose: UUID
    other: UUID
    birds: dict[tuple[str, str], str] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def fill(self, without: tuple[str, ...] = ()) -> "Aviary":
        for table in Base.metadata.sorted_tables:
            if table.name not in (*without, "people", "audit_chains"):
                row = {one.name: value for one in table.c if (value := self._value(table, one)) is not None}
                db.session.connection().execute(insert(table).values(row))
                self.rows[table.name] = row
        return self

    def _value(self, table: Table, column: Any) -> Any:
        held, kind = REGISTER[table.name], column.type
        if (table.name, column.name) in LEFT_OUT or (table.name, column.name) in REAL:
            return REAL.get((table.name, column.name))
        if column.name in held.whose:
            return self.other if (table.name, column.name) == ("keep_apart_pairs", "other_id") else self.whose
        if column.foreign_keys:
            return self._reference(held, table, column)
        if isinstance(kind, Date):
            return date.max if column.name in ("last_day", "ends_on", "until") else clock.today()
        if isinstance(kind, Integer):
            return None if column.primary_key and column.autoincrement is True else ord(self.letter) - ord("`")
        made = {Uuid: new_id, Moment: clock.now, Boolean: bool}.get(type(kind))
        return made() if made else self._bird(table, column, kind)

    def _reference(self, held: Held, table: Table, column: Any) -> Any:
        [key] = column.foreign_keys
        parent = key.column.table.name
        if parent == "people":
            return self.whose if not held.is_about_people else self.other
        if parent == table.name:
            return None
        return self.rows[parent][key.column.name]

    def _bird(self, table: Table, column: Any, kind: Any) -> Any:
        bird = BIRD.format(self.letter, len(self.birds))
        if isinstance(kind, String) and (kind.length or 100) < SHORTEST:
            return self.letter
        self.birds[table.name, column.name] = bird
        if isinstance(kind, JSON):
            return {"said": [bird]}
        return bird.encode() if isinstance(kind, LargeBinary) else bird

    def expected(self, *, secret: bool = False) -> set[str]:
        """Canaries that must come back, or those that never may."""
        return {
            bird
            for (table, column), bird in self.birds.items()
            if (REGISTER[table].is_about_people or column in REGISTER[table].words)
            and (column in (*REGISTER[table].secret, *REGISTER[table].others)) == secret
        }
