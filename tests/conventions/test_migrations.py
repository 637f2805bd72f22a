"""Migrations: one head, the tables the models describe, and a way back, on both engines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from participation.core.database import Base, db
from participation.core.settings import ROOT
from tests.fixtures.databases import Backends, make_app, make_settings


@pytest.fixture
def empty_app(database_engine: str, backends: Backends, tmp_path: Path) -> Iterator[Flask]:
    """The program on a database that no migration has seen."""
    changes = {}
    if database_engine == "postgresql":
        changes["database_url"] = backends.postgresql.url("migrations")
    app = make_app(make_settings(tmp_path, **changes))
    with app.app_context():
        yield app
        db.session.remove()
        with db.engine.begin() as connection:
            if database_engine == "postgresql":
                connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                connection.exec_driver_sql("CREATE SCHEMA public")
        db.engine.dispose()


def shape() -> dict[str, list[str]]:
    """Each table with its columns, constraints and indexes, as the database knows them."""
    looked_at = sa.inspect(db.engine)
    found = {}
    for table in looked_at.get_table_names():
        parts = [f"{each['name']} {each['type']} {each['nullable']}" for each in looked_at.get_columns(table)]
        parts += [f"unique {each['column_names']}" for each in looked_at.get_unique_constraints(table)]
        parts += [f"check {each['name']}" for each in looked_at.get_check_constraints(table)]
        parts += [f"index {each['name']}" for each in looked_at.get_indexes(table)]
        parts += [
            f"{each['constrained_columns']} to {each['referred_table']}" for each in looked_at.get_foreign_keys(table)
        ]
        found[table] = sorted(parts)
    return found


def differences(metadata: sa.MetaData) -> list[object]:
    """What a new migration would do."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        found = compare_metadata(context, metadata)
    return [each for each in found if "alembic_version" not in str(each)]


def checks(metadata: sa.MetaData) -> set[str]:
    """Names of the conditions that the models set."""
    return {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    }


def test_there_is_one_head() -> None:
    heads = ScriptDirectory(str(ROOT / "migrations")).get_heads()

    assert len(heads) == 1


def test_the_migrations_make_the_tables_of_the_models(empty_app: Flask) -> None:
    upgrade()

    assert differences(Base.metadata) == [], "a model changed: run `make migration`"


def test_the_migrations_make_the_conditions_of_the_models(empty_app: Flask) -> None:
    upgrade()

    looked_at = sa.inspect(db.engine)
    made = {each["name"] for table in Base.metadata.tables for each in looked_at.get_check_constraints(table)}
    assert checks(Base.metadata) - made == set(), "write conditions into the migration by hand"


def test_a_forgotten_column_would_be_found(empty_app: Flask) -> None:
    upgrade()
    planted = sa.MetaData()
    for table in Base.metadata.tables.values():
        table.to_metadata(planted)
    next(iter(planted.tables.values())).append_column(sa.Column("forgotten", sa.Integer))

    assert "forgotten" in str(differences(planted))


def test_up_down_and_up_again_ends_where_it_began(empty_app: Flask) -> None:
    upgrade()
    first = shape()

    downgrade(revision="base")
    assert set(shape()) <= {"alembic_version"}
    upgrade()

    assert shape() == first


def test_migrations_do_not_lean_on_the_program() -> None:
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        imported = re.findall(r"^\s*(?:from|import) (\w+)", path.read_text("utf-8"), re.MULTILINE)
        assert {"participation", "dialogues", "app"}.isdisjoint(imported), (
            f"{path.name} would change when the program does"
        )
