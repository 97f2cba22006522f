"""A real SFTP server on loopback, below one folder, with bad manners on request."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self, TypeVar

import asyncssh
from typing_extensions import override

USER, PASSWORD = "gui", "dung"
Result = TypeVar("Result")


@dataclass
class SFTPSite:
    """The server; a context manager that can be stopped and started again at its port."""

    folder: Path
    """What clients see as the root."""
    secrets: Path
    """Where its key lies, and what clients are given: ``known_hosts``, ``id``, ``passwords``."""
    port: int = 0
    refuse: bool = False
    """Say that writing is not allowed."""
    lose_after_rename: int = 0
    """Break so many connections after a file bears its name, before that is said."""
    lose_in_writing: int = 0
    """Break so many connections at the first byte of a file, which is then half there."""
    full: bool = False
    """Have no room for any byte."""
    without_posix_rename: bool = False
    connections: list[Any] = field(default_factory=list)
    """All that were ever made."""
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: Thread | None = None
    _acceptor: asyncssh.SSHAcceptor | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.secrets.mkdir(parents=True)
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(self.secrets / "host")
        client = asyncssh.generate_private_key("ssh-ed25519")
        client.write_private_key(self.secrets / "id")
        client.write_public_key(self.secrets / "id.pub")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def account(self) -> str:
        return f"{USER}@127.0.0.1:{self.port}"

    def start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()
        self._acceptor = self._run(self._listen())
        self.port = self._acceptor.get_port()
        self.pin(self.secrets / "host")
        passwords = self.secrets / "passwords"
        passwords.write_text(f"# kho\n\n{self.account} {PASSWORD}\n")
        passwords.chmod(0o600)

    def stop(self) -> None:
        if self._loop is None or self._thread is None or self._acceptor is None:
            return
        self._run(self._close(self._acceptor))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = self._acceptor = None

    def pin(self, key: Path) -> None:
        """Writes the key into what clients hold for true."""
        public = asyncssh.read_private_key(key).export_public_key().decode()
        (self.secrets / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {public}")

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self) -> asyncssh.SSHAcceptor:
        site = self

        class Doors(asyncssh.SSHServer):
            @override
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                site.connections.append(conn)

            @override
            def password_auth_supported(self) -> bool:
                return True

            @override
            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == (USER, PASSWORD)

        return await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=Doors,
            server_host_keys=[str(self.secrets / "host")],
            authorized_client_keys=str(self.secrets / "id.pub"),
            sftp_factory=lambda chan: _Files(chan, self),
            config=None,
            reuse_address=True,
        )

    async def _close(self, acceptor: asyncssh.SSHAcceptor) -> None:
        acceptor.close()
        for one in self.connections:
            one.abort()
        await acceptor.wait_closed()
        await asyncio.gather(*(one.wait_closed() for one in self.connections))
        await asyncio.sleep(0)


class _Files(asyncssh.SFTPServer):
    def __init__(self, chan: "asyncssh.SSHServerChannel[bytes]", site: SFTPSite) -> None:
        super().__init__(chan, chroot=str(site.folder).encode())
        self._site = site

    @override
    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        if self._site.refuse and pflags & asyncssh.FXF_WRITE:
            raise asyncssh.SFTPPermissionDenied("not here")
        return super().open(path, pflags, attrs)

    @override
    def write(self, file_obj: Any, offset: int, data: bytes) -> int:
        if self._site.full:
            raise asyncssh.SFTPFailure("No space left on device")
        if self._site.lose_in_writing:
            self._site.lose_in_writing -= 1
            super().write(file_obj, offset, data[: len(data) // 2])
            self.connection.abort()
            return len(data)
        return super().write(file_obj, offset, data)

    @override
    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        if self._site.without_posix_rename:
            raise asyncssh.SFTPOpUnsupported("no such extension")
        super().posix_rename(oldpath, newpath)
        if self._site.lose_after_rename:
            self._site.lose_after_rename -= 1
            self.connection.abort()
