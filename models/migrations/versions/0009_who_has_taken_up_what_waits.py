"""Who has taken up what waits for several people, and indexes of what waits.

Revision 0009, after 0008.

Locks: a new table, which nobody sees yet; its foreign key takes SHARE ROW EXCLUSIVE on `officer`
(some hundred rows) for an instant. The indexes are built under SHARE: those with a condition hold
a few rows of each hundred and take a second or two for a million; the one of the newest directives
less than a second for a hundred thousand. Writers wait as long.
Beside the previous version: it reads none of this, and claims bar nobody.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_STUCK = "state in ('bounced', 'failed', 'held', 'unknown') and rerouted_to_id is null"
_ANSWERED = "state in ('reported', 'extension_requested')"
_INDEXES: tuple[tuple[str, str, list[str], str], ...] = (
    ("ix_consignment_stuck", "consignment", ["directive_id"], _STUCK),
    ("ix_obligation_answered", "obligation", ["directive_id", "state", "due"], _ANSWERED),
    ("ix_directive_newest", "directive", ["organisation_id", "updated_at", "id"], ""),
    ("ix_incoming_assignment_officer", "incoming_assignment", ["officer_id", "state"], ""),
    ("ix_incoming_assignment_unit", "incoming_assignment", ["organisation_id", "state"], ""),
)


def upgrade() -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "claim",
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(length=80), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_claim_officer_id")),
        sa.PrimaryKeyConstraint("about", "subject_id", "step", "revision", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_officer_id"), "claim", ["officer_id"])
    for name, table, columns, condition in _INDEXES:
        if condition:
            where = sa.text(condition)
            op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
        else:
            op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _, _ in reversed(_INDEXES):
        op.drop_index(name, table_name=table)
    op.drop_table("claim")
