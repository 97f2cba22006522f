"""Batches with real kinds of keys: at a token that is pulled out, at a service with one leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from actions.batch_running import run_batch
from actions.errors import PinRefusedError
from actions.readiness import known_here
from actions.signing_off import ACT
from models.officer import RegisteredCertificate
from signing.keys.remote import RemoteKey
from tests.actions.batch_office import FILES, Waiting, Watch, outcomes, run, seen, summed
from tests.actions.signature_rows import signatures_of
from tests.signing.keys.services import dummy_service
from tests.support.clock import StoryClock
from tests.support.front import Front
from tests.support.signing_office import Authority
from tests.support.tokens import MODULE, HeldKey, TokenStore, token_store
from wiring.keyring import open_key, pin_state
from wiring.settings import load_settings


@pytest.fixture(scope="module")
def service(authority: Authority) -> Iterator[str]:
    with dummy_service(authority.pki, pinned=True) as url:
        yield url


@pytest.fixture
def tokens() -> TokenStore:
    return token_store()


@pytest.fixture
def held(authority: Authority, tokens: TokenStore) -> HeldKey:
    return tokens.hold_demo(authority.pki, "signatory")


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def plain(waiting: Waiting, tmp_path: Path, clock: StoryClock, service: str) -> Iterator[Front]:
    """The office with keys opened in the way that their rows say."""
    settings = load_settings(
        {
            "TRINHKY_TOKENS__MODULES": f"softhsm={MODULE}",
            "TRINHKY_REMOTE__SERVICES": f"ky-xa={service}",
        }
    )
    with waiting.open(tmp_path, clock) as opened:
        opened.desk = replace(
            opened.desk,
            open_key=partial(open_key, settings),
            pin_state=partial(pin_state, settings),
        )
        yield opened


@pytest.fixture
def front(plain: Front, authority: Authority, held: HeldKey, watch: Watch) -> Front:
    """The signatory's key lies on a token."""
    says(plain, authority, key_kind="pkcs11", key_settings=held.settings("softhsm"))
    return watch.on(plain)


def says(front: Front, authority: Authority, **values: Any) -> None:  # noqa: ANN401 (columns)
    front.change(
        lambda session: session.execute(
            update(RegisteredCertificate)
            .where(RegisteredCertificate.fingerprint == authority.fingerprint("signatory"))
            .values(**values)
        )
    )


def test_a_token_is_opened_once_for_all_files(
    front: Front, waiting: Waiting, held: HeldKey, watch: Watch
) -> None:
    done = run(front, summed(front, waiting.frozen), held.pin)
    assert (done.state, outcomes(done)) == ("finished", ["signed"] * FILES)
    assert watch.pins == [held.pin]
    rows = [row for row in signatures_of(front) if row.batch_id == done.id]
    assert {(row.state, row.method) for row in rows} == {("keyed", "pkcs11")}


def test_a_token_pulled_out_in_the_middle_leaves_the_rest_not_begun(
    front: Front, waiting: Waiting, held: HeldKey, watch: Watch, tokens: TokenStore
) -> None:
    def pull_out(at: int) -> None:
        if at == 2:
            tokens.pull_out(held.token)

    watch.before_signing = pull_out
    done = run(front, summed(front, waiting.frozen), held.pin)
    assert (done.state, outcomes(done)) == ("finished", ["signed", "refused", "not_begun"])
    assert held.token in done.lines[1].problem
    assert "Khoá không còn trả lời" in done.lines[2].problem
    tokens.plug_in(held.token)
    watch.before_signing = lambda _at: None
    rest = run(front, summed(front, waiting.frozen[1:]), held.pin)
    assert outcomes(rest) == ["signed", "signed"]


def test_a_wrong_pin_counts_once_at_the_token_whatever_the_number_of_files(
    front: Front, waiting: Waiting, held: HeldKey, watch: Watch
) -> None:
    batch = summed(front, waiting.frozen)
    with pytest.raises(PinRefusedError) as refused:
        run_batch(front.desk, front.signatory, batch.id, "40414243")
    assert "nhập sai nhiều lần, thẻ sẽ bị khoá" in refused.value.diagnosis()
    assert watch.pins == ["40414243"]
    told = known_here(front.desk, front.signatory, waiting.frozen[0], ACT).warnings
    assert "pin" in {check.key for check in told}
    assert outcomes(seen(front, batch.id)) == ["waiting"] * FILES
    assert outcomes(run(front, batch, held.pin)) == ["signed"] * FILES
    told = known_here(front.desk, front.signatory, waiting.frozen[0], ACT).warnings
    assert "pin" not in {check.key for check in told}


def test_a_remote_service_is_asked_for_leave_once_for_all_hashes(
    plain: Front, authority: Authority, waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(
        plain, authority, key_kind="csc",
        key_settings={"service": "ky-xa", "credential": "demo/signatory"},
    )  # fmt: skip
    announced: list[int] = []
    announce = RemoteKey.announce

    def noting(key: RemoteKey, attributes: Any) -> None:  # noqa: ANN401 (as the key has them)
        announced.append(len(attributes))
        announce(key, attributes)

    monkeypatch.setattr(RemoteKey, "announce", noting)
    done = run(plain, summed(plain, waiting.frozen), "any")
    assert outcomes(done) == ["signed"] * FILES
    assert announced == [FILES]
