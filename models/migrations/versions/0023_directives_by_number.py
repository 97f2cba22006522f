"""An index by which a directive is found by its number alone, whatever else is written.

Revision 0023, after 0022.

Locks: writers of directives wait while it is built, well under a second for 100,000. Beside the
previous version: it does not look at the index.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_NUMBERED = sa.text("number is not null")


def upgrade() -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index(
        "ix_directive_number",
        "directive",
        ["number", "issue_date"],
        sqlite_where=_NUMBERED,
        postgresql_where=_NUMBERED,
    )


def downgrade() -> None:
    op.drop_index("ix_directive_number", "directive")
