"""The search index in the database: SQLite's FTS5 or PostgreSQL's full text, filled from the library.

It is only ever a quicker way to the same answer: when it does not hold the content that was loaded, or cannot be asked,
everything is looked through instead.
"""

from collections.abc import Iterable, Iterator, Mapping

import structlog
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import DBAPIError

from lms.catalogue import shelf
from lms.catalogue.models import IndexedContent
from lms.catalogue.search import Entry, Hit, best_first, entries, fingerprint
from lms.catalogue.wanted import Sought, Wanted, wanted
from lms.core.db import db, writing

TITLE_WEIGHS = 5

SQLITE_FIND = f"""
WITH found AS MATERIALIZED (
  SELECT key, bm25(search_entries, 0, {TITLE_WEIGHS}, 1) AS score FROM search_entries
  WHERE search_entries MATCH :query)
SELECT found.key, found.score FROM indexed_content LEFT JOIN found ON 1 = 1 WHERE fingerprint = :fingerprint
"""  # noqa: S608 - a number of ours
POSTGRES_FIND = """
WITH found AS MATERIALIZED (
  SELECT key, -ts_rank(words, CAST(:query AS tsquery)) AS score FROM search_entries
  WHERE words @@ CAST(:query AS tsquery))
SELECT found.key, found.score FROM indexed_content LEFT JOIN found ON 1 = 1 WHERE fingerprint = :fingerprint
"""
SQLITE_FILL = "INSERT INTO search_entries (key, title, body) VALUES (:key, :title, :body)"
POSTGRES_FILL = "INSERT INTO search_entries (key, words) VALUES (:key, CAST(:words AS tsvector))"


def refresh() -> bool:
    """Fill the index with the content that was loaded, unless it holds it already. Whether it was filled anew."""
    loaded = shelf.derived(fingerprint)
    with writing() as session:
        sqlite = _is_sqlite()
        if not sqlite:  # two processes that start at once take turns, as SQLite's write lock has them do
            session.execute(text("LOCK TABLE search_entries IN EXCLUSIVE MODE"))
        if session.scalars(select(IndexedContent.fingerprint)).all() == [loaded]:
            return False
        session.execute(text("DELETE FROM search_entries"))
        session.execute(delete(IndexedContent))
        rows = list((_sqlite_rows if sqlite else _postgres_rows)(shelf.derived(entries).values()))
        if rows:
            session.execute(text(SQLITE_FILL if sqlite else POSTGRES_FILL), rows)
        session.execute(insert(IndexedContent).values(fingerprint=loaded))
    return True


def search(typed: str) -> list[Hit]:
    """All content that contains what was typed, best first."""
    looked_for, known = wanted(typed), shelf.derived(entries)
    if not looked_for:
        return []
    scores = _scores(looked_for)
    candidates = known.values() if scores is None else [entry for key, entry in known.items() if key in scores]
    return best_first(candidates, looked_for, scores)


def _scores(looked_for: Wanted) -> Mapping[str, float] | None:
    """What the index finds, by key, with how well it fits, lower first; None when the index cannot answer."""
    sqlite = _is_sqlite()
    query = " AND ".join(map(_fts5, looked_for.parts)) if sqlite else " & ".join(map(_tsquery, looked_for.parts))
    asked = {"query": query, "fingerprint": shelf.derived(fingerprint)}
    try:
        rows = db.session.execute(text(SQLITE_FIND if sqlite else POSTGRES_FIND), asked).all()
    except DBAPIError as fault:
        db.session.rollback()
        structlog.get_logger().warning("search index cannot be asked", reason=str(fault.orig))
        return None
    return {key: score for key, score in rows if key is not None} if rows else None


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _fts5(part: Sought) -> str:
    """Words side by side, as FTS5 asks for them; they hold nothing but letters and digits."""
    return f'"{" ".join(part.words)}"{"" if part.is_whole else "*"}'


def _tsquery(part: Sought) -> str:
    """The same as PostgreSQL asks for it."""
    side_by_side = "' <-> '".join(part.words)
    return f"('{side_by_side}'{'' if part.is_whole else ':*'})"


def _sqlite_rows(known: Iterable[Entry]) -> Iterator[dict[str, str]]:
    for entry in known:
        yield {"key": entry.key, "title": entry.title_words, "body": entry.text_words}


def _postgres_rows(known: Iterable[Entry]) -> Iterator[dict[str, str]]:
    """Each word with its place; a gap keeps the title's last word from standing beside the text's first."""
    for entry in known:
        title, body = entry.title_words.split(), entry.text_words.split()
        placed = [f"'{word}':{place}A" for place, word in enumerate(title, start=1)]
        placed += [f"'{word}':{place}" for place, word in enumerate(body, start=len(title) + 2)]
        yield {"key": entry.key, "words": " ".join(placed)}
