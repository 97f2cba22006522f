"""`python -m bench.batch`: many directives signed under one PIN at a SoftHSM2 token, file by file.

The whole way of the product is taken: deeds on SQLite, summary, one PIN, everything planned, then
each file signed and recorded. Told is the time of the first, the middle and the last hundred files;
the last line printed is a JSON object, with the last hundred over the first as a ratio: 1 is flat.
Not timed: drawing the directives up, and finishing them (time stamp, evidence, judgement).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import mean
from time import perf_counter
from typing import Final

from sqlalchemy import update

from actions.access import officer_actor
from actions.auditing import Actor
from actions.batch_rows import view
from actions.batch_running import carry_out
from actions.batching import begin_batch, summarise
from actions.draft import Draft
from actions.drafting import start_directive, submit
from actions.freezing import freeze
from actions.numbering import take_number
from actions.reviewing import pass_step
from archive.store import Finding, Store
from bench.tables import milliseconds, ratio, show
from models.base import DirectiveId
from models.lifecycle import ReviewStep
from models.officer import RegisteredCertificate
from signing.request import SignatureKind
from signing.trust import load_certificates
from wiring.bootstrap import Office, open_office
from wiring.clock import SimulatedClock
from wiring.demo_draft import PEOPLE, REVIEWED
from wiring.demo_pki.build import DemoPKI
from wiring.demo_pki.recipe import TSA_URL
from wiring.demo_pki.serve import serving
from wiring.demo_setup import pki_folder, set_up_office
from wiring.settings import Settings, load_settings
from wiring.stories.reviewed import make_draft, read_reviewed

START: Final = datetime(2022, 9, 20, 1, 0, tzinfo=UTC)
SHARE: Final = 100
"""Files in each of the three shares that are compared."""
LABEL: Final = "bench"
TOKEN_PIN: Final = "71935284"  # noqa: S105 (of a token that lives as long as this run)
MODULES: Final = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/pkcs11/libsofthsm2.so"),
)


@dataclass(slots=True)
class Times:
    """When each step of each file was done, in seconds of the run."""

    planned: list[float] = field(default_factory=list)
    signed: list[float] = field(default_factory=list)


def main(arguments: Sequence[str]) -> int:
    """Runs it; exit status 0, or 1 where a file was not signed."""
    parser = argparse.ArgumentParser(prog="bench.batch", description=__doc__)
    parser.add_argument("--files", type=int, default=500, help="directives to sign (500)")
    options = parser.parse_args(arguments)
    module = next((one for one in MODULES if one.exists()), None)
    if module is None:
        _say("SoftHSM2 is missing. Install the package softhsm2.")
        return 1
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        _make_token(Path(place))
        with _office(Path(place) / "office", module) as office:
            keys = _draw_up(office, options.files)
            return _measure(office, keys)


def _make_token(folder: Path) -> None:
    tokens = folder / "tokens"
    tokens.mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(conf)  # noqa: TID251 (read by the library, at its load)
    _run("softhsm2-util", "--init-token", "--free", "--label", LABEL,
         "--pin", TOKEN_PIN, "--so-pin", "0000000000")  # fmt: skip


def _put_key(pki: DemoPKI, module: Path, certificate: bytes) -> None:
    """The signatory's key moves to the token."""
    file = pki.folder / "signatory.der"
    file.write_bytes(certificate)
    key = pki.folder / "authority" / f"{PEOPLE.signatory}.key.pem"
    _run("softhsm2-util", "--import", str(key), "--token", LABEL, "--label", LABEL,
         "--id", "01", "--pin", TOKEN_PIN)  # fmt: skip
    _run("pkcs11-tool", "--module", str(module), "--token-label", LABEL, "--login",
         "--pin", TOKEN_PIN, "--write-object", str(file), "--type", "cert",
         "--label", LABEL, "--id", "01")  # fmt: skip


def _run(*command: str) -> None:
    found = shutil.which(command[0])
    if found is None:
        raise SystemExit(f"{command[0]} is missing.")
    subprocess.run((found, *command[1:]), check=True, capture_output=True)  # noqa: S603 (our own words)


@contextmanager
def _office(folder: Path, module: Path) -> Iterator[Office]:
    plain = _settings(folder)
    with open_office(plain) as first:
        clock = first.clock
        if isinstance(clock, SimulatedClock):
            clock.set(START)
        pki = set_up_office(first.database, plain, at=START)
        with first.database.writing() as session:
            session.execute(
                update(RegisteredCertificate)
                .where(RegisteredCertificate.officer_id == PEOPLE.signatory)
                .values(
                    key_kind="pkcs11",
                    key_settings={"module": "softhsm", "token": LABEL, "key": LABEL},
                )
            )
    _put_key(pki, module, load_certificates(pki.certificate(PEOPLE.signatory))[0])
    with serving(pki_folder(plain)) as address:
        settings = _settings(
            folder,
            TRINHKY_TIMESTAMPS__URL=TSA_URL,
            TRINHKY_TIMESTAMPS__PROXY=address,
            TRINHKY_TIMESTAMPS__FAKE_TIME="true",
            TRINHKY_TOKENS__MODULES=f"softhsm={module}",
        )
        with open_office(settings) as office:
            yield office


def _settings(folder: Path, **more: str) -> Settings:
    return load_settings(
        {
            "TRINHKY_FOLDER": str(folder),
            "TRINHKY_CLOCK": "simulated",
            "TRINHKY_LOG__LEVEL": "ERROR",
            **more,
        }
    )


def _draw_up(office: Office, number: int) -> list[DirectiveId]:
    """Directives that wait for the signatory, by the deeds themselves."""
    began = perf_counter()
    draft = make_draft(read_reviewed(REVIEWED), PEOPLE, {})
    keys = [_drawn_up(office, draft, at) for at in range(number)]
    _say(f"Drawn up: {number} directives in {perf_counter() - began:.0f} s (not part of it).\n")
    return keys


def _drawn_up(office: Office, draft: Draft, at: int) -> DirectiveId:
    desk = office.desk
    titled = replace(draft, content=replace(draft.content, title=f"Văn bản thứ {at + 1}"))
    key = start_directive(desk, _actor(office, PEOPLE.drafter), draft=titled)
    submit(desk, _actor(office, PEOPLE.drafter), key)
    for step, who in (
        (ReviewStep.CONTENT, PEOPLE.content_reviewer),
        (ReviewStep.FORM, PEOPLE.form_reviewer),
        (ReviewStep.APPROVAL, PEOPLE.signatory),
    ):
        pass_step(desk, _actor(office, who), key, step, revision=1)
    take_number(desk, _actor(office, PEOPLE.clerk), key)
    freeze(desk, key)
    return key


def _actor(office: Office, officer_id: str) -> Actor:
    with office.database.reading() as session:
        return officer_actor(session, officer_id, START.date())


def _measure(office: Office, keys: Sequence[DirectiveId]) -> int:
    signatory = _actor(office, PEOPLE.signatory)
    began = perf_counter()
    batch = summarise(office.desk, signatory, SignatureKind.OFFICER, keys)
    summary_s = perf_counter() - began
    times = Times()
    timed = replace(office.desk, archive=_Watched(office.desk.archive, times))
    begin_batch(timed, signatory, batch.id)
    started = perf_counter()
    carry_out(
        timed, signatory, batch.id, TOKEN_PIN,
        signed=lambda _key: times.signed.append(perf_counter()),
    )  # fmt: skip
    whole_s = perf_counter() - started
    with office.database.reading() as session:
        done = view(session, signatory, batch.id)
    _say(f"Signed: {len(done.signed)}/{len(keys)} in {whole_s:.1f} s, summary {summary_s:.1f} s.\n")
    if len(done.signed) < len(keys):
        _say("\n".join(line.problem for line in done.lines if line.problem))
        return 1
    _tell(times, whole_s, summary_s)
    return 0


class _Watched:
    """The archive, noting when each prepared document was put there."""

    def __init__(self, store: Store, times: Times) -> None:
        self._store = store
        self._times = times

    def put(self, data: bytes) -> str:
        digest = self._store.put(data)
        self._times.planned.append(perf_counter())
        return digest

    def get(self, sha256_hex: str) -> bytes:
        return self._store.get(sha256_hex)

    def has(self, sha256_hex: str) -> bool:
        return self._store.has(sha256_hex)

    def remove(self, sha256_hex: str) -> bool:
        return self._store.remove(sha256_hex)

    def verify(self, expected: Iterable[str] = ()) -> tuple[Finding, ...]:
        return self._store.verify(expected)


def _tell(times: Times, whole_s: float, summary_s: float) -> None:
    steps = {"planned": _per_file(times.planned), "signed": _per_file(times.signed)}
    rows, ratios = [], {}
    for name, seconds in steps.items():
        first, middle, last = (mean(share) for share in _shares(seconds))
        rows.append((name, *map(milliseconds, (first, middle, last)), ratio(last / first)))
        ratios[f"batch_{name}_last_vs_first"] = round(last / first, 3)
    share = len(_shares(steps["signed"])[0])
    header = ("step", f"first {share} ms", f"middle {share}", f"last {share}", "last : first")
    _say(show("Per file", header, rows))
    files = len(times.signed)
    facts = {
        "batch_files": files,
        "batch_ms_per_file": round(whole_s / files * 1000, 1),
        "batch_summary_ms_per_file": round(summary_s / files * 1000, 1),
    }
    _say(json.dumps(ratios | facts))


def _per_file(moments: Sequence[float]) -> list[float]:
    """Time between one file and the next."""
    return [after - before for before, after in pairwise(moments)]


def _shares(seconds: Sequence[float]) -> tuple[Sequence[float], ...]:
    size = max(1, min(SHARE, len(seconds) // 3))
    middle = (len(seconds) - size) // 2
    return seconds[:size], seconds[middle : middle + size], seconds[-size:]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
