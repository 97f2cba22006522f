"""Each kind of key is opened as its row says, by the names in the settings and by no others."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models.officer import RegisteredCertificate
from signing.errors import KeyRefusedError, KeyUnavailableError
from signing.keys.cryptoki import PinState
from tests.signing.keys.room import Room, build_room, key_file, open_room
from tests.signing.keys.services import BEARER, PIN, strict_service
from tests.support.tokens import MODULE, HeldKey, token_store
from wiring.bootstrap import open_office
from wiring.demo_pki.build import DEMO_PIN
from wiring.demo_pki.serve import serving
from wiring.keyring import ELSEWHERE, open_key, pin_state
from wiring.settings import Settings, load_settings


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    pki = build_room(tmp_path_factory.mktemp("pki"))
    with serving(pki.folder) as address:
        yield open_room(pki.folder, address)


@pytest.fixture(scope="module")
def held(room: Room) -> HeldKey:
    """A token without the issuers' certificates."""
    return token_store().hold(key_file(room.pki, "rsa"), room.der("rsa"))


@pytest.fixture
def settings(tmp_path: Path, room: Room) -> Settings:
    (tmp_path / "trust").mkdir()
    for file in (room.pki.root, room.pki.intermediate):
        shutil.copy(file, tmp_path / "trust")
    return load_settings(
        {"TRINHKY_FOLDER": str(tmp_path), "TRINHKY_TOKENS__MODULES": f"softhsm={MODULE}"}
    )


def row_of(room: Room, **values: Any) -> RegisteredCertificate:  # noqa: ANN401 (columns)
    return RegisteredCertificate(
        fingerprint=room.fingerprint("rsa"), subject="x", der=room.der("rsa"), **values
    )


def refused(settings: Settings, row: RegisteredCertificate, pin: str) -> KeyRefusedError:
    with pytest.raises(KeyRefusedError) as refusal:
        open_key(settings, row, pin)
    assert "Việc cần làm" in refusal.value.diagnosis()
    return refusal.value


def test_a_file_key_signs_by_the_mechanism_of_its_row(settings: Settings, room: Room) -> None:
    settings.keys_folder.mkdir()
    shutil.copy(room.pki.key("rsa"), settings.keys_folder / "rsa.p12")
    row = row_of(room, key_kind="pkcs12", key_location="rsa.p12", mechanism="rsa-pss/sha384")
    with open_key(settings, row, DEMO_PIN) as key:
        assert str(key.mechanism) == "rsa-pss/sha384"
    assert refused(settings, row, "000000").reason == "wrong_pin"
    assert pin_state(settings, row) is None


@pytest.mark.parametrize("location", [None, "missing.p12"])
def test_a_file_that_does_not_lie_here_is_said_to_be_missing(
    settings: Settings, room: Room, location: str | None
) -> None:
    row = row_of(room, key_kind="pkcs12", key_location=location)
    with pytest.raises(KeyUnavailableError):
        open_key(settings, row, DEMO_PIN)


def test_a_token_is_opened_by_the_name_of_its_library(
    settings: Settings, room: Room, held: HeldKey
) -> None:
    row = row_of(
        room,
        key_kind="pkcs11",
        key_settings=held.settings("softhsm"),
        mechanism="rsa-pkcs1/sha512",
    )
    with open_key(settings, row, held.pin) as key:
        assert str(key.mechanism) == "rsa-pkcs1/sha512"
        assert key.certificate.issuers[:1] == room.issuers, "from the folder of anchors"
        assert key.sign(b"x")
    assert pin_state(settings, row) is PinState.OK
    assert refused(settings, row, "0000").reason == "wrong_pin"
    assert pin_state(settings, row) is PinState.LOW


@pytest.mark.parametrize("name", ["khac", str(MODULE)])
def test_only_libraries_that_the_operator_named_are_loaded(
    settings: Settings, room: Room, held: HeldKey, name: str
) -> None:
    row = row_of(room, key_kind="pkcs11", key_settings=held.settings(name))
    refusal = refused(settings, row, held.pin)
    assert refusal.reason == "way_unknown"
    assert "TRINHKY_TOKENS__MODULES" in refusal.diagnosis()
    with pytest.raises(KeyRefusedError):
        pin_state(settings, row)


@pytest.mark.parametrize("said", [None, {}, {"module": "softhsm"}, {"module": 1}])
def test_a_row_that_does_not_say_enough_is_refused(
    settings: Settings, room: Room, said: dict[str, Any] | None
) -> None:
    row = row_of(room, key_kind="pkcs11", key_settings=said)
    assert refused(settings, row, "1234").reason == "way_unknown"


def test_a_remote_key_is_opened_by_the_name_of_its_service(settings: Settings, room: Room) -> None:
    row = row_of(room, key_kind="csc", key_settings={"service": "ky-xa", "credential": "rsa"})
    assert refused(settings, row, PIN).reason == "way_unknown"
    with strict_service(room) as (_, url):
        known = load_settings(
            {
                "TRINHKY_REMOTE__SERVICES": f"ky-xa={url}",
                "TRINHKY_REMOTE__BEARERS": f"ky-xa={BEARER}",
            }
        )
        with open_key(known, row, PIN) as key:
            key.announce([b"x"])
            assert key.sign(b"x")
        stranger = load_settings({"TRINHKY_REMOTE__SERVICES": f"ky-xa={url}"})
        assert refused(stranger, row, PIN).reason == "unauthorised"
    assert BEARER not in repr(known)


@pytest.mark.parametrize("kind", ["agent", "upload", "none", "la"])
def test_a_key_that_is_used_elsewhere_is_not_opened_here(
    settings: Settings, room: Room, kind: str
) -> None:
    refusal = refused(settings, row_of(room, key_kind=kind), "1234")
    assert refusal.reason == "elsewhere"
    assert refusal.diagnosis() == ELSEWHERE.get(kind, ELSEWHERE["none"])


def test_an_office_opens_tokens_and_tells_of_their_pins(
    settings: Settings, room: Room, held: HeldKey
) -> None:
    row = row_of(room, key_kind="pkcs11", key_settings=held.settings("softhsm"))
    with open_office(settings) as office:
        with office.desk.open_key(row, held.pin) as key:
            assert key.sign(b"x")
        assert office.desk.pin_state is not None
        assert office.desk.pin_state(row) is PinState.OK
