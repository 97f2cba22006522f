"""A batch killed at every one of its points."""

from pathlib import Path

from tests.actions.batch_office import make_waiting, survives_kills
from tests.support.signing_office import running_authority


def test_a_batch_survives_a_kill_at_every_point(migrated_sqlite: Path, tmp_path: Path) -> None:
    with running_authority(tmp_path / "authority") as authority:
        (tmp_path / "waiting").mkdir()
        waiting = make_waiting(migrated_sqlite, tmp_path / "waiting", authority)
        assert survives_kills(waiting, tmp_path / "killed", every=1) > 25
