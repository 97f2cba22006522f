"""Working copies of drafts, kept while somebody types.

Revision 0010, after 0009.

Locks: one new table, which nobody sees yet; its foreign keys take SHARE ROW EXCLUSIVE on `officer`,
`organisation` and `directive` for an instant.
Beside the previous version: it knows nothing of the table and loses nothing by it.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "working_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("directive_id", sa.Uuid(), nullable=True),
        sa.Column("base_revision", sa.Integer(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=True),
        sa.Column("source_name", sa.String(length=200), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("window", sa.String(length=64), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["directive_id"], ["directive.id"], name=op.f("fk_working_draft_directive_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_working_draft_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_working_draft_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_draft")),
        sa.UniqueConstraint(
            "officer_id", "directive_id", name=op.f("uq_working_draft_officer_id_directive_id")
        ),
    )
    with op.batch_alter_table("working_draft", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_working_draft_directive_id"), ["directive_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_working_draft_officer_id"), ["officer_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("working_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_working_draft_officer_id"))
        batch_op.drop_index(batch_op.f("ix_working_draft_directive_id"))

    op.drop_table("working_draft")
