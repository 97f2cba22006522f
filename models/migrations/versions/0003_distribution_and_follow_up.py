"""Distribution and follow-up: channels in order, answers, papers that come in, periods, forms.

Revision 0003, after 0002.

Locks: new tables, which nobody sees yet. On the others columns that may be empty or have constant
defaults: ACCESS EXCLUSIVE for an instant, no rewrite. The foreign keys read their tables once under
SHARE ROW EXCLUSIVE: less than a second for a million rows, as all new columns are empty. The unique
constraint of `obligation` is built anew under ACCESS EXCLUSIVE (seconds for a million rows), and so
are the indexes on `consignment` and the one of what is due in `outbox`, under SHARE.
Beside the previous version: it writes none of the new columns, and each may be empty or has its
default. It chases periodic obligations by their day like any other.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_STILL_CHASED = (
    "coalesce(state, '') in ('open', 'returned') and reports_through_id is null"
    " and due is not null and (ladder_ended is null or ladder_ended <> due)"
)


def upgrade() -> None:  # noqa: PLR0915 (one statement a table, as generated)
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "incoming_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("origin_key", sa.String(length=300), nullable=False),
        sa.Column("via", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("sender_id", sa.String(length=80), nullable=True),
        sa.Column("sender_name", sa.String(length=300), nullable=False),
        sa.Column("sender_agency_id", sa.String(length=40), nullable=True),
        sa.Column("document_code", sa.String(length=300), nullable=True),
        sa.Column("number_symbol", sa.String(length=80), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("doc_type", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("signatory", sa.String(length=200), nullable=False),
        sa.Column("urgency", sa.String(length=20), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("reply_channel", sa.String(length=20), nullable=True),
        sa.Column("reply_address", sa.String(length=300), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("state_before_recall", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("accept_note", sa.Text(), nullable=True),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("presented_to_id", sa.String(length=80), nullable=True),
        sa.Column("files_destroyed_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("arrived_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("assigned_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("done_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["incoming_message.id"], name=op.f("fk_incoming_document_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["organisation.id"], name=op.f("fk_incoming_document_sender_id")
        ),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["incoming_document.id"], name=op.f("fk_incoming_document_follows_id")
        ),
        sa.ForeignKeyConstraint(
            ["presented_to_id"], ["officer.id"], name=op.f("fk_incoming_document_presented_to_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_document")),
        sa.UniqueConstraint("origin_key", name=op.f("uq_incoming_document_origin_key")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_incoming_document_year_number")),
    )
    with op.batch_alter_table("incoming_document", schema=None) as batch_op:
        batch_op.create_index("ix_incoming_document_state", ["state", "arrived_at"], unique=False)
        batch_op.create_index("ix_incoming_document_symbol", ["number_symbol"], unique=False)

    op.create_table(
        "incoming_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("new_document_id", sa.Uuid(), nullable=True),
        sa.Column("removes_us", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("asked_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["officer.id"], name=op.f("fk_incoming_request_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["incoming_document.id"], name=op.f("fk_incoming_request_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["incoming_message.id"], name=op.f("fk_incoming_request_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["new_document_id"],
            ["incoming_document.id"],
            name=op.f("fk_incoming_request_new_document_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_request")),
    )
    with op.batch_alter_table("incoming_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_incoming_request_document_id"), ["document_id"], unique=False
        )

    op.create_table(
        "register_start",
        sa.Column("register", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(length=80), nullable=True),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_register_start_officer_id")
        ),
        sa.PrimaryKeyConstraint("register", "year", name=op.f("pk_register_start")),
    )
    op.create_table(
        "letter_template",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_by", sa.String(length=80), nullable=True),
        sa.Column("updated_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["officer.id"], name=op.f("fk_letter_template_updated_by")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_letter_template")),
    )
    op.create_table(
        "unit_channel",
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_unit_channel_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "rank", name=op.f("pk_unit_channel")),
        sa.UniqueConstraint(
            "organisation_id", "channel", name=op.f("uq_unit_channel_organisation_id_channel")
        ),
    )
    op.create_table(
        "incoming_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=True),
        sa.Column("officer_id", sa.String(length=80), nullable=True),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("assigned_by", sa.String(length=80), nullable=False),
        sa.Column("assigned_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("done_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["officer.id"], name=op.f("fk_incoming_assignment_assigned_by")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["incoming_document.id"],
            name=op.f("fk_incoming_assignment_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_incoming_assignment_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_incoming_assignment_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_assignment")),
    )
    with op.batch_alter_table("incoming_assignment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_incoming_assignment_document_id"), ["document_id"], unique=False
        )

    op.create_table(
        "amendment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("directive_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("other_directive_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("officer_id", sa.String(length=80), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["directive_id"], ["directive.id"], name=op.f("fk_amendment_directive_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_amendment_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["other_directive_id"], ["directive.id"], name=op.f("fk_amendment_other_directive_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
    )
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_amendment_directive_id"), ["directive_id"], unique=False
        )

    op.create_table(
        "report_form",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("directive_id", sa.Uuid(), nullable=False),
        sa.Column("task_ref", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["officer.id"], name=op.f("fk_report_form_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["directive_id"], ["directive.id"], name=op.f("fk_report_form_directive_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_form")),
        sa.UniqueConstraint(
            "directive_id", "task_ref", name=op.f("uq_report_form_directive_id_task_ref")
        ),
    )
    with op.batch_alter_table("report_form", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_report_form_directive_id"), ["directive_id"], unique=False
        )

    op.create_table(
        "run_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("flow", sa.String(length=60), nullable=False),
        sa.Column("directive_id", sa.Uuid(), nullable=True),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("started_by", sa.String(length=80), nullable=False),
        sa.Column("flow_run_id", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("advice", sa.Text(), nullable=True),
        sa.Column("asked_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("started_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["directive_id"], ["directive.id"], name=op.f("fk_run_record_directive_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_record")),
        sa.UniqueConstraint("flow_run_id", name=op.f("uq_run_record_flow_run_id")),
    )
    with op.batch_alter_table("run_record", schema=None) as batch_op:
        batch_op.create_index("ix_run_record_asked", ["asked_at"], unique=False)

    op.create_table(
        "unit_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.String(length=80), nullable=False),
        sa.Column("directive_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("made_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["directive_id"], ["directive.id"], name=op.f("fk_unit_link_directive_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_unit_link_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["officer.id"], name=op.f("fk_unit_link_revoked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_link")),
        sa.UniqueConstraint(
            "organisation_id",
            "directive_id",
            "purpose",
            "serial",
            name=op.f("uq_unit_link_organisation_id_directive_id_purpose_serial"),
        ),
    )
    op.create_table(
        "delivery_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consignment_id", sa.Uuid(), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("said_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("incoming_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["consignment.id"], name=op.f("fk_delivery_event_consignment_id")
        ),
        sa.ForeignKeyConstraint(
            ["incoming_id"], ["incoming_message.id"], name=op.f("fk_delivery_event_incoming_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_event")),
    )
    with op.batch_alter_table("delivery_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_event_consignment_id"), ["consignment_id"], unique=False
        )

    op.create_table(
        "incoming_reply",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("directive_id", sa.Uuid(), nullable=True),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("number_symbol", sa.String(length=80), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("officer_id", sa.String(length=80), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["directive_id"], ["directive.id"], name=op.f("fk_incoming_reply_directive_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["incoming_document.id"], name=op.f("fk_incoming_reply_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_incoming_reply_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_incoming_reply_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_reply")),
    )
    with op.batch_alter_table("incoming_reply", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_incoming_reply_document_id"), ["document_id"], unique=False
        )

    op.create_table(
        "obligation_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amendment_id", sa.Uuid(), nullable=True),
        sa.Column("officer_id", sa.String(length=80), nullable=True),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["amendment.id"], name=op.f("fk_obligation_change_amendment_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_obligation_change_obligation_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_obligation_change_officer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation_change")),
    )
    with op.batch_alter_table("obligation_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_obligation_change_obligation_id"), ["obligation_id"], unique=False
        )

    with op.batch_alter_table("consignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rerouted_to_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("send_by", UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("warned_at", UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("tracking", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("state_before_recall", sa.String(length=20), nullable=True))
        batch_op.create_index("ix_consignment_organisation", ["organisation_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_consignment_rerouted_to_id"), "consignment", ["rerouted_to_id"], ["id"]
        )
    op.create_index(
        "ix_consignment_send_by",
        "consignment",
        ["send_by"],
        unique=False,
        sqlite_where=sa.text("sent_at is null and warned_at is null"),
        postgresql_where=sa.text("sent_at is null and warned_at is null"),
    )

    op.add_column(
        "outbox", sa.Column("priority", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.drop_index("ix_outbox_due", table_name="outbox")
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["kind", "priority", "next_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )

    with op.batch_alter_table("consolidation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "period_key", sa.String(length=20), server_default=sa.text("''"), nullable=False
            )
        )
        batch_op.add_column(sa.Column("draft_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_consolidation_draft_id"), "directive", ["draft_id"], ["id"]
        )

    with op.batch_alter_table("directive_task", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("schedule", sa.JSON(), server_default=sa.text("'{}'"), nullable=False)
        )
        batch_op.add_column(sa.Column("reports_through", sa.String(length=80), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_directive_task_reports_through"),
            "organisation",
            ["reports_through"],
            ["id"],
        )

    with op.batch_alter_table("incoming_message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("channel", sa.String(length=20), server_default="smtp", nullable=False)
        )

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("channel", sa.String(length=20), server_default="smtp", nullable=False)
        )
        batch_op.add_column(
            sa.Column("payload", sa.JSON(), server_default=sa.text("'{}'"), nullable=False)
        )

    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "period_key", sa.String(length=20), server_default=sa.text("''"), nullable=False
            )
        )
        batch_op.add_column(sa.Column("period_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("period_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("reports_through_id", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("ladder_ended", sa.Date(), nullable=True))
        batch_op.drop_constraint(
            batch_op.f("uq_obligation_directive_id_task_ref_organisation_id"), type_="unique"
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_obligation_directive_id_task_ref_organisation_id_period_key"),
            ["directive_id", "task_ref", "organisation_id", "period_key"],
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_obligation_reports_through_id"),
            "organisation",
            ["reports_through_id"],
            ["id"],
        )
        batch_op.create_index(
            "ix_obligation_chased",
            ["due", "organisation_id"],
            unique=False,
            sqlite_where=sa.text(_STILL_CHASED),
            postgresql_where=sa.text(_STILL_CHASED),
        )

    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("quiet_from", sa.String(length=5), server_default="20:00", nullable=False)
        )
        batch_op.add_column(
            sa.Column("quiet_to", sa.String(length=5), server_default="06:30", nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "unknown_policy", sa.String(length=10), server_default="resend", nullable=False
            )
        )
        batch_op.add_column(
            sa.Column("warn_before_h", sa.Integer(), server_default=sa.text("2"), nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "refuse_broken_arrivals",
                sa.Boolean(),
                server_default=sa.false(),
                nullable=False,
            )
        )

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(length=300), nullable=True))

    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("incoming_document_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("on_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("imported_from", sa.String(length=300), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_register_entry_incoming_document_id"), ["incoming_document_id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_register_entry_incoming_document_id"),
            "incoming_document",
            ["incoming_document_id"],
            ["id"],
        )

    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
        )
        batch_op.add_column(
            sa.Column(
                "period_key", sa.String(length=20), server_default=sa.text("''"), nullable=False
            )
        )
        batch_op.add_column(
            sa.Column(
                "number_symbol", sa.String(length=80), server_default=sa.text("''"), nullable=False
            )
        )
        batch_op.add_column(
            sa.Column("figures", sa.JSON(), server_default=sa.text("'{}'"), nullable=False)
        )
        batch_op.add_column(
            sa.Column("attachments", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
        )
        batch_op.add_column(sa.Column("new_due", sa.Date(), nullable=True))


def downgrade() -> None:  # noqa: PLR0915 (one statement a table, as generated)
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_column("new_due")
        batch_op.drop_column("attachments")
        batch_op.drop_column("figures")
        batch_op.drop_column("number_symbol")
        batch_op.drop_column("period_key")
        batch_op.drop_column("version")

    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_register_entry_incoming_document_id"), type_="foreignkey"
        )
        batch_op.drop_constraint(
            batch_op.f("uq_register_entry_incoming_document_id"), type_="unique"
        )
        batch_op.drop_column("imported_from")
        batch_op.drop_column("on_day")
        batch_op.drop_column("incoming_document_id")

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_column("email")

    with op.batch_alter_table("office", schema=None) as batch_op:
        batch_op.drop_column("refuse_broken_arrivals")
        batch_op.drop_column("warn_before_h")
        batch_op.drop_column("unknown_policy")
        batch_op.drop_column("quiet_to")
        batch_op.drop_column("quiet_from")

    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_obligation_chased",
            sqlite_where=sa.text(_STILL_CHASED),
            postgresql_where=sa.text(_STILL_CHASED),
        )
        batch_op.drop_constraint(batch_op.f("fk_obligation_reports_through_id"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("uq_obligation_directive_id_task_ref_organisation_id_period_key"),
            type_="unique",
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_obligation_directive_id_task_ref_organisation_id"),
            ["directive_id", "task_ref", "organisation_id"],
        )
        batch_op.drop_column("ladder_ended")
        batch_op.drop_column("reports_through_id")
        batch_op.drop_column("period_to")
        batch_op.drop_column("period_from")
        batch_op.drop_column("period_key")

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_column("payload")
        batch_op.drop_column("channel")

    with op.batch_alter_table("incoming_message", schema=None) as batch_op:
        batch_op.drop_column("channel")

    with op.batch_alter_table("directive_task", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_directive_task_reports_through"), type_="foreignkey"
        )
        batch_op.drop_column("reports_through")
        batch_op.drop_column("schedule")

    with op.batch_alter_table("consolidation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_consolidation_draft_id"), type_="foreignkey")
        batch_op.drop_column("draft_id")
        batch_op.drop_column("period_key")

    op.drop_index("ix_outbox_due", table_name="outbox")
    op.drop_column("outbox", "priority")
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["kind", "next_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )

    op.drop_index("ix_consignment_send_by", table_name="consignment")
    with op.batch_alter_table("consignment", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_consignment_rerouted_to_id"), type_="foreignkey")
        batch_op.drop_index("ix_consignment_organisation")
        batch_op.drop_column("state_before_recall")
        batch_op.drop_column("tracking")
        batch_op.drop_column("warned_at")
        batch_op.drop_column("send_by")
        batch_op.drop_column("rerouted_to_id")

    with op.batch_alter_table("obligation_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_obligation_change_obligation_id"))

    op.drop_table("obligation_change")
    with op.batch_alter_table("incoming_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incoming_reply_document_id"))

    op.drop_table("incoming_reply")
    with op.batch_alter_table("delivery_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_event_consignment_id"))

    op.drop_table("delivery_event")
    op.drop_table("unit_link")
    with op.batch_alter_table("run_record", schema=None) as batch_op:
        batch_op.drop_index("ix_run_record_asked")

    op.drop_table("run_record")
    with op.batch_alter_table("report_form", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_form_directive_id"))

    op.drop_table("report_form")
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_amendment_directive_id"))

    op.drop_table("amendment")
    with op.batch_alter_table("incoming_assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incoming_assignment_document_id"))

    op.drop_table("incoming_assignment")
    op.drop_table("unit_channel")
    op.drop_table("letter_template")
    op.drop_table("register_start")
    with op.batch_alter_table("incoming_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incoming_request_document_id"))

    op.drop_table("incoming_request")
    with op.batch_alter_table("incoming_document", schema=None) as batch_op:
        batch_op.drop_index("ix_incoming_document_symbol")
        batch_op.drop_index("ix_incoming_document_state")

    op.drop_table("incoming_document")
    op.drop_table("calendar_year")
