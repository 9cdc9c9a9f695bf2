"""What the catalogue stores: which state of the modules the search index knows.

The index itself, `search_entries`, is made by its migration in each database's own way and has no model.
"""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base


class IndexedContent(Base):
    """The one row that says which content is in the index; none before it was first filled."""

    __tablename__ = "indexed_content"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
