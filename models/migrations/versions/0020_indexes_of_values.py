"""Indexes by which the kinds of directives, the years of registers and later papers are found.

Revision 0020, after 0018.

Locks: each index is built while its table is open for reading; writers wait meanwhile, some seconds
for a million rows.
Beside the previous version: it uses them or not, nothing else changes.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0020"
down_revision: str | None = "0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_INDEXES = (
    ("ix_directive_doc_type", "directive", "doc_type"),
    ("ix_register_entry_year", "register_entry", "year"),
    ("ix_incoming_document_follows", "incoming_document", "follows_id"),
)


def upgrade() -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    for name, table, column in _INDEXES:
        op.create_index(op.f(name), table, [column])


def downgrade() -> None:
    for name, table, _ in _INDEXES:
        op.drop_index(op.f(name), table)
