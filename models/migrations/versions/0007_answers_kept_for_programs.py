"""Answers that are kept for programs which may have to ask again (idempotency keys).

Revision 0007, after 0006.

Locks: a new table and its index; nobody waits for them.
Beside the previous version: it knows nothing of the table.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "promised_answer",
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("attempt", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("given_up_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name=op.f("fk_promised_answer_token_id")
        ),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_promised_answer")),
    )
    with op.batch_alter_table("promised_answer", schema=None) as batch_op:
        batch_op.create_index("ix_promised_answer_expires", ["expires_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("promised_answer", schema=None) as batch_op:
        batch_op.drop_index("ix_promised_answer_expires")
    op.drop_table("promised_answer")
