"""Mail servers of Debian's as ordinary processes on loopback: OpenSMTPD and Dovecot.

Each is started with a configuration of its own below a folder of the test, and ended by its id.
OpenSMTPD keeps its queue and its control socket where it was compiled for, so only one runs on a
machine: a lock makes tests of several processes wait for each other.
"""

import fcntl
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.server_certificates import ServerCertificate

SMTPD = Path("/usr/sbin/smtpd")
SMTPCTL = Path("/usr/sbin/smtpctl")
DOVECOT = Path("/usr/sbin/dovecot")
PASSWORD = "dung"
WAIT_S = 20.0


@dataclass(frozen=True, slots=True)
class OpenSMTPD:
    """A real mail server: plain with STARTTLS offered, TLS with sign-in, STARTTLS with sign-in."""

    plain: int
    implicit: int
    starttls: int


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A real IMAP server; every user has a mailbox of his own, and the same password."""

    plain: int
    implicit: int
    stop: Callable[[], None]
    start: Callable[[], None]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def opensmtpd(
    certificate: ServerCertificate, *, relay_to: int, messages_per_session: int
) -> Iterator[OpenSMTPD]:
    """Starts OpenSMTPD, which hands everything on to a server at the port given."""
    if not SMTPD.exists():
        pytest.skip("OpenSMTPD is not installed")
    if os.getuid() != 0:
        pytest.skip("OpenSMTPD runs as root alone")
    with _alone("trinhky-opensmtpd.lock"), _folder() as folder:
        ports = OpenSMTPD(free_port(), free_port(), free_port())
        config = _opensmtpd_config(folder, certificate, ports, relay_to, messages_per_session)
        with _process([SMTPD, "-d", "-f", config], ports.plain, folder / "log"):
            yield ports


def _opensmtpd_config(
    folder: Path,
    certificate: ServerCertificate,
    ports: OpenSMTPD,
    relay_to: int,
    messages_per_session: int,
) -> Path:
    users, config = folder / "users", folder / "smtpd.conf"
    made = subprocess.run([SMTPCTL, "encrypt", PASSWORD], capture_output=True, check=True)
    users.write_text(f"vanthu {made.stdout.decode().strip()}\n")
    config.write_text(f"""pki here cert "{certificate.certificate}"
pki here key "{certificate.key}"
table users file:{users}
smtp limit max-mails {messages_per_session}
listen on 127.0.0.1 port {ports.plain} tls pki here
listen on 127.0.0.1 port {ports.implicit} smtps pki here auth <users>
listen on 127.0.0.1 port {ports.starttls} tls-require pki here auth <users>
action "on" relay host smtp://127.0.0.1:{relay_to}
match from any for any action "on"
match auth from any for any action "on"
""")
    users.chmod(0o644)  # read by a user of its own
    return config


@contextmanager
def dovecot(certificate: ServerCertificate) -> Iterator[Dovecot]:
    """Starts Dovecot; it may be stopped and started again within the test."""
    if not DOVECOT.exists():
        pytest.skip("Dovecot is not installed")
    with _folder() as folder, ExitStack() as running:
        ports = free_port(), free_port()
        config = folder / "dovecot.conf"
        config.write_text(_dovecot_config(folder, certificate, *ports))
        (folder / "mail").mkdir()
        if os.getuid() == 0:
            os.chown(folder / "mail", *NOBODY)

        def start() -> None:
            process = _process([DOVECOT, "-F", "-c", config], ports[1], folder / "log")
            running.enter_context(process)

        start()
        yield Dovecot(*ports, stop=running.close, start=start)


NOBODY = (65534, 65534)


def _dovecot_config(folder: Path, certificate: ServerCertificate, plain: int, implicit: int) -> str:
    uid, gid = NOBODY if os.getuid() == 0 else (os.getuid(), os.getgid())
    return f"""protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = yes
ssl_cert = <{certificate.certificate}
ssl_key = <{certificate.key}
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {implicit}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@contextmanager
def _alone(name: str) -> Iterator[None]:
    with (Path(tempfile.gettempdir()) / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that users of the servers' own may pass through."""
    with tempfile.TemporaryDirectory(prefix="trinhky-mail-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o711)
        yield Path(made)


@contextmanager
def _process(command: Sequence[str | Path], port: int, log: Path) -> Iterator[None]:
    """Runs a server until the end of the block; says why where its port never answers."""
    with log.open("ab") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        end = time.monotonic() + WAIT_S
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(
                    f"{command[0]} did not start: {log.read_text(errors='replace')[-2000:]}"
                )
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
