"""SQLAlchemy Core metadata of the two files: what Alembic compares with, and what imports and reports select from."""
