"""What every table shares: names of constraints, and column shorthands. Times are milliseconds, money minor units."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Text

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def metadata() -> MetaData:
    return MetaData(naming_convention=NAMING)


def key(name: str) -> Column[str]:
    """A text primary key."""
    return Column(name, Text, primary_key=True, nullable=False)


def number(name: str, *, default: str | None = None) -> Column[int]:
    """A required integer."""
    return Column(name, Integer, nullable=False, server_default=default)


def maybe_number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=True)


def text(name: str, *, default: str | None = None) -> Column[str]:
    """A required text."""
    return Column(name, Text, nullable=False, server_default=default)


def maybe_text(name: str) -> Column[str]:
    return Column(name, Text, nullable=True)


def blob(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def maybe_blob(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=True)
