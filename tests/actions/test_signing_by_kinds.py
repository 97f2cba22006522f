"""The same deeds with keys of every kind: officer at a token, agency at a remote service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from actions.errors import CertificateUnfitError, PinRefusedError, UnavailableError
from actions.sealing import complete as complete_seal
from actions.signing_off import complete as complete_signature
from models.base import DirectiveId
from models.officer import RegisteredCertificate
from signing.verdict import Verdict
from tests.actions.signature_rows import states_of
from tests.signing.keys.services import dummy_service
from tests.support.front import Front
from tests.support.signing_office import Authority, seals, signs
from tests.support.tokens import MODULE, HeldKey, TokenStore, token_store
from wiring.keyring import open_key, pin_state
from wiring.settings import load_settings

WRONG = "40414243"


@pytest.fixture
def tokens() -> TokenStore:
    return token_store()


@pytest.fixture
def held(authority: Authority, tokens: TokenStore) -> HeldKey:
    return tokens.hold_demo(authority.pki, "signatory")


@pytest.fixture(scope="module")
def service(authority: Authority) -> Iterator[str]:
    with dummy_service(authority.pki, pinned=True) as url:
        yield url


@pytest.fixture
def front(frozen_front: Front, authority: Authority, held: HeldKey, service: str) -> Front:
    """The signatory's key lies on a token, the agency's at a service."""
    settings = load_settings(
        {
            "TRINHKY_TOKENS__MODULES": f"softhsm={MODULE}",
            "TRINHKY_REMOTE__SERVICES": f"ky-xa={service}",
        }
    )
    frozen_front.desk = replace(
        frozen_front.desk,
        open_key=partial(open_key, settings),
        pin_state=partial(pin_state, settings),
    )
    says(
        frozen_front,
        authority.fingerprint("signatory"),
        key_kind="pkcs11",
        key_settings=held.settings("softhsm"),
        mechanism="rsa-pss/sha384",
    )
    says(frozen_front, authority.fingerprint("ban"),
         key_kind="csc", key_settings={"service": "ky-xa", "credential": "demo/ban"},
         mechanism="rsa-pkcs1/sha512")  # fmt: skip
    return frozen_front


def says(front: Front, fingerprint: str, **values: Any) -> None:  # noqa: ANN401 (columns)
    front.change(
        lambda session: session.execute(
            update(RegisteredCertificate)
            .where(RegisteredCertificate.fingerprint == fingerprint)
            .values(**values)
        )
    )


def test_an_officer_signs_with_a_token_and_the_agency_seals_at_a_service(
    front: Front, key: DirectiveId, held: HeldKey
) -> None:
    signs(front, key, pin=held.pin)
    complete_signature(front.desk, key)
    seals(front, key, pin="any")
    complete_seal(front.desk, key)
    directive = front.directive(key)
    assert directive.state == "sealed"
    pdf = front.desk.archive.get(directive.sealed_sha256 or "")
    report = front.desk.judge(pdf, "x", front.clock())
    assert report.verdict is Verdict.PASSED
    event = next(one for one in front.events(key) if one.deed == "plan_sign")
    assert (event.detail["method"], event.detail["mechanism"]) == ("pkcs11", "rsa-pss/sha384")


def test_a_wrong_pin_at_a_token_says_what_the_token_says(front: Front, key: DirectiveId) -> None:
    with pytest.raises(PinRefusedError) as refused:
        signs(front, key, pin=WRONG)
    assert "Mã PIN không đúng" in refused.value.diagnosis()
    assert "nhập sai nhiều lần, thẻ sẽ bị khoá" in refused.value.diagnosis()
    assert states_of(front) == []


def test_a_token_that_is_not_there_can_be_tried_again_later(
    front: Front, key: DirectiveId, held: HeldKey, tokens: TokenStore
) -> None:
    tokens.pull_out(held.token)
    with pytest.raises(UnavailableError) as gone:
        signs(front, key, pin=held.pin)
    assert held.token in gone.value.diagnosis()
    tokens.plug_in(held.token)
    signs(front, key, pin=held.pin)
    assert states_of(front) == ["keyed"]


def test_a_key_that_the_service_does_not_know_is_refused_before_any_plan(
    front: Front, key: DirectiveId, authority: Authority
) -> None:
    says(
        front,
        authority.fingerprint("signatory"),
        key_kind="csc",
        key_settings={"service": "ky-xa", "credential": "demo/nobody"},
        mechanism=None,
    )
    with pytest.raises(CertificateUnfitError) as refused:
        signs(front, key, pin="any")
    assert "demo/nobody" in refused.value.diagnosis()
    assert states_of(front) == []


@pytest.mark.parametrize("kind", ["agent", "upload"])
def test_a_key_that_is_used_elsewhere_is_not_asked_here(
    front: Front, key: DirectiveId, authority: Authority, kind: str
) -> None:
    says(front, authority.fingerprint("signatory"), key_kind=kind, key_settings=None)
    with pytest.raises(CertificateUnfitError) as refused:
        signs(front, key, pin="any")
    assert "Việc cần làm" in refused.value.diagnosis()
    assert states_of(front) == []
