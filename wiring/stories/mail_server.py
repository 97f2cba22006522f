"""A mail server for stories and tests: real SMTP in front, files behind, bad manners on request.

Run as ``python -m wiring.stories.mail_server --config FILE.json``: prints its port on one line,
stops on SIGTERM. The file holds the fields of `wiring.stories.mail_config.MailServerConfig`; paths
in it are relative to the file. How each address is treated stands in a file of its own, see
`wiring.stories.mail_behaviours`; it is read again whenever it changes.

What lies where::

    FOLDER/sent/<digest>.eml        messages to recipients, each Message-ID once
    FOLDER/received/<digest>.eml    messages to the office, each Message-ID once
    FOLDER/repeats.jsonl            one line for every message that came again
    MAILDIR/new/                    every message to the office, as a real server would

``<digest>`` is the beginning of the Message-ID's SHA-256 (of the message's, where it bears none).
"""

import argparse
import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from wiring.stories.mail_behaviours import BehaviourError, Behaviours
from wiring.stories.mail_config import MailServerConfig, MailServerError
from wiring.stories.mail_conversation import Desk
from wiring.stories.mail_store import MailStore


class MailServer:
    """The server in a thread of its own; a context manager. Also run by `main` as a process."""

    def __init__(self, config: MailServerConfig) -> None:
        """Make the folders and read the behaviours; nothing listens yet.

        Raises:
            BehaviourError: the file of behaviours cannot be understood.
        """
        self._config = config
        self.maildir = config.maildir or config.folder / "office"
        self.behaviours = Behaviours(config.behaviours)
        self.store = MailStore(config.folder, maildir=self.maildir, office=config.office)
        self._thread: threading.Thread | None = None
        self._stop: Callable[[], object] | None = None
        self.port = config.port

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

    def start(self) -> None:
        """Listen, and return when the port is known.

        Raises:
            MailServerError: the port cannot be had.
        """
        ready: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="mail-server")
        self._thread.start()
        self.port = ready.result()

    def stop(self) -> None:
        """Deliver the reports still due, drop all connections and end the thread. Idempotent."""
        if self._stop is not None and self._thread is not None:
            self._stop()
            self._thread.join()
        self._stop = self._thread = None

    def _run(self, ready: "Future[int]") -> None:
        try:
            asyncio.run(self.serve(ready.set_result))
        except OSError as err:
            ready.set_exception(MailServerError(str(err)))

    async def serve(self, tell_port: Callable[[int], object]) -> None:
        """Serve in the running loop until told to stop; ``tell_port`` is called once it listens.

        Raises:
            OSError: the port cannot be had.
        """
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        desk = Desk(self._config, self.store, self.behaviours)
        server = await loop.create_server(desk.open, self._config.host, self._config.port)
        self._stop = partial(loop.call_soon_threadsafe, stopped.set)
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stopped.set)
        tell_port(server.sockets[0].getsockname()[1])
        await stopped.wait()
        server.close()
        await desk.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server until SIGTERM; 0 at the end, 1 with one line on standard error otherwise."""
    parser = argparse.ArgumentParser(prog="python -m wiring.stories.mail_server")
    parser.add_argument("--config", type=Path, required=True, help="JSON file of the server")
    given = parser.parse_args(arguments)

    def tell(port: int) -> None:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()

    try:
        asyncio.run(MailServer(MailServerConfig.from_file(given.config)).serve(tell))
    except (OSError, MailServerError, BehaviourError) as err:
        sys.stderr.write(f"{err}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
