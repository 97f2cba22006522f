"""What a token shows, and each way in which it does not sign."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pkcs11 import Attribute, KeyType, ObjectClass, exceptions

from signing.errors import KeyRefusedError, KeyUnavailableError, SignatureMismatchError
from signing.keys.cryptoki import (
    PinState,
    key_error,
    load_module,
)
from signing.keys.token import TokenKey, list_token_certificates, open_token, pin_state
from signing.mechanism import check_raw_signature
from tests.signing.keys.room import WRONG_PIN, Room, key_file, opened
from tests.support.tokens import HeldKey, TokenStore

ATTRIBUTES = b"what is signed"


def test_what_lies_on_a_token_is_listed_without_a_pin(room: Room, held: HeldKey) -> None:
    (found,) = [one for one in list_token_certificates(held.module) if one.token == held.token]
    assert found.key == held.key
    assert found.serial
    assert found.certificate.facts.name == "Người rsa"
    assert found.certificate.issuers == room.issuers
    assert found.pin_state is PinState.OK


def test_certificate_and_issuers_come_from_the_token(room: Room, held: HeldKey) -> None:
    with opened(held) as key:
        assert key.certificate.der == room.der("rsa")
        assert key.certificate.issuers == room.issuers
        key.announce([ATTRIBUTES])
        raw = key.sign(ATTRIBUTES)
    check_raw_signature(
        certificate=room.der("rsa"),
        signed_attributes=ATTRIBUTES,
        signature=raw,
        mechanism=key.mechanism,
    )


def test_a_key_is_found_by_its_identifier_too(held: HeldKey) -> None:
    with opened(held, key="id:01") as key:
        assert key.certificate.facts.name == "Người rsa"
    with pytest.raises(KeyRefusedError) as refused:
        opened(held, key="id:zz")
    assert refused.value.reason == "no_key"


def test_a_certificate_that_lies_elsewhere_is_handed_in(room: Room, tokens: TokenStore) -> None:
    token = tokens.add_token()
    tokens.put_key(token, key_file(room.pki, "ec"), "k")
    bare = HeldKey(module=tokens.module, token=token, key="k", pin="71935284")
    with opened(bare, certificate=room.der("ec"), known=room.issuers) as key:
        assert key.certificate.issuers == room.issuers
        assert key.sign(ATTRIBUTES)
    with pytest.raises(KeyRefusedError) as refused:
        opened(bare)
    assert refused.value.reason == "no_certificate"
    assert "Việc cần làm" in refused.value.diagnosis()


def test_a_key_that_is_not_that_of_the_certificate_signs_nothing(room: Room, held: HeldKey) -> None:
    with (
        opened(held, certificate=room.der("other")) as key,
        pytest.raises(SignatureMismatchError),
    ):
        key.sign(ATTRIBUTES)


def test_a_token_without_that_key_is_refused(held: HeldKey) -> None:
    with pytest.raises(KeyRefusedError) as refused:
        opened(held, key="khoa-khac")
    assert refused.value.reason == "no_key"
    with opened(held) as key:
        assert key.sign(ATTRIBUTES), "the token is free again"


@pytest.mark.parametrize(
    "fault", [exceptions.DeviceRemoved, exceptions.GeneralError, exceptions.UserAlreadyLoggedIn]
)
def test_what_a_driver_says_of_a_token_that_is_gone_is_transient(
    fault: type[exceptions.PKCS11Error],
) -> None:
    assert isinstance(key_error(fault(), "the", PinState.OK), KeyUnavailableError)


def test_a_token_that_is_not_there_is_named(tokens: TokenStore) -> None:
    for look in (
        lambda: open_token(tokens.module, token="the-la", key="k", pin="1"),
        lambda: pin_state(tokens.module, "the-la"),
    ):
        with pytest.raises(KeyUnavailableError) as gone:
            look()
        assert "the-la" in gone.value.diagnosis()


@pytest.mark.parametrize("name", ["missing.so", "no_module.so"])
def test_a_module_that_cannot_be_loaded_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "no_module.so").write_bytes(b"this is no library")
    with pytest.raises(KeyUnavailableError) as missing:
        list_token_certificates(tmp_path / name)
    assert name in missing.value.diagnosis()


def test_a_token_pulled_out_in_the_middle_ends_the_signing(
    tokens: TokenStore, held: HeldKey
) -> None:
    with opened(held) as key:
        assert key.sign(ATTRIBUTES)
        tokens.pull_out(held.token)
        for _ in range(2):
            with pytest.raises(KeyUnavailableError) as gone:
                key.sign(ATTRIBUTES)
    assert "Việc cần làm" in gone.value.diagnosis()
    tokens.plug_in(held.token)
    with opened(held) as key:
        assert key.sign(ATTRIBUTES)
    assert pin_state(held.module, held.token) is PinState.OK


def test_a_token_pulled_out_before_takes_no_pin(tokens: TokenStore, held: HeldKey) -> None:
    tokens.pull_out(held.token)
    with pytest.raises(KeyUnavailableError):
        opened(held)
    others = {one.token for one in list_token_certificates(held.module)}
    assert held.token not in others
    tokens.plug_in(held.token)
    with opened(held) as key:
        assert key.sign(ATTRIBUTES)


def test_a_closed_key_signs_nothing(held: HeldKey) -> None:
    key = opened(held)
    key.close()
    key.close()
    with pytest.raises(KeyUnavailableError):
        key.sign(ATTRIBUTES)


def test_a_token_serves_one_signing_at_a_time(held: HeldKey) -> None:
    key = opened(held)
    with pytest.raises(KeyUnavailableError) as busy:
        opened(held, wait_s=0.05)
    assert "đang được dùng" in busy.value.diagnosis()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(opened, held)
        time.sleep(0.05)
        assert not waiting.done()
        key.close()
        with waiting.result(timeout=10) as second:
            assert second.sign(ATTRIBUTES)


def test_nobody_signs_with_the_login_of_another(held: HeldKey) -> None:
    with opened(held), pytest.raises(KeyUnavailableError):
        opened(held, pin=WRONG_PIN, wait_s=0.01)
    with pytest.raises(KeyRefusedError):
        opened(held, pin=WRONG_PIN)


def test_tokens_of_one_module_sign_beside_each_other(room: Room, tokens: TokenStore) -> None:
    holds = [tokens.hold(key_file(room.pki, "ec"), room.der("ec")) for _ in range(2)]
    start = threading.Barrier(2)

    def many(held: HeldKey) -> int:
        start.wait()
        with opened(held) as key:
            return len([key.sign(ATTRIBUTES) for _ in range(40)])

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(many, holds)) == [40, 40]


def test_tokens_with_one_label_are_told_apart_by_the_certificate(
    room: Room, tokens: TokenStore
) -> None:
    for label in ("rsa", "ec"):
        token = tokens.add_token(f"tam-{label}")
        tokens.put_key(token, key_file(room.pki, label), "k")
        tokens.put_certificate(token, room.der(label), "k")
    twin = tokens.add_twin("tam-rsa", "tam-ec")
    with pytest.raises(KeyRefusedError) as refused:
        open_token(tokens.module, token=twin, key="k", pin="71935284")
    assert refused.value.reason == "ambiguous_token"
    with open_token(
        tokens.module, token=twin, key="k", pin="71935284", certificate=room.der("ec")
    ) as key:
        assert key.sign(ATTRIBUTES)


def test_a_key_that_wants_its_pin_each_time_gets_it(room: Room, tokens: TokenStore) -> None:
    token = tokens.add_token()
    _put_careful_key(tokens, token, key_file(room.pki, "rsa"))
    tokens.put_certificate(token, room.der("rsa"), "k", key_id="01")
    held = HeldKey(module=tokens.module, token=token, key="k", pin="71935284")
    with opened(held) as key:
        assert key.sign(ATTRIBUTES)
        assert key.sign(ATTRIBUTES)


def _put_careful_key(tokens: TokenStore, token: str, file: Path) -> None:
    numbers = load_pem_private_key(file.read_bytes(), None).private_numbers()  # type: ignore[union-attr]

    def raw(number: int) -> bytes:
        return number.to_bytes((number.bit_length() + 7) // 8, "big")

    there = next(one for one in pkcs11.lib(str(tokens.module)).get_tokens(token_label=token))
    with there.open(rw=True, user_pin="71935284") as session:
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.PRIVATE_KEY,
                Attribute.KEY_TYPE: KeyType.RSA,
                Attribute.TOKEN: True,
                Attribute.PRIVATE: True,
                Attribute.SENSITIVE: True,
                Attribute.SIGN: True,
                Attribute.ALWAYS_AUTHENTICATE: True,
                Attribute.LABEL: "k",
                Attribute.ID: b"\x01",
                Attribute.MODULUS: raw(numbers.public_numbers.n),
                Attribute.PUBLIC_EXPONENT: raw(numbers.public_numbers.e),
                Attribute.PRIVATE_EXPONENT: raw(numbers.d),
                Attribute.PRIME_1: raw(numbers.p),
                Attribute.PRIME_2: raw(numbers.q),
                Attribute.EXPONENT_1: raw(numbers.dmp1),
                Attribute.EXPONENT_2: raw(numbers.dmq1),
                Attribute.COEFFICIENT: raw(numbers.iqmp),
            }
        )


def test_a_forked_child_opens_its_own_session_and_leaves_its_parents_alone(
    held: HeldKey, room: Room, tokens: TokenStore
) -> None:
    other = tokens.hold(key_file(room.pki, "ec"), room.der("ec"))
    with opened(held) as key:
        child = os.fork()
        if not child:
            os._exit(_in_the_child(key, other))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert key.sign(ATTRIBUTES)


def _in_the_child(parents: TokenKey, other: HeldKey) -> int:
    try:
        with pytest.raises(KeyUnavailableError):
            parents.sign(ATTRIBUTES)
        with opened(other) as own:
            own.sign(ATTRIBUTES)
    except BaseException:  # noqa: BLE001 (a child must never go on with the tests)
        return 1
    return 0


def test_a_module_that_does_not_answer_is_transient(
    held: HeldKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent:
        def get_slots(self, **_: object) -> None:
            raise exceptions.GeneralError

    monkeypatch.setattr(load_module(held.module), "_lib", Silent())
    for look in (
        lambda: list_token_certificates(held.module),
        lambda: pin_state(held.module, held.token),
        lambda: opened(held),
    ):
        with pytest.raises(KeyUnavailableError):
            look()


def test_the_last_of_many_signatures_takes_as_long_as_the_first(held: HeldKey) -> None:
    with opened(held) as key:
        key.sign(ATTRIBUTES)
        took = []
        for number in range(200):
            start = time.perf_counter()
            key.sign(number.to_bytes(200, "big"))
            took.append(time.perf_counter() - start)
    assert sorted(took[-50:])[25] < 3 * sorted(took[:50])[25]
