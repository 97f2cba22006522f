"""The bench of batches runs and tells its ratios; how fast anything is decides nothing here."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("softhsm2-util", "pkcs11-tool")


@pytest.mark.soak
@pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason="no SoftHSM2 or no OpenSC")
def test_a_short_share_ends_with_one_json_object() -> None:
    """In a process of its own: SoftHSM2 reads its settings once."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.batch", "--files", "4"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Signed: 4/4" in done.stdout
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["batch_files"] == 4
    assert told["batch_signed_last_vs_first"] > 0
    assert told["batch_planned_last_vs_first"] > 0
