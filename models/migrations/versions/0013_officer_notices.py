"""What officers are told on the page and by mail, and how they want to be told.

Revision 0013, after 0012.

Locks: new tables and their indexes; nobody waits for them.
Beside the previous version: it knows nothing of the tables, and tells nobody; what its deeds moved
is brought in line by the next deed of this version.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "notice_choice",
        sa.Column("officer_id", sa.String(length=80), nullable=False),
        sa.Column("mail", sa.String(length=10), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_notice_choice_officer_id")
        ),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "officer_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.String(length=80), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("own", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("read_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("over_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_officer_notice_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_notice")),
        sa.UniqueConstraint(
            "officer_id", "origin", name=op.f("uq_officer_notice_officer_id_origin")
        ),
    )
    with op.batch_alter_table("officer_notice", schema=None) as batch_op:
        batch_op.create_index("ix_officer_notice_listed", ["officer_id", "at", "id"], unique=False)
        batch_op.create_index(
            "ix_officer_notice_new",
            ["officer_id", "mailed_at"],
            unique=False,
            sqlite_where=sa.text("read_at is null and over_at is null and not own"),
            postgresql_where=sa.text("read_at is null and over_at is null and not own"),
        )
        batch_op.create_index(
            "uq_officer_notice_standing",
            ["about", "subject_id", "officer_id", "kind"],
            unique=True,
            sqlite_where=sa.text("waits and over_at is null"),
            postgresql_where=sa.text("waits and over_at is null"),
        )


def downgrade() -> None:
    with op.batch_alter_table("officer_notice", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_officer_notice_standing",
            sqlite_where=sa.text("waits and over_at is null"),
            postgresql_where=sa.text("waits and over_at is null"),
        )
        batch_op.drop_index(
            "ix_officer_notice_new",
            sqlite_where=sa.text("read_at is null and over_at is null and not own"),
            postgresql_where=sa.text("read_at is null and over_at is null and not own"),
        )
        batch_op.drop_index("ix_officer_notice_listed")

    op.drop_table("officer_notice")
    op.drop_table("notice_choice")
