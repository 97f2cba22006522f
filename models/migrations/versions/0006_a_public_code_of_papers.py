"""Codes printed on papers, by which anybody asks whether a paper is real.

Revision 0006, after 0004.

Locks: a column that may be empty on `directive`, three with constant defaults on `office`: ACCESS
EXCLUSIVE for an instant, no rewrite. The unique index of the codes is built under SHARE; all are
empty, so that it takes a second for a million directives.
Beside the previous version: it prints no codes and reads none of the columns.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    with op.batch_alter_table("directive", schema=None) as batch_op:
        batch_op.add_column(sa.Column("public_code", sa.String(length=12), nullable=True))
        batch_op.create_index("uq_directive_public_code", ["public_code"], unique=True)
    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("code_printed", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.add_column(
            sa.Column("code_shows_subject", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("found_by_number", sa.Boolean(), nullable=False, server_default=sa.true())
        )


def downgrade() -> None:
    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.drop_column("found_by_number")
        batch_op.drop_column("code_shows_subject")
        batch_op.drop_column("code_printed")
    with op.batch_alter_table("directive", schema=None) as batch_op:
        batch_op.drop_index("uq_directive_public_code")
        batch_op.drop_column("public_code")
