"""Runs the migrations on the connection that `storage.migrate` hands over, in the transaction it has begun."""

from alembic import context
from sqlalchemy import Connection

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, render_as_batch=True)
context.run_migrations()
