"""Runs migrations on the connection that `models.migrating` hands over; opens none itself."""

from alembic import context

from models.everything import metadata
from models.migrating import default_differs, is_declared

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    compare_type=True,
    compare_server_default=default_differs,
    include_object=is_declared,
    # SQLite cannot alter most of a table in place; Alembic then copies it.
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
