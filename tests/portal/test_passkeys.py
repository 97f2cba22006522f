"""Passkeys at the portal's door: which names it answers to, and answers that are no proof."""

import base64
import json
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from actions.account_rows import StepOverError
from actions.passkey_proofs import Party, PasskeyRefusedError
from actions.passkeys import begin_using, use_passkey, user_handle
from portal.context import Portal
from portal.party import other_name, party_of
from tests.portal.browsing import Browsing, token_in
from tests.portal.seeded import PASSWORD
from wiring.settings import load_settings

HERE = Party(rp_id="localhost", origin="http://localhost:8080")


def _portal(**given: str) -> Portal:
    made = load_settings(
        {f"TRINHKY_PORTAL__{name.upper()}": value for name, value in given.items()}
    )
    return cast("Portal", SimpleNamespace(office=SimpleNamespace(settings=made)))


def _request(host: str) -> Request:
    return Request(
        {
            "type": "http", "method": "GET", "path": "/", "query_string": b"", "scheme": "http",
            "headers": [(b"host", host.encode())], "server": ("127.0.0.1", 8080),
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("base_url", "host", "party", "other"),
    [
        (None, "localhost:8080", ("localhost", "http://localhost:8080"), ""),
        (None, "127.0.0.1:8080", None, "http://localhost:8080"),
        (None, "[::1]:8080", None, "http://localhost:8080"),
        (None, "192.0.2.7:8080", None, ""),
        (
            "https://trinhky.example/", "trinhky.example",
            ("trinhky.example", "https://trinhky.example"), "",
        ),
        (
            "https://trinhky.example:8443", "TrinhKy.example:8443",
            ("trinhky.example", "https://trinhky.example:8443"), "",
        ),
        ("https://trinhky.example", "localhost:8080", ("localhost", "http://localhost:8080"), ""),
        ("https://trinhky.example", "192.0.2.7", None, "https://trinhky.example"),
        ("https://trinhky.example", "xau.example", None, "https://trinhky.example"),
        ("http://trinhky.example", "trinhky.example", None, ""),
    ],
)  # fmt: skip
def test_passkeys_belong_to_the_offices_own_name_and_to_localhost(
    base_url: str | None, host: str, party: tuple[str, str] | None, other: str
) -> None:
    portal = _portal(**({"base_url": base_url} if base_url else {}))
    found = party_of(_request(host), portal)
    assert (None if found is None else (found.rp_id, found.origin)) == party
    assert other_name(_request(host), portal) == other


def test_what_is_asked_names_the_host_and_wants_the_person_verified(browsing: Browsing) -> None:
    form = browsing.client.get("/dang-nhap", headers={"host": "localhost:8080"})
    asked = browsing.client.post(
        "/dang-nhap/khoa/bat-dau",
        data={"csrf": token_in(form)},
        headers={"host": "localhost:8080"},
    ).json()
    assert asked["options"]["rpId"] == "localhost"
    assert asked["options"]["userVerification"] == "required"
    assert asked["options"]["allowCredentials"] == []
    assert len(asked["options"]["challenge"]) >= 43


def test_an_address_asks_for_no_passkey(browsing: Browsing) -> None:
    form = browsing.get("/dang-nhap")
    asked = browsing.client.post("/dang-nhap/khoa/bat-dau", data={"csrf": token_in(form)})
    assert asked.status_code == 409
    assert asked.json()["code"] == "no_host_name"
    assert "http://localhost:8080" in asked.json()["message"]


def test_a_form_of_others_asks_for_nothing(browsing: Browsing) -> None:
    for path in ("/dang-nhap/khoa/bat-dau", "/dang-nhap/khoa"):
        assert browsing.client.post(path, data={"csrf": "doan-bua"}).status_code == 403
    browsing.enter("ho-sy-nam")
    for path in ("/tai-khoan/khoa/bat-dau", "/tai-khoan/khoa"):
        sent = browsing.client.post(path, data={"csrf": "doan-bua", "password": PASSWORD})
        assert sent.status_code == 403


def _use(browsing: Browsing, token: str, response: str) -> None:
    use_passkey(
        browsing.portal.database, token=token, response=response, key=b"k" * 32,
        at=browsing.seeded.office.clock(),
    )  # fmt: skip


def test_an_answer_is_held_against_one_question_once(browsing: Browsing) -> None:
    at = browsing.seeded.office.clock()
    asked = begin_using(browsing.portal.database, party=HERE, at=at)
    with pytest.raises(PasskeyRefusedError):
        _use(browsing, asked.token, "{}")
    for token in (asked.token, "", "doan-bua"):
        with pytest.raises(StepOverError):
            _use(browsing, token, "{}")


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    answer=st.one_of(
        st.text(max_size=60),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["id", "rawId", "type", "response", "userHandle", "signature"]),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=8,
        ).map(json.dumps),
    )
)
def test_whatever_a_browser_sends_is_a_refusal_and_no_accident(
    browsing: Browsing, answer: str
) -> None:
    at = browsing.seeded.office.clock()
    asked = begin_using(browsing.portal.database, party=HERE, at=at)
    with pytest.raises(PasskeyRefusedError):
        _use(browsing, asked.token, answer)


def test_an_officers_handle_tells_nothing_of_the_officer() -> None:
    first, second = user_handle(b"a" * 32, "chi-ha"), user_handle(b"b" * 32, "chi-ha")
    assert first != second
    assert b"chi-ha" not in first
    assert len(base64.b64encode(first)) < 64 * 4 / 3
