"""The bench of channels runs and tells its ratios; how fast anything is decides nothing here."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_short_share_ends_with_one_json_object() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.channels", "--messages", "8", "--rounds", "1"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    for name in ("smtp_1", "smtp_4", "smtp_8", "webhook", "sftp", "folder"):
        assert told[f"{name}_per_s"] > 0
        assert told[f"{name}_vs_plain"] > 0
