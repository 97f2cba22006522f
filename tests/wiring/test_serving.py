"""`trinhky serve` as an office starts it: one real start from nothing, and its end."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from wiring.processes import PROJECT, any_port

LINE = re.compile(r"^Trình Ký: (http://127\.0\.0\.1:(\d+))$", re.MULTILINE)
PATIENCE_S = 180.0


def children_of(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[1] == str(pid):
            found.append(int(status.parent.name))
    return found


def test_serve_starts_everything_takes_the_next_port_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    said = tmp_path / "said.txt"
    with socket.create_server(("127.0.0.1", any_port())) as taken, said.open("w") as output:
        port = taken.getsockname()[1]
        environment = {
            **os.environ,
            "TRINHKY_FOLDER": str(tmp_path / "office"),
            "TRINHKY_PORTAL__PORT": str(port),
            "TRINHKY_PREFECT__PORT": str(any_port()),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "serve"],
            cwd=PROJECT,
            env=environment,
            stdout=output,
        )
        try:
            deadline = time.monotonic() + PATIENCE_S
            while not (line := LINE.search(said.read_text())) and time.monotonic() < deadline:
                assert process.poll() is None
                time.sleep(0.2)
            assert line is not None
            assert int(line[2]) > port
            assert httpx.get(f"{line[1]}/healthz", trust_env=False).status_code == 200
            children = children_of(process.pid)
            assert len(children) == 5
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(60)
    assert status == 0
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    assert "THỬ NGHIỆM" in said.read_text()
    assert (tmp_path / "office" / "prefect" / "prefect.db").exists()
