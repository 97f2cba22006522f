"""Which version its drafter took back from review.

Revision 0022, after 0021.

Locks: a column without a default; nothing is written.
Beside the previous version: it knows nothing of the column, and says of a draft that was taken back
that it was returned.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("directive", sa.Column("taken_back_revision", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("directive", "taken_back_revision")
