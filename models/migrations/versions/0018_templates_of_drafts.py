"""Templates of drafts that an office keeps.

Revision 0018, after 0017.

Locks: a new table and its index; nobody waits for them.
Beside the previous version: it knows nothing of the table.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_OFFERED = "withdrawn_at is null"


def upgrade() -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "draft_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("doc_type", sa.String(length=60), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["officer.id"], name=op.f("fk_draft_template_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"],
            name=op.f("fk_draft_template_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_template")),
    )  # fmt: skip
    op.create_index(
        "uq_draft_template_name", "draft_template", ["organisation_id", "name"], unique=True,
        sqlite_where=sa.text(_OFFERED), postgresql_where=sa.text(_OFFERED),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("uq_draft_template_name", "draft_template")
    op.drop_table("draft_template")
