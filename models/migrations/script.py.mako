"""${message}

Revision ${up_revision}, after ${down_revision or "an empty database"}.

Locks: say for each statement which lock it takes on PostgreSQL, for how long on a table of a
million rows, and why that is bearable. A long one is split into steps.
Beside the previous version: this migration must leave tables that the previous version of the
program can still work with; columns are dropped one version after their last use.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

${imports if imports else ""}
revision: str = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}
branch_labels: Sequence[str] | None = ${repr(branch_labels)}
depends_on: Sequence[str] | None = ${repr(depends_on)}


def upgrade() -> None:
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
