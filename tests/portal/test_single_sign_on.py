"""Single sign-on against a real OpenID provider (oidc-provider), run here on the loopback."""

import html
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from actions.auditing import MACHINE
from actions.errors import AlreadyDoneError, InvalidInputError
from actions.single_sign_on import link_identity, unlink_identities
from models.audit import AuditEvent
from models.credential import AuthenticatorApp, Ceremony, ExternalIdentity
from models.officer import Account, Officer
from portal.app import make_app
from portal.identity import SESSION_COOKIE
from tests.portal.browsing import Browsing, Response, TestClient, words_of
from tests.portal.seeded import Seeded
from wiring.processes import any_port
from wiring.settings import changed

ROOT = Path(__file__).resolve().parents[2]
HERE = "http://127.0.0.1:8080"
SECRET = "bi mat +&% cua cong thong tin"
CLIENT = "trinh-ky:cong"
PERSON = "cao-duc-thanh"
NOW = datetime.now(UTC)
"""The provider lives in real time, and so does this portal, for as long as these tests run."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The provider, ready."""
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("Node or oidc-provider is missing.")
    port = any_port()
    script = ROOT / "tests" / "support" / "sign_on_service.mjs"
    redirect = f"{HERE}/dang-nhap/mot-lan/ve"
    running = subprocess.Popen(
        [node, script, str(port), redirect, CLIENT, SECRET],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert running.stdout is not None
    assert any(line.startswith("ready") for line in running.stdout)
    yield f"http://127.0.0.1:{port}"
    running.terminate()
    running.wait()
    running.stdout.close()


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sso") / "secret"
    path.touch(mode=0o600)
    path.write_text(SECRET + "\n", encoding="utf-8")
    return path


def _browsing(seeded: Seeded, issuer: str, secret: Path, **more: Any) -> Browsing:  # noqa: ANN401 (settings)
    settings = changed(
        seeded.office.settings, sso__issuer=issuer, sso__client_id=CLIENT, sso__secret=secret,
        **more,
    )  # fmt: skip
    desk = replace(seeded.office.desk, clock=lambda: datetime.now(UTC))
    office = replace(seeded.office, settings=settings, desk=desk)
    app = make_app(office, nudge=seeded.machine)
    return Browsing(seeded, TestClient(app, base_url=HERE, follow_redirects=False))


@pytest.fixture
def visitor(seeded: Seeded, issuer: str, secret: Path) -> Iterator[Browsing]:
    yield _browsing(seeded, issuer, secret)
    _untie(seeded)


def _untie(seeded: Seeded) -> None:
    unlink_identities(seeded.office.database, officer_id=PERSON, at=NOW, actor=MACHINE)


def _tie(seeded: Seeded, issuer: str, subject: str) -> None:
    link_identity(
        seeded.office.database, officer_id=PERSON, issuer=issuer, subject=subject, at=NOW,
        actor=MACHINE,
    )  # fmt: skip


def _at_service(address: str, login: str) -> str:
    """What a person does at the provider; returns where it leads back to."""
    with httpx.Client(trust_env=False) as client:
        answer = client.get(address)
        while True:
            target = answer.headers.get("location", "")
            if target.startswith(HERE):
                return target
            if target:
                answer = client.get(str(answer.url.join(target)))
                continue
            form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert form, answer.text[:2000]
            assert prompt, answer.text[:2000]
            given = {"prompt": prompt[1], "login": login, "password": "tuỳ ý"}
            answer = client.post(html.unescape(form[1]), data=given)


def _away(visitor: Browsing, path: str = "/dang-nhap/mot-lan") -> str:
    sent = visitor.get(path)
    assert sent.status_code == 303, words_of(sent)
    return str(sent.headers["location"])


def _enter(visitor: Browsing, login: str) -> Response:
    return visitor.get(_at_service(_away(visitor), login).removeprefix(HERE))


def _last_refusal(seeded: Seeded) -> dict[str, Any]:
    with seeded.office.database.reading() as session:
        row = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.deed == "sign_in", AuditEvent.outcome == "refused")
            .order_by(AuditEvent.sequence.desc())
        ).first()
    assert row is not None
    return dict(row.detail)


def test_without_a_service_there_is_no_button_and_no_way(browsing: Browsing) -> None:
    assert "mot-lan" not in browsing.get("/dang-nhap").text
    assert browsing.get("/dang-nhap/mot-lan").status_code == 404
    assert browsing.get("/dang-nhap/mot-lan/ve?state=x&code=y").status_code == 404


def test_who_is_linked_is_let_in_and_gets_where_they_wanted(
    visitor: Browsing, seeded: Seeded, issuer: str
) -> None:
    _tie(seeded, issuer, "thanh")
    form = visitor.get("/dang-nhap?tiep=/van-ban")
    link = re.search(r'href="(/dang-nhap/mot-lan[^"]*)"', form.text)
    assert link
    address = _away(visitor, html.unescape(link[1]))
    assert "code_challenge_method=S256" in address
    assert "nonce=" in address
    entered = visitor.get(_at_service(address, "thanh").removeprefix(HERE))
    assert entered.headers["location"] == "/van-ban"
    assert "bằng đăng nhập một lần" in words_of(visitor.get("/tai-khoan"))


def test_who_is_not_linked_is_kept_out_and_the_trail_names_them_for_the_administrator(
    visitor: Browsing, seeded: Seeded, issuer: str
) -> None:
    refused = _enter(visitor, "nguoi-la")
    assert refused.status_code == 401
    assert "chưa có cán bộ nào được nối" in words_of(refused)
    assert SESSION_COOKIE not in visitor.client.cookies
    assert _last_refusal(seeded) == {
        "code": "sign_in_refused", "reason": "not_linked", "issuer": issuer, "subject": "nguoi-la",
    }  # fmt: skip


def test_an_answer_is_taken_only_from_the_browser_that_asked_and_only_once(
    visitor: Browsing, seeded: Seeded, issuer: str, secret: Path
) -> None:
    _tie(seeded, issuer, "thanh")
    stolen = _at_service(_away(visitor), "thanh").removeprefix(HERE)
    victim = _browsing(seeded, issuer, secret)
    for browser in (victim, victim):
        assert browser.get(stolen).status_code == 409
    _away(victim)
    assert victim.get(stolen).status_code == 409
    assert visitor.get(stolen).headers["location"] == "/viec-cua-toi"
    visitor.client.cookies.set("trinhky_sso", re.findall(r"state=([\w-]+)", stolen)[0])
    assert visitor.get(stolen).status_code == 409


@pytest.mark.parametrize("part", ["nonce", "verifier"])
def test_an_answer_to_another_question_is_refused(
    visitor: Browsing, seeded: Seeded, issuer: str, part: str
) -> None:
    _tie(seeded, issuer, "thanh")
    target = _at_service(_away(visitor), "thanh").removeprefix(HERE)
    with seeded.office.database.writing() as session:
        for row in session.scalars(select(Ceremony).where(Ceremony.kind == "single_sign_on")):
            row.data = {**row.data, part: "x" * 43}
    refused = visitor.get(target)
    assert refused.status_code == 401
    assert "Không đăng nhập được qua dịch vụ" in words_of(refused)
    assert SESSION_COOKIE not in visitor.client.cookies


@pytest.mark.parametrize("change", [("&iss=", "&iss=https://xau.example&x="), ("code=", "code=x")])
def test_an_answer_that_was_changed_on_the_way_is_refused(
    visitor: Browsing, seeded: Seeded, issuer: str, change: tuple[str, str]
) -> None:
    _tie(seeded, issuer, "thanh")
    target = _at_service(_away(visitor), "thanh").removeprefix(HERE)
    assert change[0] in target
    assert visitor.get(target.replace(*change)).status_code == 401


def test_who_gave_up_at_the_service_may_try_again(visitor: Browsing) -> None:
    state = re.findall(r"state=([\w-]+)", _away(visitor))[0]
    back = visitor.get(f"/dang-nhap/mot-lan/ve?state={state}&error=access_denied")
    assert back.status_code == 401
    assert 'href="/dang-nhap/mot-lan' in back.text


def test_a_verified_address_of_one_officer_links_where_the_office_wants_it(
    seeded: Seeded, issuer: str, secret: Path
) -> None:
    database = seeded.office.database
    with database.writing() as session:
        session.get_one(Officer, PERSON).email = "Thanh@example.vn"
    strict, wanting = _browsing(seeded, issuer, secret), None
    try:
        assert _enter(strict, "thanh+example.vn").status_code == 401
        wanting = _browsing(seeded, issuer, secret, sso__link_by_email=True)
        assert _enter(wanting, "?thanh+example.vn").status_code == 401
        assert _enter(wanting, "khac+example.vn").status_code == 401
        assert _enter(wanting, "thanh+example.vn").status_code == 303
        with database.reading() as session:
            [row] = session.scalars(select(ExternalIdentity)).all()
        assert (row.officer_id, row.basis) == (PERSON, "email")
        with database.writing() as session:  # two officers with one address: nobody is guessed
            session.execute(ExternalIdentity.__table__.delete())
            session.get_one(Officer, "ho-sy-nam").email = "thanh@example.vn"
        assert _enter(wanting, "thanh+example.vn").status_code == 401
    finally:
        with database.writing() as session:
            session.get_one(Officer, PERSON).email = None
            session.get_one(Officer, "ho-sy-nam").email = None
        _untie(seeded)


def test_an_account_with_a_second_factor_is_still_asked_for_its_code(
    visitor: Browsing, seeded: Seeded, issuer: str
) -> None:
    _tie(seeded, issuer, "thanh")
    with seeded.office.database.writing() as session:
        session.add(
            AuthenticatorApp(officer_id=PERSON, salt=b"s" * 32, created_at=NOW, confirmed_at=NOW)
        )
    try:
        assert _enter(visitor, "thanh").headers["location"] == "/dang-nhap/ma?tiep=%2Fviec-cua-toi"
        assert SESSION_COOKIE not in visitor.client.cookies
    finally:
        with seeded.office.database.writing() as session:
            session.delete(session.get_one(AuthenticatorApp, PERSON))


@pytest.mark.parametrize("out", ["left", "disabled"])
def test_an_officer_who_is_out_is_out_here_too(
    visitor: Browsing, seeded: Seeded, issuer: str, out: str
) -> None:
    _tie(seeded, issuer, "thanh")

    def set_out(*, yes: bool) -> None:
        with seeded.office.database.writing() as session:
            if out == "left":
                day = (NOW - timedelta(days=2)).date()
                session.get_one(Officer, PERSON).left_on = day if yes else None
            else:
                session.get_one(Account, PERSON).disabled_at = NOW if yes else None

    set_out(yes=True)
    try:
        assert _enter(visitor, "thanh").status_code == 401
        assert _last_refusal(seeded)["reason"] == out
    finally:
        set_out(yes=False)


def test_a_service_that_is_away_leaves_the_password(seeded: Seeded, secret: Path) -> None:
    visitor = _browsing(seeded, f"http://127.0.0.1:{any_port()}", secret)
    refused = visitor.get("/dang-nhap/mot-lan")
    assert refused.status_code == 503
    assert "chưa trả lời" in words_of(refused)
    assert 'name="password"' in refused.text


def test_a_wrong_secret_lets_nobody_in(seeded: Seeded, issuer: str, tmp_path: Path) -> None:
    wrong = tmp_path / "secret"
    wrong.touch(mode=0o600)
    wrong.write_text("sai", encoding="utf-8")
    visitor = _browsing(seeded, issuer, wrong)
    assert _enter(visitor, "thanh").status_code == 401


def test_who_comes_by_another_name_goes_by_the_offices_own(
    seeded: Seeded, issuer: str, secret: Path
) -> None:
    visitor = _browsing(seeded, issuer, secret)
    away = visitor.client.get(
        "/dang-nhap/mot-lan?tiep=/van-ban", headers={"host": "localhost:8080"}
    )
    assert away.headers["location"] == f"{HERE}/dang-nhap/mot-lan?tiep=%2Fvan-ban"


def test_a_subject_is_tied_to_one_officer_alone(seeded: Seeded, issuer: str) -> None:
    _tie(seeded, issuer, "thanh")
    try:
        with pytest.raises(AlreadyDoneError):
            link_identity(
                seeded.office.database, officer_id="ho-sy-nam", issuer=issuer, subject="thanh",
                at=NOW, actor=MACHINE,
            )  # fmt: skip
        with pytest.raises(InvalidInputError):
            _tie(seeded, issuer, " ")
    finally:
        _untie(seeded)
