"""Signing in every way: kinds of keys, agents, batches, other papers, judgements, set-up.

Revision 0002, after 0001.

Locks: new tables, which nobody sees yet. On `office` and `registered_certificate` (a few rows)
columns with constant defaults: ACCESS EXCLUSIVE for an instant, no rewrite. On `signature` the
same, then a check and two foreign keys, which read the table once under SHARE ROW EXCLUSIVE and
ACCESS EXCLUSIVE: less than a second for a million rows. The new unique index covers no row yet,
as none names a paper, but reads the table once.
Beside the previous version: it writes none of the new columns, and each has its default.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "setup_step",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("checked_at", UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setup_step")),
    )
    op.create_table(
        "agent_device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=True),
        sa.Column("code_expires_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("token_sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("paired_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_agent_device_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_device")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_agent_device_code_sha256")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_agent_device_token_sha256")),
    )
    with op.batch_alter_table("agent_device", schema=None) as batch_op:
        batch_op.create_index("ix_agent_device_officer", ["officer_id"], unique=False)

    op.create_table(
        "signing_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("certificate", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate"],
            ["registered_certificate.fingerprint"],
            name=op.f("fk_signing_batch_certificate"),
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_signing_batch_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_batch")),
    )
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("directive_id", sa.Uuid(), nullable=False),
        sa.Column("seen_sha256", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["signing_batch.id"], name=op.f("fk_batch_item_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["directive_id"], ["directive.id"], name=op.f("fk_batch_item_directive_id")
        ),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_batch_item")),
    )
    op.create_table(
        "paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("directive_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("copy_form", sa.String(length=20), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("prepared_sha256", sa.String(length=64), nullable=True),
        sa.Column("signed_sha256", sa.String(length=64), nullable=True),
        sa.Column("verification", sa.JSON(), nullable=True),
        sa.Column("officer_id", sa.String(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("signed_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["directive_id"], ["directive.id"], name=op.f("fk_paper_directive_id")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_paper_officer_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_paper_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.create_index("ix_paper_directive", ["directive_id"], unique=False)

    op.create_table(
        "judgement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("directive_id", sa.Uuid(), nullable=True),
        sa.Column("paper_id", sa.Uuid(), nullable=True),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("renew_by", sa.Date(), nullable=True),
        sa.Column("turned_from", sa.String(length=20), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["directive_id"], ["directive.id"], name=op.f("fk_judgement_directive_id")
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_judgement_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.create_index("ix_judgement_sha256", ["sha256", "at"], unique=False)

    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "number_after_signing", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )
        batch_op.add_column(
            sa.Column("number_by_machine", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column(
                "go_on_without_timestamp", sa.Boolean(), nullable=False, server_default=sa.false()
            )
        )

    with op.batch_alter_table("taken_number", schema=None) as batch_op:
        batch_op.alter_column("officer_id", existing_type=sa.String(length=80), nullable=True)

    with op.batch_alter_table("registered_certificate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key_settings", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("mechanism", sa.String(length=30), nullable=True))
        batch_op.add_column(
            sa.Column("trial", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("end_reason", sa.Text(), nullable=True))

    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paper_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("method", sa.String(length=20), nullable=False, server_default="pkcs12")
        )
        batch_op.add_column(sa.Column("batch_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column("without_timestamp", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.alter_column("directive_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.create_check_constraint(
            batch_op.f("ck_signature_one_subject"), "(directive_id is null) <> (paper_id is null)"
        )
        batch_op.create_index(
            "uq_signature_living_paper",
            ["paper_id", "kind"],
            unique=True,
            sqlite_where=sa.text("state != 'abandoned'"),
            postgresql_where=sa.text("state != 'abandoned'"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_signature_paper_id"), "paper", ["paper_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_signature_batch_id"), "signing_batch", ["batch_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_signature_one_subject"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_signature_batch_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_signature_paper_id"), type_="foreignkey")
        batch_op.drop_index(
            "uq_signature_living_paper",
            sqlite_where=sa.text("state != 'abandoned'"),
            postgresql_where=sa.text("state != 'abandoned'"),
        )
        batch_op.alter_column("directive_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("without_timestamp")
        batch_op.drop_column("batch_id")
        batch_op.drop_column("method")
        batch_op.drop_column("paper_id")

    with op.batch_alter_table("registered_certificate", schema=None) as batch_op:
        batch_op.drop_column("end_reason")
        batch_op.drop_column("trial")
        batch_op.drop_column("mechanism")
        batch_op.drop_column("key_settings")

    with op.batch_alter_table("taken_number", schema=None) as batch_op:
        batch_op.alter_column("officer_id", existing_type=sa.String(length=80), nullable=False)

    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.drop_column("go_on_without_timestamp")
        batch_op.drop_column("number_by_machine")
        batch_op.drop_column("number_after_signing")

    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.drop_index("ix_judgement_sha256")

    op.drop_table("judgement")
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.drop_index("ix_paper_directive")

    op.drop_table("paper")
    op.drop_table("batch_item")
    op.drop_table("signing_batch")
    with op.batch_alter_table("agent_device", schema=None) as batch_op:
        batch_op.drop_index("ix_agent_device_officer")

    op.drop_table("agent_device")
    op.drop_table("setup_step")
