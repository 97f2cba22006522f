"""What organisations and officers are ordered by in lists: the Vietnamese alphabet.

Revision 0025, after 0024.

Locks: two columns with a constant default, which is no rewrite; then each organisation and officer
is written once, some thousand rows. Beside the previous version: it does not look at the columns;
whom it adds or renames meanwhile stands first, or where it stood, until it is written again.
"""

from collections.abc import Callable, Sequence
from typing import Final

import sqlalchemy as sa
from alembic import op

from models.alphabet import person_key, sort_key

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_KEYS: Final[dict[str, Callable[[str], str]]] = {"organisation": sort_key, "officer": person_key}


def upgrade() -> None:
    connection = op.get_bind()
    # A migration that cannot get its lock gives up rather than stop the office behind it.
    if connection.dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
    for table, key_of in _KEYS.items():
        key = sa.Column("sort_key", sa.Text(), server_default=sa.text("''"), nullable=False)
        op.add_column(table, key)
        columns = sa.table(table, sa.column("id"), sa.column("name"), sa.column("sort_key"))
        rows = connection.execute(sa.select(columns.c.id, columns.c.name)).all()
        if rows:
            connection.execute(
                sa.update(columns)
                .where(columns.c.id == sa.bindparam("of"))
                .values(sort_key=sa.bindparam("key")),
                [{"of": row.id, "key": key_of(row.name)} for row in rows],
            )


def downgrade() -> None:
    for table in _KEYS:
        op.drop_column(table, "sort_key")
