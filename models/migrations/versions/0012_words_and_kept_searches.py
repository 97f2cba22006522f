"""The words of directives, which a search looks through, and the searches that officers keep.

Revision 0012, after 0011.

Locks: two new tables, which nobody sees yet. The words of every directive are written into the
first one here: some 1,500 directives a second. On PostgreSQL nobody waits for that; only then does
the foreign key take SHARE ROW EXCLUSIVE on `directive`, for the instant in which it is checked. On
SQLite others wait for the file meanwhile; stop the office's processes first where it holds more
than 20,000 directives.
Beside the previous version: it knows nothing of the tables. Directives that it changes are found by
their old words until `reconcile` has looked, which is every few minutes.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime
from models.search import words_of

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_AT_ONCE = 500
_DIRECTIVE = sa.table(
    "directive",
    *(sa.column(one) for one in ("number_text", "symbol", "doc_type", "subject", "revision")),
    sa.column("id", sa.Uuid()),
)
_REVISION = sa.table(
    "revision", sa.column("directive_id", sa.Uuid()), sa.column("ordinal"),
    sa.column("content", sa.JSON()),
)  # fmt: skip
_WORDS = sa.table(
    "directive_words", sa.column("directive_id", sa.Uuid()), sa.column("revision"),
    sa.column("number_text"), sa.column("words"),
)  # fmt: skip


def upgrade() -> None:
    bind = op.get_bind()
    is_postgresql = bind.dialect.name == "postgresql"
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if is_postgresql:
        op.execute("SET LOCAL lock_timeout = '5s'")
    name = op.f("fk_directive_words_directive_id")
    key = sa.ForeignKeyConstraint(["directive_id"], ["directive.id"], name, ondelete="CASCADE")
    op.create_table(
        "directive_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("directive_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number_text", sa.String(length=80), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directive_words")),
        sa.UniqueConstraint("directive_id", name=op.f("uq_directive_words_directive_id")),
        *(() if is_postgresql else (key,)),
    )
    _index(is_postgresql=is_postgresql)
    _fill(bind)
    if is_postgresql:
        op.create_foreign_key(
            name, "directive_words", "directive", ["directive_id"], ["id"], ondelete="CASCADE"
        )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_saved_view_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("officer_id", "name", name=op.f("uq_saved_view_officer_id_name")),
    )


def _index(*, is_postgresql: bool) -> None:
    if is_postgresql:
        op.execute(
            "ALTER TABLE directive_words ADD COLUMN vector tsvector "
            "GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED"
        )
        op.execute("CREATE INDEX ix_directive_words_vector ON directive_words USING gin (vector)")
        return
    op.execute(
        "CREATE VIRTUAL TABLE directive_words_index USING fts5("
        "words, content='directive_words', content_rowid='id', tokenize='ascii')"
    )
    gone = (
        "INSERT INTO directive_words_index (directive_words_index, rowid, words) "
        "VALUES ('delete', old.id, old.words)"
    )
    come = "INSERT INTO directive_words_index (rowid, words) VALUES (new.id, new.words)"
    for when, what in (
        ("insert", come),
        ("delete", gone),
        ("update", f"{gone}; {come}"),
    ):
        op.execute(
            f"CREATE TRIGGER directive_words_{when} AFTER {when.upper()} ON directive_words "
            f"BEGIN {what}; END"
        )


def _fill(bind: sa.Connection) -> None:
    known = bind.execute(
        sa.select(_DIRECTIVE, _REVISION.c.content)
        .join(
            _REVISION,
            sa.and_(
                _REVISION.c.directive_id == _DIRECTIVE.c.id,
                _REVISION.c.ordinal == _DIRECTIVE.c.revision,
            ),
        )
        .order_by(_DIRECTIVE.c.id)
    )
    for some in known.partitions(_AT_ONCE):
        bind.execute(sa.insert(_WORDS), [_row(one) for one in some])


def _row(one: Any) -> dict[str, object]:  # noqa: ANN401 (a row)
    head = (one.number_text, one.symbol, one.doc_type, one.subject)
    return {
        "directive_id": one.id,
        "revision": one.revision,
        "number_text": one.number_text,
        "words": words_of(head, one.content),
    }


def downgrade() -> None:
    op.drop_table("saved_view")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE directive_words_index")
    op.drop_table("directive_words")
