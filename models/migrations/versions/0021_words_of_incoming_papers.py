"""The words by which incoming papers are found, all of them and not the newest alone.

Revision 0021, after 0020.

Locks: the column has a default that is stored once; rows are filled a thousand at a time, in the
migration's own transaction. Writers of papers wait meanwhile: about four seconds for 50,000.
Beside the previous version: it knows nothing of the column; what it writes is found after the next
change of that paper.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.search import folded_words

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_AT_ONCE = 1000
_PAPER = sa.table(
    "incoming_document",
    *(
        sa.column(name)
        for name in (
            "id", "number", "number_symbol", "sender_name", "doc_type", "subject", "signatory",
            "words",
        )
    ),
)  # fmt: skip


def upgrade() -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "incoming_document",
        sa.Column("words", sa.Text(), server_default=sa.text("''"), nullable=False),
    )
    written = sa.update(_PAPER).where(_PAPER.c.id == sa.bindparam("of")).values(
        words=sa.bindparam("said")
    )  # fmt: skip
    rows = bind.execute(sa.select(_PAPER)).all()
    for first in range(0, len(rows), _AT_ONCE):
        bind.execute(
            written,
            [{"of": row.id, "said": _words(row)} for row in rows[first : first + _AT_ONCE]],
        )


def downgrade() -> None:
    op.drop_column("incoming_document", "words")


def _words(row: sa.Row[tuple[object, ...]]) -> str:
    said = (
        str(row.number or ""), row.number_symbol, row.sender_name, row.doc_type, row.subject,
        row.signatory,
    )  # fmt: skip
    return " ".join(word for one in said for word in folded_words(one or ""))
