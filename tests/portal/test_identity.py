"""Signing in, sessions, forms that others forged, and what every answer carries."""

import contextlib
import re

import pytest

from portal.errors import TooManyRequestsError
from tests.portal.browsing import Browsing, token_in, words_of
from tests.portal.seeded import PASSWORD, PEOPLE


def test_who_is_not_signed_in_is_sent_to_the_form_and_back(browsing: Browsing) -> None:
    page = browsing.get("/van-ban?loc=dang-xu-ly")
    assert page.status_code == 303
    assert page.headers["location"] == "/dang-nhap?tiep=%2Fvan-ban%3Floc%3Ddang-xu-ly"
    form = browsing.get(page.headers["location"])
    entered = browsing.client.post(
        "/dang-nhap",
        data={
            "username": PEOPLE.clerk,
            "password": PASSWORD,
            "csrf": token_in(form),
            "tiep": "/van-ban?loc=dang-xu-ly",
        },
    )
    assert entered.headers["location"] == "/van-ban?loc=dang-xu-ly"


def test_nobody_is_led_away_after_signing_in(browsing: Browsing) -> None:
    for target in ("https://xau.example/", "//xau.example/", "/\\xau.example", "javascript:x"):
        form = browsing.get("/dang-nhap")
        entered = browsing.client.post(
            "/dang-nhap",
            data={
                "username": PEOPLE.clerk,
                "password": PASSWORD,
                "csrf": token_in(form),
                "tiep": target,
            },
        )
        assert entered.headers["location"] == "/viec-cua-toi"


def test_the_session_cookie_is_for_http_alone_and_same_site(browsing: Browsing) -> None:
    entered = browsing.enter(PEOPLE.clerk)
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_a_wrong_password_says_no_more_than_that(browsing: Browsing) -> None:
    wrong = browsing.enter(PEOPLE.clerk, "sai-mat-khau-roi")
    nobody = browsing.enter("khong-co-ai", "sai-mat-khau-roi")
    assert wrong.status_code == nobody.status_code == 401
    assert "tên đăng nhập hoặc mật khẩu không đúng" in words_of(wrong)
    sentence = re.compile(r"Không đăng nhập được:.*?quản trị\.")
    assert sentence.search(words_of(wrong))[0] == sentence.search(words_of(nobody))[0]  # type: ignore[index]


@pytest.mark.usefixtures("still")
def test_guessing_is_slowed_down(browsing: Browsing) -> None:
    form = browsing.get("/dang-nhap")
    with contextlib.suppress(TooManyRequestsError):
        for _ in range(100):
            browsing.portal.sign_ins.take("testclient")
    last = browsing.client.post(
        "/dang-nhap", data={"username": "", "password": "", "csrf": token_in(form)}
    )
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) >= 1


def test_one_address_that_guesses_keeps_no_other_out(browsing: Browsing) -> None:
    limit = browsing.portal.sign_ins
    for _ in range(20):
        limit.take("192.0.2.1")
    with pytest.raises(TooManyRequestsError):
        limit.take("192.0.2.1")
    limit.take("192.0.2.2")


def test_addresses_of_one_line_count_as_one(browsing: Browsing) -> None:
    limit = browsing.portal.sign_ins
    for number in range(20):
        limit.take(f"2001:db8:0:1::{number:x}")
    with pytest.raises(TooManyRequestsError):
        limit.take("2001:db8:0:1:ffff::1")
    limit.take("2001:db8:0:2::1")


def test_a_session_that_was_planted_is_not_taken_up(browsing: Browsing) -> None:
    form = browsing.get("/dang-nhap")
    browsing.client.cookies.set("trinhky_session", "cua-ke-gian")
    entered = browsing.client.post(
        "/dang-nhap",
        data={"username": PEOPLE.clerk, "password": PASSWORD, "csrf": token_in(form)},
    )
    assert entered.status_code == 303
    assert "cua-ke-gian" not in entered.headers["set-cookie"]
    browsing.client.cookies.clear()
    browsing.client.cookies.set("trinhky_session", "cua-ke-gian")
    assert browsing.get("/viec-cua-toi").headers["location"].startswith("/dang-nhap")


def test_signing_out_ends_the_session_itself(browsing: Browsing) -> None:
    browsing.enter(PEOPLE.clerk)
    kept = browsing.client.cookies["trinhky_session"]
    browsing.post("/dang-xuat")
    browsing.client.cookies.set("trinhky_session", kept)
    assert browsing.get("/viec-cua-toi").status_code == 303


def test_a_form_without_the_right_token_does_nothing(browsing: Browsing) -> None:
    key = browsing.seeded.start()
    browsing.sign_in(PEOPLE.drafter)
    for token in ("", "doan-bua"):
        sent = browsing.client.post(
            f"/van-ban/{key}/quyet-dinh/submit", data={"csrf": token, "revision": "1"}
        )
        assert sent.status_code == 403
        assert "chưa có gì được thực hiện" in words_of(sent)
    assert browsing.state(key) == "drafting"


def test_a_form_from_another_site_does_nothing(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.drafter)
    token = browsing.token()
    sent = browsing.client.post(
        "/dang-xuat", data={"csrf": token}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert sent.status_code == 403


def test_one_persons_token_is_no_use_to_another(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.clerk)
    foreign = browsing.token()
    browsing.sign_in(PEOPLE.drafter)
    assert browsing.client.post("/dang-xuat", data={"csrf": foreign}).status_code == 403


def test_every_answer_is_strict_about_what_may_run(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.clerk)
    for path in ("/dang-nhap", "/viec-cua-toi", "/van-ban", "/kiem-tra-chu-ky", "/khong-co"):
        page = browsing.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == "no-store"
        assert " style=" not in page.text
        assert "<style" not in page.text
        assert not re.search(r"<script(?![^>]* src=\"/static/)", page.text)
        assert not re.search(r"\son[a-z]+=", page.text)
        ours = page.text.replace("http://127.0.0.1", "").replace("http://localhost:", "")
        assert "http://" not in ours


def test_assets_come_with_their_media_types_and_nothing_else_of_the_folder(
    browsing: Browsing,
) -> None:
    kinds = {
        "/static/app.css": "text/css",
        "/static/app.js": "text/javascript",
        "/static/vendor/htmx.min.js": "text/javascript",
        "/static/vendor/be-vietnam-pro-vietnamese-400.woff2": "font/woff2",
    }
    for path, kind in kinds.items():
        file = browsing.get(path)
        assert file.status_code == 200
        assert file.headers["content-type"].startswith(kind)
    for path in ("/static/vendor/package.json", "/static/..%2fapp.py", "/static/app.py"):
        assert browsing.get(path).status_code == 404


def test_the_office_is_named_and_says_that_it_is_a_trial(browsing: Browsing) -> None:
    page = browsing.get("/dang-nhap")
    assert "Ban Tuyên giáo Tỉnh ủy Lâm Đồng" in page.text
    assert "THỬ NGHIỆM: chứng thư không có giá trị pháp lý." in page.text
