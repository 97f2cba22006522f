"""`make bench-channels`: messages per second by channel, ours against a plain loop of the library.

A directive as a PDF of 150 kB goes to one recipient after the other. The other side is a sink in a
process of its own (`bench.sinks`), the same for both. Ours is the channel as the dispatcher uses
it: making the bytes of each parcel, its checks, its one conversation per parcel. The peer sends
bytes made beforehand: smtplib's `sendmail`, `httpx.Client.post`, asyncssh's `open`, `fsync` and
`posix_rename`, `open`, `fsync` and `rename`. Rounds are interleaved; told is the median. The
last line is a JSON object of rates and of ratios, ours over theirs: above 1 we are faster.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import smtplib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import asyncssh
import httpx

from bench.sinks import USER
from bench.tables import ratio, show
from delivery.channel import Channel
from delivery.envelope import Attachment, Envelope, message_id_for
from delivery.folder import FolderChannel
from delivery.parcel import Parcel
from delivery.sftp import SFTPChannel
from delivery.smtp import SMTPChannel
from delivery.webhook import WebhookChannel
from delivery.webhook_parcel import JSONParcel
from wiring.clock import real_now

PDF_BYTES: Final = 150_000
THREADS: Final = (1, 4, 8)
HOST: Final = "127.0.0.1"

Run = Callable[[int], object]
"""Sends as many messages as it is told; each call under keys of its own."""


@dataclass(slots=True)
class _Keys:
    """Keys that were never used before."""

    used: int = 0

    def fresh(self, count: int) -> range:
        first, self.used = self.used, self.used + count
        return range(first, self.used)


def main(arguments: Sequence[str]) -> int:
    """Runs it; exit status 0."""
    parser = argparse.ArgumentParser(prog="bench.channels", description=__doc__)
    parser.add_argument("--messages", type=int, default=300, help="in each round (300)")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (5)")
    options = parser.parse_args(arguments)
    with ExitStack() as open_things:
        folder = Path(open_things.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        pairs = _pairs(folder, open_things)
        rates = _measure(pairs, messages=options.messages, rounds=options.rounds)
    rows = [
        (name, f"{ours:.0f}", f"{peer:.0f}", ratio(ours / peer))
        for name, (ours, peer) in rates.items()
    ]
    title = f"Messages per second, PDF of {PDF_BYTES // 1000} kB, {options.messages} a round"
    sys.stdout.write(show(title, ("channel", "ours", "plain loop", "ours : plain"), rows) + "\n")
    told = {
        f"{name.replace(' ', '_')}_{what}": round(value, 2)
        for name, (ours, peer) in rates.items()
        for what, value in (("per_s", ours), ("vs_plain", ours / peer))
    }
    sys.stdout.write(f"{json.dumps(told)}\n")
    return 0


def _measure(
    pairs: Mapping[str, tuple[Run, Run]], *, messages: int, rounds: int
) -> dict[str, tuple[float, float]]:
    """Median rates by name: ours and the peer's; one round goes before and is not counted."""
    order = random.Random(6)  # noqa: S311 (nothing secret)
    found: dict[tuple[str, int], list[float]] = {
        (name, side): [] for name in pairs for side in (0, 1)
    }
    for number in range(rounds + 1):
        for name, side in order.sample([*found], len(found)):
            began = perf_counter()
            pairs[name][side](messages)
            if number:
                found[name, side].append(messages / (perf_counter() - began))
    return {name: (median(found[name, 0]), median(found[name, 1])) for name in pairs}


def _pairs(folder: Path, open_things: ExitStack) -> dict[str, tuple[Run, Run]]:
    """Starts the sinks; returns ours and the peer by name."""
    pdf = b"%PDF-1.7\n" + random.Random(6).randbytes(PDF_BYTES - 9)  # noqa: S311 (nothing secret)
    secrets = folder / "sftp"
    secrets.mkdir()
    ports = {
        kind: open_things.enter_context(_sink(kind, secrets)) for kind in ("smtp", "http", "sftp")
    }
    keys, mail = _Keys(), _mail(pdf, "peer", route="").to_bytes()
    pairs: dict[str, tuple[Run, Run]] = {}
    for threads in THREADS:
        channel = partial(SMTPChannel, host=HOST, port=ports["smtp"])
        ours = partial(_ours, keys, channel, partial(_mail, pdf, route=""), threads)
        pairs[f"smtp {threads}"] = ours, partial(_smtplib, ports["smtp"], mail, threads)
    url = f"http://{HOST}:{ports['http']}/"
    document = partial(_document, pdf, url)
    webhook = partial(
        WebhookChannel,
        secret_of=lambda _: b"s" * 32,
        clock=real_now,
        hosts=frozenset({(HOST, ports["http"])}),
    )
    pairs["webhook"] = (
        partial(_ours, keys, webhook, document, 1),
        partial(_httpx, url, document("peer").to_bytes()),
    )
    pinned = (secrets / "host.pub").read_text()
    (secrets / "known_hosts").write_text(f"[{HOST}]:{ports['sftp']} {pinned}")
    sftp = partial(SFTPChannel, known_hosts=secrets / "known_hosts", key=secrets / "id")
    address = f"sftp://{USER}@{HOST}:{ports['sftp']}"
    pairs["sftp"] = (
        partial(_ours, keys, sftp, partial(_mail, pdf, route=address), 1),
        partial(_asyncssh, keys, secrets, ports["sftp"], mail),
    )
    watched = folder / "watched"
    watched.mkdir()
    pairs["folder"] = (
        partial(_ours, keys, partial(FolderChannel, watched), partial(_mail, pdf, route=""), 1),
        partial(_files, keys, watched, mail),
    )
    return pairs


def _mail(pdf: bytes, key: str, *, route: str) -> Envelope:
    return Envelope(
        key=key,
        message_id=message_id_for(key, "btg.example"),
        sender="Ban Tuyên giáo Tỉnh ủy <vanthu@btg.example>",
        recipient=f"Đảng ủy xã A <xa-{key[-4:].replace(':', '-')}@donvi.example>",
        subject="Hướng dẫn số 96-HD/BTGTU",
        text="Kính gửi đồng chí.",
        at=real_now(),
        attachments=(Attachment(name="96.pdf", media_type="application/pdf", content=pdf),),
        route=route,
    )


def _document(pdf: bytes, url: str, key: str) -> JSONParcel:
    return JSONParcel(
        key=key,
        message_id=message_id_for(key, "btg.example"),
        recipient_address=url,
        at=real_now(),
        kind="directive",
        office="Ban Tuyên giáo Tỉnh ủy",
        subject="Hướng dẫn",
        text="Kính gửi đồng chí.",
        files=(Attachment(name="96.pdf", media_type="application/pdf", content=pdf),),
    )


def _ours(
    keys: _Keys,
    channel: Callable[[], Channel],
    parcel: Callable[[str], Parcel],
    threads: int,
    count: int,
) -> None:
    fresh = keys.fresh(count)

    def share(numbers: range) -> None:
        with channel() as opened:
            for number in numbers:
                opened.send(parcel(f"bench:{number}"))

    _at_once(share, fresh, threads)


def _smtplib(port: int, mail: bytes, threads: int, count: int) -> None:
    def share(numbers: range) -> None:
        with smtplib.SMTP(HOST, port) as client:
            for number in numbers:
                client.sendmail("vanthu@btg.example", f"xa-{number}@donvi.example", mail)

    _at_once(share, range(count), threads)


def _at_once(share: Callable[[range], None], numbers: range, threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(share, [numbers[first::threads] for first in range(threads)]):
            pass


def _httpx(url: str, body: bytes, count: int) -> None:
    with httpx.Client() as client:
        for _ in range(count):
            client.post(url, content=body).raise_for_status()


def _asyncssh(keys: _Keys, secrets: Path, port: int, data: bytes, count: int) -> None:
    async def send() -> None:
        connection = await asyncssh.connect(
            HOST,
            port,
            username=USER,
            client_keys=[str(secrets / "id")],
            known_hosts=str(secrets / "known_hosts"),
            config=None,
        )
        async with connection, connection.start_sftp_client() as client:
            for number in keys.fresh(count):
                async with client.open(f"peer-{number}.part", "wb") as stream:
                    await stream.write(data)
                    await stream.fsync()
                await client.posix_rename(f"peer-{number}.part", f"peer-{number}")

    asyncio.run(send())


def _files(keys: _Keys, folder: Path, data: bytes, count: int) -> None:
    for number in keys.fresh(count):
        part = folder / f"peer-{number}.part"
        with part.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.rename(folder / f"peer-{number}")


@contextmanager
def _sink(kind: str, folder: Path) -> Iterator[int]:
    """Starts a sink; gives its port."""
    with subprocess.Popen(  # noqa: S603 (our own module)
        [sys.executable, "-m", "bench.sinks", kind, folder], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield int((process.stdout or sys.stdin).readline())
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
