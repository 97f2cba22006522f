"""The token of a sign-on service, and a service that cannot be right."""

from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from tests.portal.test_single_sign_on import NOW, secret
from wiring.errors import SettingsError, SignOnRefusedError
from wiring.settings import load_settings
from wiring.sign_on import Promise, SignOn

__all__ = ["secret"]


KEY = ECKey.generate_key("P-256", parameters={"kid": "ours"})


OTHER = ECKey.generate_key("P-256", parameters={"kid": "ours"})


GOOD = {
    "iss": "https://sso.example", "sub": "thanh", "aud": "trinh-ky", "nonce": "n",
    "iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 300,
}  # fmt: skip


def _claims(token: str) -> dict[str, Any]:
    settings = load_settings(
        {"TRINHKY_SSO__ISSUER": "https://sso.example", "TRINHKY_SSO__CLIENT_ID": "trinh-ky"}
    )
    keys = KeySet([KEY]).as_dict(private=False)
    promise = Promise(nonce="n", verifier="v")
    return dict(SignOn(settings)._claims({"id_token": token}, keys, promise, NOW))


def test_a_good_token_is_taken() -> None:
    token = jwt.encode({"alg": "ES256", "kid": "ours"}, GOOD, KEY, algorithms=["ES256"])
    assert _claims(token)["sub"] == "thanh"


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://xau.example"},
        {"aud": "chuong-trinh-khac"},
        {"aud": ["trinh-ky", "khac"], "azp": "khac"},
        {"nonce": "m"},
        {"nonce": None},
        {"sub": None},
        {"exp": int(NOW.timestamp()) - 120},
        {"iat": int(NOW.timestamp()) + 600, "exp": int(NOW.timestamp()) + 900},
    ],
)
def test_a_token_that_says_something_else_is_refused(change: dict[str, Any]) -> None:
    said = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    token = jwt.encode({"alg": "ES256", "kid": "ours"}, said, KEY, algorithms=["ES256"])
    with pytest.raises(SignOnRefusedError):
        _claims(token)


@pytest.mark.parametrize("forged", ["other key", "our own secret", "no signature", "no token"])
def test_a_token_that_the_service_did_not_sign_is_refused(forged: str) -> None:
    shared = OctKey.import_key("x" * 32)
    tokens = {
        "other key": lambda: jwt.encode({"alg": "ES256", "kid": "ours"}, GOOD, OTHER),
        "our own secret": lambda: jwt.encode({"alg": "HS256"}, GOOD, shared, algorithms=["HS256"]),
        "no signature": lambda: (
            "eyJhbGciOiJub25lIn0."
            + jwt.encode({"alg": "HS256"}, GOOD, shared, algorithms=["HS256"]).split(".")[1]
            + "."
        ),
        "no token": lambda: "x",
    }
    with pytest.raises(SignOnRefusedError):
        _claims(tokens[forged]())


@pytest.mark.parametrize(
    "given",
    [
        {"TRINHKY_SSO__ISSUER": "http://sso.example", "TRINHKY_SSO__CLIENT_ID": "x"},
        {"TRINHKY_SSO__ISSUER": "https://sso.example"},
        {"TRINHKY_SSO__CLIENT_ID": "x"},
    ],
)
def test_a_service_that_cannot_be_right_is_refused_at_the_start(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        load_settings(given)


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("x", encoding="utf-8")
    path.chmod(0o644)
    given = {
        "TRINHKY_SSO__ISSUER": "https://sso.example", "TRINHKY_SSO__CLIENT_ID": "x",
        "TRINHKY_SSO__SECRET": str(path),
    }  # fmt: skip
    with pytest.raises(SettingsError):
        SignOn(load_settings(given))._secret()
