"""Alembic environment: runs inside the transaction sync.hq.schema opened; nothing of ours is imported."""

from alembic import context

attributes = context.config.attributes
context.configure(connection=attributes["connection"], target_metadata=attributes.get("metadata"))
with context.begin_transaction():
    context.run_migrations()
