"""Indexes by which pages find their rows however many there are.

Revision 0015, after 0013.

Locks: each index is built while its table is open for reading; writers wait meanwhile, some seconds
for a million rows.
Beside the previous version: it uses them or not, nothing else changes.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_INDEXES = (
    ("ix_directive_issued", "directive", ("organisation_id", "issued_at", "id"),
     "issued_at is not null"),
    ("ix_directive_followed", "directive", ("organisation_id", "issued_at", "id"),
     "issued_at is not null and closed_at is null"),
    ("ix_obligation_owed", "obligation", ("due", "id"),
     "state in ('extension_requested', 'open', 'returned')"),
    ("ix_consignment_posted", "consignment", ("sent_at", "id"),
     "channel = 'paper' and sent_at is not null"),
    ("ix_incoming_document_newest", "incoming_document", ("arrived_at", "id"), None),
    ("ix_incoming_assignment_at_hand", "incoming_assignment",
     ("officer_id", "organisation_id", "document_id"), "state in ('open', 'working')"),
)  # fmt: skip


def upgrade() -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    for name, table, columns, condition in _INDEXES:
        where = sa.text(condition) if condition else None
        op.create_index(
            op.f(name), table, list(columns), sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    for name, table, _, _ in _INDEXES:
        op.drop_index(op.f(name), table)
