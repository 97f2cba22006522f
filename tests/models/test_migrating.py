"""Migrations: they agree with the tables declared, and may be run again and at once."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text

from models import migrating
from models.everything import metadata
from models.migrating import SchemaTooNewError, _config, current_revision, differences, upgrade
from models.search import FULL_TEXT
from models.session import Database, make_engine

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).resolve().parents[2]
UPGRADE = """
import sys
from models.migrating import upgrade
from models.session import make_engine

sys.stdin.readline()
print(upgrade(make_engine(sys.argv[1])))
"""


def test_migrations_give_exactly_the_declared_tables(database: Database) -> None:
    assert differences(database.engine) == []


def test_upgrading_twice_changes_nothing(unmigrated_url: str) -> None:
    engine = make_engine(unmigrated_url)
    first = upgrade(engine)
    assert upgrade(engine) == first
    with engine.connect() as connection:
        assert current_revision(connection) == first
        assert connection.scalar(text("SELECT count(*) FROM audit_head")) == 1
    engine.dispose()


def test_every_table_is_there_after_the_upgrade_and_none_before(unmigrated_url: str) -> None:
    engine = make_engine(unmigrated_url)
    assert inspect(engine).get_table_names() == []
    upgrade(engine)
    made = {one for one in inspect(engine).get_table_names() if not one.startswith(FULL_TEXT)}
    assert made == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_processes_that_start_at_once_migrate_once(unmigrated_url: str) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, unmigrated_url],
            cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]  # fmt: skip
    for starter in starters:
        assert starter.stdin is not None
        starter.stdin.write("go\n")
        starter.stdin.flush()
    ends = [starter.communicate(timeout=60) for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0, 0], ends
    assert len({said for said, _ in ends}) == 1
    engine = make_engine(unmigrated_url)
    assert differences(engine) == []
    engine.dispose()


def test_a_database_of_a_later_version_is_refused_and_left_alone(unmigrated_url: str) -> None:
    engine = make_engine(unmigrated_url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNewError) as refusal:
        upgrade(engine)
    assert "9999" in refusal.value.diagnosis()
    engine.dispose()


def test_a_migration_undone_leaves_nothing_and_can_be_done_again(unmigrated_url: str) -> None:
    engine = make_engine(unmigrated_url)
    upgrade(engine)
    with engine.begin() as connection:
        command.downgrade(_config(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    upgrade(engine)
    assert differences(engine) == []
    engine.dispose()


def test_a_proposed_migration_is_empty_where_nothing_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = tmp_path / "migrations"
    shutil.copytree(migrating.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    engine = make_engine(f"sqlite:///{tmp_path / 'office.db'}")
    upgrade(engine)
    monkeypatch.setattr(migrating, "SCRIPTS", scripts)
    made = migrating.propose(engine, "nothing", "9999")
    engine.dispose()
    text = made.read_text(encoding="utf-8")
    assert made.parent == scripts / "versions"
    assert "Locks:" in text
    assert "    pass" in text
    assert "op.create_table" not in text
