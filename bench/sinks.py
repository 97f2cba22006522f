"""`python -m bench.sinks KIND FOLDER`: the other side of a channel, in a process of its own.

Takes everything and keeps nothing (SFTP keeps files below FOLDER, for that is what it does). Prints
its port on one line and serves until it is ended. As little as possible happens here: what is
measured is the sending side.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import asyncssh

USER: Final = "bench"
_END: Final = b"\r\n.\r\n"
_BUFFER: Final = 1 << 20


async def smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The least SMTP there is."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        word = line[:4].upper()
        if word == b"EHLO":
            writer.write(b"250-sink\r\n250 SIZE 70000000\r\n")
        elif word == b"DATA":
            writer.write(b"354 go on\r\n")
            await writer.drain()
            await reader.readuntil(_END)
            writer.write(b"250 2.0.0 taken\r\n")
        elif word == b"QUIT":
            break
        else:
            writer.write(b"250 2.0.0 ok\r\n")
        await writer.drain()
    writer.close()


async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers 202 to whatever is posted."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            break
        fields = (line.partition(b":") for line in head.split(b"\r\n")[1:])
        length = next(int(value) for name, _, value in fields if name.lower() == b"content-length")
        await reader.readexactly(length)
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
    writer.close()


async def sftp(folder: Path) -> int:
    """A server whose key is ``host`` and that takes ``id``, both made here; returns the port."""
    for name in ("host", "id"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(folder / name)
        key.write_public_key(folder / f"{name}.pub")
    (folder / "root").mkdir()

    def files(chan: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
        return asyncssh.SFTPServer(chan, chroot=str(folder / "root").encode())

    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[str(folder / "host")],
        authorized_client_keys=str(folder / "id.pub"),
        sftp_factory=files,
        config=None,
    )
    return server.get_port()


_PLAIN: Final[dict[str, Callable[..., object]]] = {"smtp": smtp, "http": http}


async def serve(kind: str, folder: Path) -> None:
    """Serves one kind until the process ends."""
    if kind == "sftp":
        port = await sftp(folder)
    else:
        server = await asyncio.start_server(
            _PLAIN[kind],  # type: ignore[arg-type]  # coroutines of the shape that is wanted
            "127.0.0.1",
            0,
            limit=_BUFFER,
        )
        port = server.sockets[0].getsockname()[1]
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main(arguments: Sequence[str]) -> int:
    """Runs one sink."""
    kind, folder = arguments
    asyncio.run(serve(kind, Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
