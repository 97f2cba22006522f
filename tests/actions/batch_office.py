"""The small office with several directives that wait: for the signatory, and for the seal."""

import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Self

from actions.batch_rows import BatchView, view
from actions.batch_running import run_batch
from actions.batching import end_batch, summarise
from actions.desk import Desk
from actions.signing_off import complete
from models.base import DirectiveId
from models.officer import RegisteredCertificate
from models.session import Database
from signing.keys.key import SigningKey
from signing.request import SignatureKind
from tests.actions.signature_rows import signatures_of
from tests.support.clock import StoryClock
from tests.support.front import Front, with_content
from tests.support.signing_office import (
    PIN,
    Authority,
    dies_at,
    make_signing_front,
    signing_desk,
    signs,
)

OFFICER, SEAL = SignatureKind.OFFICER, SignatureKind.SEAL
FILES = 3
"""Directives that wait, of each kind."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Copies of an office in which directives wait."""

    folder: Path
    frozen: tuple[DirectiveId, ...]
    signed: tuple[DirectiveId, ...]
    authority: Authority

    @contextmanager
    def open(self, folder: Path, clock: StoryClock) -> Iterator[Front]:
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        database = Database(f"sqlite:///{folder / 'office.db'}")
        yield Front(signing_desk(database, folder, clock, self.authority), clock)
        database.close()


def make_waiting(empty: Path, folder: Path, authority: Authority) -> Waiting:
    shutil.copy(empty, folder / "office.db")
    database = Database(f"sqlite:///{folder / 'office.db'}")
    front = make_signing_front(database, folder, StoryClock(), authority)
    keys = [front.frozen(with_content(title=f"Văn bản thứ {at}")) for at in range(1, 2 * FILES + 1)]
    for key in keys[FILES:]:
        signs(front, key)
        complete(front.desk, key)
    database.close()
    return Waiting(folder, tuple(keys[:FILES]), tuple(keys[FILES:]), authority)


@dataclass
class WatchedKey:
    """A real key that notes what it is asked, and may be told to fail."""

    key: SigningKey
    watch: "Watch"

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (all else as the key has it)
        return getattr(self.key, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_how: object) -> None:
        self.watch.closed += 1
        self.key.close()

    def announce(self, signed_attributes: Sequence[bytes]) -> None:
        self.watch.announced.append(tuple(signed_attributes))
        self.watch.before_announcing()

    def sign(self, signed_attributes: bytes) -> bytes:
        self.watch.before_signing(len(self.watch.signed) + 1)
        raw = self.key.sign(signed_attributes)
        self.watch.signed.append(signed_attributes)
        return raw


@dataclass
class Watch:
    """What happened to the key."""

    pins: list[str] = field(default_factory=list)
    announced: list[tuple[bytes, ...]] = field(default_factory=list)
    signed: list[bytes] = field(default_factory=list)
    closed: int = 0
    before_announcing: Callable[[], None] = lambda: None
    before_signing: Callable[[int], None] = lambda _at: None

    def on(self, front: Front) -> Front:
        """The office with this watch at its key."""
        open_key = front.desk.open_key

        def watched(row: RegisteredCertificate, pin: str) -> Any:  # noqa: ANN401 (as a key)
            self.pins.append(pin)
            return WatchedKey(open_key(row, pin), self)

        return replace(front, desk=replace(front.desk, open_key=watched))


def summed(front: Front, keys: Sequence[DirectiveId], kind: SignatureKind = OFFICER) -> BatchView:
    """A batch of these, as its person sees it."""
    actor = front.signatory if kind is OFFICER else front.clerk
    return seen(front, summarise(front.desk, actor, kind, keys).id, kind)


def seen(front: Front, batch_id: Any, kind: SignatureKind = OFFICER) -> BatchView:  # noqa: ANN401 (an identifier)
    actor = front.signatory if kind is OFFICER else front.clerk
    with front.desk.database.reading() as session:
        return view(session, actor, batch_id)


def run(front: Front, batch: BatchView, pin: str = PIN) -> BatchView:
    """Carries a batch out; returns how it ended."""
    kind = SignatureKind(batch.kind)
    actor = front.signatory if kind is OFFICER else front.clerk
    run_batch(front.desk, actor, batch.id, pin)
    return seen(front, batch.id, kind)


def outcomes(batch: BatchView) -> list[str]:
    return [line.outcome for line in batch.lines]


def newer_certificate(authority: Authority, holder: str) -> RegisteredCertificate:
    """Another certificate of the signatory, registered later than the first."""
    return RegisteredCertificate(
        fingerprint=authority.fingerprint(holder),
        subject=holder,
        der=authority.der(holder),
        key_kind="pkcs12",
        key_location=str(authority.pki.key(holder)),
        officer_id="signatory",
        valid_from=date(2022, 1, 1),
    )


def officer_states(front: Front, key: DirectiveId) -> list[str]:
    """States of the officer's signatures of a directive."""
    rows = [row for row in signatures_of(front) if row.kind == OFFICER]
    return [row.state for row in rows if row.directive_id == key]


def survives_kills(waiting: Waiting, folder: Path, *, every: int) -> int:
    """Kills a batch of two files at every n-th of its points, each time in a fresh office.

    After each kill a person looks, ends what was cut off and signs the rest. Returns the number of
    the point that was never reached.
    """
    keys = waiting.frozen[:2]
    step, died = 1, True
    while died:
        watch = Watch()
        with waiting.open(folder / str(step), StoryClock()) as whole:
            front = watch.on(whole)
            batch = summed(front, keys)
            died = dies_at(step, front.desk, partial(_runs, front, batch.id))
            _recover(front, batch.id, keys)
            for key in keys:
                made = officer_states(front, key)
                assert made.count("keyed") == 1, (step, made)
                assert set(made) <= {"keyed", "abandoned"}, (step, made)
        shutil.rmtree(folder / str(step))
        step += every
    return step


def _runs(front: Front, batch_id: uuid.UUID, desk: Desk) -> None:
    run_batch(desk, front.signatory, batch_id, PIN)


def _recover(front: Front, batch_id: uuid.UUID, keys: Sequence[DirectiveId]) -> None:
    found = seen(front, batch_id)
    keyed = {key for key in keys if "keyed" in officer_states(front, key)}
    assert {line.directive_id for line in found.signed} == keyed
    if found.state == "running":
        end_batch(front.desk, front.signatory, batch_id, reason="Bị ngắt.")
        ended = seen(front, batch_id)
        assert {line.directive_id for line in ended.signed} == keyed
        assert {line.outcome for line in ended.lines} <= {"signed", "not_begun"}
    if keyed != set(keys):
        rest = run(front, summed(front, [key for key in keys if key not in keyed]))
        assert set(outcomes(rest)) == {"signed"}
