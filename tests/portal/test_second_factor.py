"""The second factor at the portal: set-up, both steps of signing in, recovery, refusals."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher

from actions import passwords, second_factor
from actions.auditing import MACHINE
from actions.recovering import take_factors_off
from actions.second_factor import RECOVERY_CODES, open_set_up
from models.credential import AuthenticatorApp, RecoveryCode
from portal.identity import SESSION_COOKIE
from tests.portal.browsing import Browsing, Response, token_in, words_of
from tests.portal.seeded import PASSWORD

PERSON = "truong-my-linh"


@pytest.fixture(autouse=True)
def _light_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked at here does not depend on how dear a password is."""
    light = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", light)
    monkeypatch.setattr(second_factor, "_HASHER", light)


@pytest.fixture
def mine(browsing: Browsing) -> Iterator[Browsing]:
    """Somebody without a second factor, signed in anew."""
    _off(browsing)
    browsing.enter(PERSON)
    browsing._token = ""
    yield browsing
    _off(browsing)
    browsing.client.cookies.clear()


def _off(browsing: Browsing) -> None:
    at = browsing.seeded.office.clock()
    database = browsing.portal.database
    take_factors_off(database, officer_id=PERSON, passkeys=True, at=at, actor=MACHINE)
    with database.writing() as session:
        from models.officer import Account  # noqa: PLC0415 (this helper alone)

        account = session.get_one(Account, PERSON)
        account.failures, account.locked_until = 0, None


def _code(browsing: Browsing, secret: str, steps: int = 0) -> str:
    at = browsing.seeded.office.clock() + timedelta(seconds=30 * steps)
    return pyotp.TOTP(secret).at(at)


def _later(browsing: Browsing, seconds: int) -> None:
    browsing.seeded.walk(browsing.seeded.office.clock() + timedelta(seconds=seconds))


def _secret_on(page: Response) -> str:
    found = re.search(r"khoá <code>([A-Z2-7 ]{39})</code>", page.text)
    assert found, words_of(page)[:800]
    return found[1].replace(" ", "")


def _set_up(mine: Browsing) -> tuple[str, list[str]]:
    """Turns the second factor on; returns the phone's secret and the recovery codes."""
    assert mine.post("/tai-khoan/hai-lop/bat-dau", password=PASSWORD).status_code == 303
    secret = _secret_on(mine.get("/tai-khoan/hai-lop"))
    on = mine.post("/tai-khoan/hai-lop/xac-nhan", code=_code(mine, secret))
    assert on.status_code == 200
    return secret, re.findall(r"<li><code>([\w-]{14})</code></li>", on.text)


def _second(browsing: Browsing, **fields: str) -> Response:
    token = token_in(browsing.get("/dang-nhap/ma"))
    return browsing.client.post("/dang-nhap/ma", data={"csrf": token, **fields})


def test_a_phone_counts_only_after_it_showed_a_code(mine: Browsing) -> None:
    mine.post("/tai-khoan/hai-lop/bat-dau", password=PASSWORD)
    secret = _secret_on(mine.get("/tai-khoan/hai-lop"))
    wrong = "000000" if _code(mine, secret) != "000000" else "111111"
    refused = mine.post("/tai-khoan/hai-lop/xac-nhan", code=wrong)
    assert refused.status_code == 401
    assert _secret_on(refused) == secret
    assert mine.enter(PERSON).headers["location"] == "/viec-cua-toi"
    mine._token = ""
    assert mine.post("/tai-khoan/hai-lop/xac-nhan", code=_code(mine, secret)).status_code == 200
    asked = mine.enter(PERSON)
    assert asked.headers["location"] == "/dang-nhap/ma"
    assert SESSION_COOKIE not in mine.client.cookies
    assert mine.get("/viec-cua-toi").headers["location"].startswith("/dang-nhap")


def test_the_qr_code_is_drawn_here_and_only_while_the_set_up_is_open(mine: Browsing) -> None:
    assert mine.get("/tai-khoan/hai-lop/ma.svg").status_code == 404
    mine.post("/tai-khoan/hai-lop/bat-dau", password=PASSWORD)
    drawn = mine.get("/tai-khoan/hai-lop/ma.svg")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert "<script" not in drawn.text
    assert drawn.headers["cache-control"] == "no-store"
    key = mine.portal.office.account_key
    with mine.portal.database.reading() as session:
        found = open_set_up(session, PERSON, key=key)
    assert found is not None
    parsed = pyotp.parse_uri(found.uri)
    assert (parsed.issuer, parsed.name) == ("Trình Ký", PERSON)
    mine.post("/tai-khoan/hai-lop/xac-nhan", code=_code(mine, parsed.secret))
    assert mine.get("/tai-khoan/hai-lop/ma.svg").status_code == 404
    assert found.secret not in mine.get("/tai-khoan/hai-lop").text


def test_a_set_up_needs_the_password(mine: Browsing) -> None:
    refused = mine.post("/tai-khoan/hai-lop/bat-dau", password="sai-mat-khau-roi")
    assert refused.status_code == 403
    assert mine.get("/tai-khoan/hai-lop/ma.svg").status_code == 404


def test_neither_database_nor_key_alone_gives_a_code(mine: Browsing) -> None:
    secret, _ = _set_up(mine)
    with mine.portal.database.reading() as session:
        row = session.get_one(AuthenticatorApp, PERSON)
        assert secret not in str(vars(row))
        salt = row.salt
    assert len(salt) == 32
    key = mine.portal.office.account_key
    _off(mine)
    mine.enter(PERSON)
    mine._token = ""
    again, _ = _set_up(mine)
    assert again != secret
    assert mine.portal.office.account_key == key


def test_signing_in_takes_password_and_code_and_a_code_only_once(mine: Browsing) -> None:
    secret, _ = _set_up(mine)
    used = _code(mine, secret)
    mine.enter(PERSON)
    assert _second(mine, code=used).status_code == 401  # the code that confirmed the phone
    _later(mine, 30)
    fresh = _code(mine, secret)
    entered = _second(mine, code=f"{fresh[:3]} {fresh[3:]}")
    assert entered.headers["location"] == "/viec-cua-toi"
    assert mine.get("/viec-cua-toi").status_code == 200
    assert "mật khẩu và mã trên điện thoại" in words_of(mine.get("/tai-khoan"))
    mine.enter(PERSON)
    assert _second(mine, code=fresh).status_code == 401


def test_a_phone_that_runs_half_a_minute_off_still_works_and_one_that_runs_two_does_not(
    mine: Browsing,
) -> None:
    secret, _ = _set_up(mine)
    _later(mine, 300)
    mine.enter(PERSON)
    for steps in (-2, 2):
        assert _second(mine, code=_code(mine, secret, steps)).status_code == 401
    assert _second(mine, code=_code(mine, secret, -1)).status_code == 303
    mine.enter(PERSON)
    assert _second(mine, code=_code(mine, secret, 1)).status_code == 303


def test_one_who_wanted_a_page_gets_there_after_the_second_step(mine: Browsing) -> None:
    secret, _ = _set_up(mine)
    _later(mine, 60)
    mine.client.cookies.clear()
    form = mine.get("/dang-nhap?tiep=/van-ban")
    given = {"username": PERSON, "password": PASSWORD, "csrf": token_in(form), "tiep": "/van-ban"}
    asked = mine.client.post("/dang-nhap", data=given)
    assert asked.headers["location"] == "/dang-nhap/ma?tiep=%2Fvan-ban"
    second = mine.get(asked.headers["location"])
    assert 'name="tiep" value="/van-ban"' in second.text
    entered = _second(mine, code=_code(mine, secret), tiep="/van-ban")
    assert entered.headers["location"] == "/van-ban"


def test_guessed_codes_lock_the_account_even_for_the_right_password(mine: Browsing) -> None:
    secret, _ = _set_up(mine)
    _later(mine, 60)
    mine.enter(PERSON)
    right = _code(mine, secret)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _ in range(5):
        assert _second(mine, code=wrong).status_code == 401
    assert _second(mine, code=right).status_code == 401
    mine.portal.sign_ins._left.clear()
    locked = mine.enter(PERSON)
    assert locked.status_code == 401
    assert "tự khoá 1 phút" in words_of(locked)
    _later(mine, 61)
    assert mine.enter(PERSON).headers["location"] == "/dang-nhap/ma"
    assert _second(mine, code=_code(mine, secret)).status_code == 303


def test_the_right_password_alone_does_not_forgive_guessed_codes(mine: Browsing) -> None:
    secret, _ = _set_up(mine)
    _later(mine, 60)
    right = _code(mine, secret)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for _ in range(5):
        mine.portal.sign_ins._left.clear()
        assert mine.enter(PERSON).status_code == 303
        assert _second(mine, code=wrong).status_code == 401
    assert mine.enter(PERSON).status_code == 401


def test_the_second_step_is_over_after_five_minutes_and_without_the_first(mine: Browsing) -> None:
    secret, _ = _set_up(mine)
    mine.enter(PERSON)
    page = mine.get("/dang-nhap/ma")
    _later(mine, 301)
    late = mine.client.post(
        "/dang-nhap/ma", data={"csrf": token_in(page), "code": _code(mine, secret)}
    )
    assert late.status_code == 409
    assert "quá 5 phút" in words_of(late)
    mine.client.cookies.clear()
    assert mine.get("/dang-nhap/ma").headers["location"] == "/dang-nhap"


def test_a_recovery_code_opens_once(mine: Browsing) -> None:
    _, codes = _set_up(mine)
    assert len(set(codes)) == RECOVERY_CODES
    with mine.portal.database.reading() as session:
        stored = [row.code_hash for row in session.query(RecoveryCode).filter_by(officer_id=PERSON)]
    assert len(stored) == RECOVERY_CODES
    assert not any(code.replace("-", "")[4:] in "".join(stored) for code in codes)
    mine.enter(PERSON)
    assert _second(mine, recovery=codes[3].lower().replace("-", " ")).status_code == 303
    assert f"Còn {RECOVERY_CODES - 1} mã khôi phục" in words_of(mine.get("/tai-khoan"))
    mine.enter(PERSON)
    assert _second(mine, recovery=codes[3]).status_code == 401
    assert _second(mine, recovery=codes[4]).status_code == 303


def test_a_page_with_recovery_codes_that_is_loaded_anew_makes_no_others(mine: Browsing) -> None:
    _set_up(mine)
    form = {"password": PASSWORD, "once": "mot"}
    assert "Mã khôi phục" in words_of(mine.post("/tai-khoan/hai-lop/ma-khoi-phuc", **form))
    again = mine.post("/tai-khoan/hai-lop/ma-khoi-phuc", **form)
    assert again.headers["location"] == "/tai-khoan/hai-lop?xong=da-hien"
    assert "không hiện lại" in words_of(mine.get(again.headers["location"]))


def test_new_recovery_codes_make_the_old_ones_useless(mine: Browsing) -> None:
    _, old = _set_up(mine)
    shown = mine.post("/tai-khoan/hai-lop/ma-khoi-phuc", password=PASSWORD)
    new = re.findall(r"<li><code>([\w-]{14})</code></li>", shown.text)
    assert len(new) == RECOVERY_CODES
    mine.enter(PERSON)
    assert _second(mine, recovery=old[0]).status_code == 401
    assert _second(mine, recovery=new[0]).status_code == 303


def test_turning_it_off_needs_the_password(mine: Browsing) -> None:
    _set_up(mine)
    assert mine.post("/tai-khoan/hai-lop/tat", password="sai-mat-khau-roi").status_code == 403
    assert mine.enter(PERSON).headers["location"] == "/dang-nhap/ma"
    mine.enter(PERSON)
    _later(mine, 60)
    _off(mine)
    assert mine.enter(PERSON).headers["location"] == "/viec-cua-toi"
    mine._token = ""
    _set_up(mine)
    assert mine.post("/tai-khoan/hai-lop/tat", password=PASSWORD).status_code == 303
    assert mine.enter(PERSON).headers["location"] == "/viec-cua-toi"


def test_what_was_half_way_in_is_thrown_out_when_the_factor_is_taken_off(mine: Browsing) -> None:
    secret, _ = _set_up(mine)
    mine.enter(PERSON)
    page = mine.get("/dang-nhap/ma")
    _off(mine)
    _later(mine, 60)
    late = mine.client.post(
        "/dang-nhap/ma", data={"csrf": token_in(page), "code": _code(mine, secret)}
    )
    assert late.status_code == 409
