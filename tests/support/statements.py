"""Statements are compiled once for all engines of a run; an office has one engine, tests thousands.

What a statement compiles to depends on the kind of database alone here: all engines are made by
`models.session.make_engine`, on one version of each. A quarter of the tests' time went into it.
"""

from typing import Any, Final

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.util import LRUCache

KEPT: Final = 5_000


def share_compiled_statements() -> None:
    """Lets engines of one kind of database share what they compiled. Idempotent."""
    kept: dict[type[Dialect], LRUCache[Any, Any]] = {}
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        # The dialect is part of a compiled statement's key.
        kind.__hash__ = _hash_of_kind  # type: ignore[assignment,method-assign]
        kind.__eq__ = _same_kind  # type: ignore[assignment,method-assign]
        kept[kind] = LRUCache(KEPT)
    made = Engine.__init__

    def make(self: Engine, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 (SQLAlchemy's own)
        made(self, *arguments, **options)
        self._compiled_cache = kept.get(type(self.dialect), self._compiled_cache)

    Engine.__init__ = make  # type: ignore[method-assign]


def _hash_of_kind(self: Dialect) -> int:
    return hash(type(self))


def _same_kind(self: Dialect, other: object) -> bool:
    return type(self) is type(other)
