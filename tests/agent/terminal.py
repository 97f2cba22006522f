"""`trinhky agent` in a process and a terminal of its own, as a person sits before it."""

import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from dataclasses import dataclass, field
from pathlib import Path

from wiring.clock import monotonic_s

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0
PIN_PROMPT = "(bỏ trống để dừng): "
SURE_PROMPT = "(c: có, k: không): "
_STYLES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Terminal:
    """One call of the agent; what it says is kept."""

    process: subprocess.Popen[bytes]
    master: int
    said: str = ""
    _raw: bytes = field(default=b"", repr=False)
    _read: int = 0

    def expect(self, words: str) -> None:
        """Waits until something is said after what was waited for before."""
        end = monotonic_s() + PATIENCE_S
        while words not in self.said[self._read :]:
            if not self._more(end):
                raise AssertionError(f"“{words}” was not said, but:\n{self.said[self._read :]}")
        self._read = self.said.index(words, self._read) + len(words)

    def type(self, words: str) -> None:
        os.write(self.master, words.encode() + b"\n")

    def type_unseen(self, words: str) -> None:
        """Types once the terminal shows nothing of it."""
        end = monotonic_s() + PATIENCE_S
        while termios.tcgetattr(self.master)[3] & termios.ECHO:
            assert monotonic_s() < end, "the terminal would show it"
            self._more(monotonic_s() + 0.02)
        self.type(words)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self.master)

    def end(self) -> int:
        """Waits for the end; returns the exit status."""
        end = monotonic_s() + PATIENCE_S
        while self._more(end):
            pass
        os.close(self.master)
        return self.process.wait(timeout=PATIENCE_S)

    def _more(self, end: float) -> bool:
        left = end - monotonic_s()
        if left <= 0:
            return False
        ready, _, _ = select.select([self.master], [], [], left)
        data = b""
        if ready:
            with contextlib.suppress(OSError):  # the other end was closed
                data = os.read(self.master, 65536)
        self._raw += data
        self.said = _STYLES.sub("", self._raw.decode("utf-8", "replace")).replace("\r\n", "\n")
        return bool(data)


@dataclass(frozen=True)
class Agent:
    """One machine of one person."""

    home: Path

    def through(self, url: str) -> None:
        """Lets the machine reach its portal by another line."""
        file = self.home / "agent.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), "portal": url}))

    @property
    def on_their_way(self) -> list[dict[str, str]]:
        """Signatures that were planned or made and not acknowledged."""
        return [json.loads(path.read_text()) for path in self.home.glob("signatures/*.json")]

    def start(self, *words: str) -> Terminal:
        master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (50, 160))
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "agent", *words, "--home", str(self.home)],
            stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "160"},
        )  # fmt: skip
        os.close(slave)
        return Terminal(process, master)

    def run(self, *words: str) -> tuple[int, str]:
        terminal = self.start(*words)
        return terminal.end(), terminal.said

    def sign(self, *words: str, pin: str) -> tuple[int, str]:
        """Agrees and gives the PIN."""
        terminal = self.start("sign", *words)
        terminal.expect(SURE_PROMPT)
        terminal.type("c")
        terminal.expect(PIN_PROMPT)
        terminal.type_unseen(pin)
        return terminal.end(), terminal.said

    def pair(self, url: str, code: str, label: str = "Máy thử") -> tuple[int, str]:
        terminal = self.start("pair", url)
        terminal.expect("Đặt tên cho máy này")
        terminal.type(label)
        terminal.expect("Mã ghép nối")
        terminal.type(code)
        return terminal.end(), terminal.said
