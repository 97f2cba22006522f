"""Passkeys in a real browser with a virtual authenticator, at localhost and under a name."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, CDPSession
from sqlalchemy import select

from actions.auditing import MACHINE
from actions.recovering import take_factors_off
from models.audit import AuditEvent
from models.credential import Passkey
from portal.app import make_app
from portal.limits import RateLimit
from tests.browser.conftest import Visitor, aside
from tests.portal.seeded import PASSWORD, PEOPLE, Seeded
from wiring.clock import sleep
from wiring.processes import any_port
from wiring.settings import changed

PERSON = PEOPLE.form_reviewer


class Device:
    """An authenticator of one browser."""

    def __init__(self, visitor: Visitor, *, verifies: bool = True) -> None:
        self.session: CDPSession = visitor.page.context.new_cdp_session(visitor.page)
        self.session.send("WebAuthn.enable")
        made = self.session.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                    "hasUserVerification": True, "isUserVerified": verifies,
                    "automaticPresenceSimulation": True,
                }
            },
        )  # fmt: skip
        self.id = made["authenticatorId"]

    def send(self, command: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 (as CDP takes)
        found: dict[str, Any] = self.session.send(
            f"WebAuthn.{command}", {"authenticatorId": self.id, **fields}
        )
        return found

    def verify(self, *, yes: bool) -> None:
        """Whether finger or face are recognised from now on."""
        self.send("setUserVerified", isUserVerified=yes)

    @property
    def credentials(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.send("getCredentials")["credentials"]
        return found


@pytest.fixture(scope="module")
def port(seeded: Seeded) -> Iterator[int]:
    """The portal as it is served, with its own port in its settings."""
    number = any_port()
    settings = changed(
        seeded.office.settings,
        portal__port=number,
        portal__base_url=f"http://trinhky.localhost:{number}",
    )
    app = make_app(replace(seeded.office, settings=settings), nudge=seeded.machine)
    # All tests come from one address, and a quick machine does them within a minute.
    often = RateLimit(per_minute=6000, burst=6000)
    app.state.portal = replace(app.state.portal, sign_ins=often)
    config = uvicorn.Config(app, host="127.0.0.1", port=number, log_level="warning", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.05)
    yield number
    server.should_exit = True
    thread.join()


@pytest.fixture
def visitor(browser: Browser, port: int, seeded: Seeded) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
    visitor = Visitor(context.new_page(), f"http://localhost:{port}")
    yield visitor
    context.close()
    at = seeded.office.clock()
    aside(
        lambda: take_factors_off(
            seeded.office.database, officer_id=PERSON, passkeys=True, at=at, actor=MACHINE
        )
    )
    assert visitor.complaints == []


def _add(visitor: Visitor, label: str = "Điện thoại", password: str = PASSWORD) -> None:
    visitor.open("/tai-khoan")
    visitor.page.click("text=Thêm khoá đăng nhập")
    visitor.page.fill("[data-passkey] [name=label]", label)
    visitor.page.fill("[data-passkey] [name=password]", password)
    visitor.page.click("[data-passkey] button")


def _use(visitor: Visitor, path: str = "/dang-nhap") -> None:
    visitor.page.context.clear_cookies()
    visitor.open(path)
    visitor.page.click("[data-passkey] button")


def _refusals(seeded: Seeded) -> list[str]:
    with seeded.office.database.reading() as session:
        rows = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.deed.in_(["sign_in", "add_passkey"]), AuditEvent.outcome == "refused")
            .order_by(AuditEvent.sequence)
        )
        return [str(row.detail.get("reason")) for row in rows]


def _stored(seeded: Seeded) -> list[Passkey]:
    with seeded.office.database.reading() as session:
        return list(session.scalars(select(Passkey).where(Passkey.officer_id == PERSON)))


def test_a_passkey_is_added_signs_in_without_a_password_and_is_removed(
    visitor: Visitor, seeded: Seeded
) -> None:
    device = Device(visitor)
    visitor.sign_in(PERSON)
    _add(visitor, "Điện thoại của Hà")
    visitor.page.wait_for_selector("text=Đã thêm khoá đăng nhập.")
    assert not visitor.is_too_wide
    [row] = _stored(seeded)
    assert (row.rp_id, row.label) == ("localhost", "Điện thoại của Hà")
    [made] = device.credentials
    assert made["isResidentCredential"]
    _use(visitor, "/dang-nhap?tiep=/van-ban")
    visitor.page.wait_for_url(f"{visitor.url}/van-ban")
    visitor.open("/tai-khoan")
    assert "bằng khoá đăng nhập" in visitor.page.inner_text("main")
    [used] = _stored(seeded)
    assert used.last_used_at is not None
    assert used.sign_count > row.sign_count
    visitor.page.click("[aria-label='Xoá khoá Điện thoại của Hà']")
    visitor.agree()
    visitor.page.wait_for_selector("text=Đã xoá khoá đăng nhập.")
    _use(visitor)
    visitor.page.wait_for_selector("text=Khoá đăng nhập này không dùng được ở đây")
    assert "/dang-nhap" in visitor.page.url
    assert _refusals(seeded)[-1] == "unknown_passkey"


def test_a_passkey_goes_past_the_second_factor_as_it_is_one(
    visitor: Visitor, seeded: Seeded
) -> None:
    from actions.second_factor import begin_set_up, confirm_set_up, open_set_up  # noqa: PLC0415

    Device(visitor)
    visitor.sign_in(PERSON)
    _add(visitor)
    visitor.page.wait_for_selector("text=Đã thêm khoá đăng nhập.")
    database, at, key = seeded.office.database, seeded.office.clock(), seeded.office.account_key

    def turn_on() -> None:
        import pyotp  # noqa: PLC0415 (this test alone)

        begin_set_up(database, actor=seeded.actor(PERSON), at=at)
        with database.reading() as session:
            found = open_set_up(session, PERSON, key=key)
        assert found is not None
        code = pyotp.TOTP(found.secret).at(at)
        confirm_set_up(database, code, key=key, actor=seeded.actor(PERSON), at=at)

    aside(turn_on)
    _use(visitor)
    visitor.page.wait_for_url("**/viec-cua-toi")
    visitor.page.context.clear_cookies()
    visitor.open("/dang-nhap")
    visitor.page.fill("[name=username]", PERSON)
    visitor.page.fill("[name=password]", PASSWORD)
    visitor.page.click("form[action='/dang-nhap'] button")
    visitor.page.wait_for_url("**/dang-nhap/ma")


def test_a_device_that_does_not_know_its_person_opens_nothing(
    visitor: Visitor, seeded: Seeded
) -> None:
    device = Device(visitor)
    visitor.sign_in(PERSON)
    _add(visitor)
    visitor.page.wait_for_selector("text=Đã thêm khoá đăng nhập.")
    device.verify(yes=False)
    _use(visitor)
    visitor.page.wait_for_selector("text=Thiết bị chưa xác nhận")
    visitor.open("/viec-cua-toi")
    assert "/dang-nhap" in visitor.page.url
    assert len(_stored(seeded)) == 1


def test_a_copied_key_whose_counter_went_back_opens_nothing(
    visitor: Visitor, seeded: Seeded
) -> None:
    device = Device(visitor)
    visitor.sign_in(PERSON)
    _add(visitor)
    visitor.page.wait_for_selector("text=Đã thêm khoá đăng nhập.")
    [copied] = device.credentials
    _use(visitor)
    visitor.page.wait_for_url("**/viec-cua-toi")
    device.send("clearCredentials")
    device.send("addCredential", credential=copied)
    _use(visitor)
    visitor.page.wait_for_selector("text=Khoá đăng nhập này không dùng được ở đây")
    assert _refusals(seeded)[-1] == "not_proved"


def test_adding_needs_the_password_and_is_not_done_twice_on_one_device(
    visitor: Visitor, seeded: Seeded
) -> None:
    Device(visitor)
    visitor.sign_in(PERSON)
    visitor.open("/tai-khoan")
    visitor.page.click("text=Thêm khoá đăng nhập")
    for note in visitor.page.locator("[data-passkey] [role=alert], [data-passkey-unable]").all():
        assert not note.is_visible()  # nothing is said before anything was done
    _add(visitor, password="sai-mat-khau-roi")
    visitor.page.wait_for_selector("text=Mật khẩu hiện tại không đúng")
    assert _stored(seeded) == []
    _add(visitor)
    visitor.page.wait_for_selector("text=Đã thêm khoá đăng nhập.")
    _add(visitor, "Lần nữa")
    visitor.page.wait_for_selector("text=Thiết bị này đã có khoá của tài khoản này.")
    assert len(_stored(seeded)) == 1


def test_who_comes_by_an_address_is_shown_the_name_that_passkeys_belong_to(
    browser: Browser, port: int
) -> None:
    context = browser.new_context(locale="vi-VN")
    visitor = Visitor(context.new_page(), f"http://127.0.0.1:{port}")
    visitor.open("/dang-nhap")
    link = visitor.page.get_attribute("text=http://localhost", "href")
    assert link == f"http://localhost:{port}/dang-nhap"
    assert visitor.page.locator("[data-passkey]").count() == 0
    context.close()


def test_a_passkey_of_the_offices_own_name_is_of_no_use_at_localhost(
    visitor: Visitor, seeded: Seeded
) -> None:
    device = Device(visitor)
    local, visitor.url = visitor.url, visitor.url.replace("localhost", "trinhky.localhost")
    visitor.other_names = (visitor.url,)
    visitor.sign_in(PERSON)
    _add(visitor, "Máy ở phòng")
    visitor.page.wait_for_selector("text=Đã thêm khoá đăng nhập.")
    assert [row.rp_id for row in _stored(seeded)] == ["trinhky.localhost"]
    _use(visitor)
    visitor.page.wait_for_url("**/viec-cua-toi")
    assert len(device.credentials) == 1
    visitor.url = local
    _use(visitor)
    visitor.page.wait_for_selector("text=Thiết bị chưa xác nhận")
