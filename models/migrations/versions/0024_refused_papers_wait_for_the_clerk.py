"""Consignments that a unit refused are among those that go on only when somebody does something.

Revision 0024, after 0023.

Locks: writers of consignments wait while the index is built anew, a second or two for a million.
Beside the previous version: PostgreSQL uses the wider index for its narrower question; SQLite
answers it without one, which a small office does not feel.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_NAME = "ix_consignment_stuck"
_BEFORE = "state in ('bounced', 'failed', 'held', 'unknown') and rerouted_to_id is null"
_NOW = "state in ('bounced', 'failed', 'held', 'unknown', 'refused') and rerouted_to_id is null"


def upgrade() -> None:
    _build(_NOW)


def downgrade() -> None:
    _build(_BEFORE)


def _build(condition: str) -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    where = sa.text(condition)
    op.drop_index(_NAME, "consignment")
    op.create_index(
        _NAME, "consignment", ["directive_id"], sqlite_where=where, postgresql_where=where
    )
