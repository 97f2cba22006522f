"""Mail servers of Debian's as ordinary processes on loopback: exim and Dovecot.

Each is started with a configuration of its own in a folder of its own, and ended by its id.
"""

import os
import shutil
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

EXIM = Path("/usr/sbin/exim4")
EXIM_USER = "Debian-exim"
DOVECOT = Path("/usr/sbin/dovecot")
USER = "vanthu"
PASSWORD = "dung"
WAIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Exim:
    """A real mail server: STARTTLS offered at one port, TLS from the first byte at the other.

    It takes messages of `USER` alone, who may sign in under TLS alone.
    """

    starttls: int
    implicit: int


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
def exim(
    certificate: ServerCertificate, *, relay_to: int, messages_per_session: int
) -> Iterator[Exim]:
    """Starts exim, which hands everything on to a server at the port given."""
    if not EXIM.exists():
        pytest.skip("exim is not installed")
    if os.getuid() != 0:
        pytest.skip("exim takes a configuration of ours from root alone")
    with _folder() as folder:
        ports = Exim(free_port(), free_port())
        config, spool = folder / "exim.conf", folder / "spool"
        spool.mkdir()
        for path in (certificate.certificate, certificate.key):
            shutil.copy(path, folder)
        lines = _EXIM_CONFIG.format(
            folder=folder, starttls=ports.starttls, implicit=ports.implicit, relay_to=relay_to,
            messages=messages_per_session, user=USER, password=PASSWORD,
        )  # fmt: skip
        config.write_text(lines)
        for path in (spool, folder / certificate.key.name):
            shutil.chown(path, EXIM_USER)
        with _process([EXIM, "-bdf", "-C", config], ports.implicit, folder / "log"):
            yield ports


_EXIM_CONFIG = """spool_directory = {folder}/spool
log_file_path = {folder}/spool/%slog
pid_file_path = {folder}/spool/pid
daemon_smtp_ports = {starttls} : {implicit}
tls_on_connect_ports = {implicit}
local_interfaces = 127.0.0.1
primary_hostname = thu.trinhky.example
tls_certificate = {folder}/server.pem
tls_privatekey = {folder}/server.key
tls_advertise_hosts = *
dsn_advertise_hosts = *
smtp_accept_max_per_connection = {messages}
smtp_accept_queue_per_connection = 0
acl_smtp_rcpt = signed_in
keep_environment =
begin acl
signed_in:
  accept authenticated = *
  deny message = sign in first
begin routers
on:
  driver = manualroute
  transport = on
  route_list = * 127.0.0.1
  self = send
begin transports
on:
  driver = smtp
  port = {relay_to}
  allow_localhost
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if and{{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
  server_advertise_condition = ${{if def:tls_in_cipher}}
"""


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
