"""Runs migrations on the app's own database, SQLite in batch mode, PostgreSQL with limits on locks."""

from __future__ import annotations

from alembic import context
from flask import current_app

from participation.core.database import Base, db


def run() -> None:
    """Bring the connected database to the wanted revision."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET lock_timeout = '2s'")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


def render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """Write our own column types as the plain types they are stored as: migrations never import the program."""
    if kind == "type":
        names = {"Moment": "sa.DateTime()", "LocalizedColumn": "sa.JSON()"}
        return names.get(type(item).__name__, False)
    return False


if context.is_offline_mode():
    raise SystemExit("Migrations run on a database, not on paper.")
current_app.logger.debug("migrating")
run()
