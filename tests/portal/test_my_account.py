"""`Tài khoản của tôi`: password, sessions, tokens; and passwords that others gave."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from actions import passwords
from actions.accounts import add_account, set_password
from actions.auditing import MACHINE
from actions.desk import local_day
from actions.leaving import leave
from models.audit import AuditEvent
from models.officer import Account, Officer, SignInSession
from portal.device_words import UNKNOWN, device_words
from portal.identity import SESSION_COOKIE
from tests.portal.browsing import Browsing, token_in, words_of
from tests.portal.seeded import PASSWORD, PEOPLE

NEW = "suối vàng trong sương sớm"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PERSON = "ho-sy-nam"


@pytest.fixture(autouse=True)
def _light_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked at here does not depend on how dear a password is."""
    monkeypatch.setattr(
        passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    )


@pytest.fixture
def mine(browsing: Browsing) -> Iterator[Browsing]:
    """Somebody signed in anew, whose password is as it was at the end."""
    _reset(browsing)
    browsing.enter(PERSON)
    browsing._token = ""
    yield browsing
    _reset(browsing)
    browsing.client.cookies.clear()


def _reset(browsing: Browsing) -> None:
    at = browsing.seeded.office.clock()
    set_password(
        browsing.portal.database, officer_id=PERSON, password=PASSWORD, at=at, actor=MACHINE
    )


def _session(browsing: Browsing) -> str:
    return str(browsing.client.cookies[SESSION_COOKIE])


def _as(browsing: Browsing, session: str) -> Browsing:
    browsing.client.cookies.clear()
    browsing.client.cookies.set(SESSION_COOKIE, session)
    browsing._token = ""
    return browsing


def _deeds(browsing: Browsing, deed: str) -> list[AuditEvent]:
    with browsing.portal.database.reading() as session:
        return list(
            session.scalars(
                select(AuditEvent)
                .where(AuditEvent.deed == deed, AuditEvent.subject_id == PERSON)
                .order_by(AuditEvent.sequence)
            )
        )


def test_the_page_is_reached_from_beside_the_persons_name(mine: Browsing) -> None:
    assert '<a class="plain" href="/tai-khoan">Tài khoản</a>' in mine.get("/viec-cua-toi").text
    page = mine.get("/tai-khoan")
    assert page.status_code == 200
    assert "tên đăng nhập ho-sy-nam" in words_of(page)
    assert "phiên này" in words_of(page)


def test_a_new_password_keeps_this_session_and_ends_the_others(mine: Browsing) -> None:
    elsewhere = _session(mine)
    mine.enter(PERSON)
    here = _session(mine)
    _as(mine, here)
    changed = mine.post("/tai-khoan/mat-khau", current=PASSWORD, new=NEW, again=NEW)
    assert changed.headers["location"] == "/tai-khoan?xong=mat-khau"
    assert "Đã đổi mật khẩu" in words_of(mine.get(changed.headers["location"]))
    assert _as(mine, elsewhere).get("/tai-khoan").status_code == 303
    assert mine.enter(PERSON).status_code == 401
    mine.portal.sign_ins._left.clear()
    assert mine.enter(PERSON, NEW).status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"current": "sai-mat-khau-roi", "new": NEW, "again": NEW}, "hiện tại không đúng"),
        ({"current": PASSWORD, "new": NEW, "again": NEW + "x"}, "không giống nhau"),
        ({"current": PASSWORD, "new": "ngắn quá", "again": "ngắn quá"}, "ngắn hơn 12 ký tự"),
        ({"current": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "giống mật khẩu cũ"),
        ({"current": PASSWORD, "new": "matkhaumatkhau", "again": "matkhaumatkhau"}, "phổ biến"),
    ],
)
def test_a_password_that_is_not_taken_changes_nothing(
    mine: Browsing, fields: dict[str, str], said: str
) -> None:
    refused = mine.post("/tai-khoan/mat-khau", **fields)
    assert refused.status_code in {403, 422}
    assert said in words_of(refused)
    assert not any(value in refused.text for value in fields.values())
    assert mine.get("/tai-khoan").status_code == 200
    assert mine.enter(PERSON).status_code == 303


def test_guessing_the_own_password_at_an_open_desk_locks_the_account(mine: Browsing) -> None:
    for _ in range(5):
        mine.post("/tai-khoan/mat-khau", current="đoán bừa một câu", new=NEW, again=NEW)
    locked = mine.post("/tai-khoan/mat-khau", current=PASSWORD, new=NEW, again=NEW)
    assert locked.status_code == 403
    assert "tự khoá 1 phút" in words_of(locked)
    assert [event.outcome for event in _deeds(mine, "prove_password")[-6:]] == ["refused"] * 6
    assert mine.get("/tai-khoan").status_code == 200  # the session itself is no worse for it


def test_each_session_says_where_it_is_and_can_be_ended(mine: Browsing) -> None:
    here = _session(mine)
    mine.client.headers["user-agent"] = FIREFOX
    try:
        mine.enter(PERSON)
    finally:
        mine.client.headers["user-agent"] = "testclient"
    there = _session(mine)
    _as(mine, here)
    page = mine.get("/tai-khoan")
    assert "Firefox trên Linux" in words_of(page)
    assert there not in page.text
    [key] = re.findall(r'name="key" value="([0-9a-f]{32})"', page.text)
    assert mine.post("/tai-khoan/phien/ket-thuc", key=key).status_code == 303
    assert mine.get("/tai-khoan").status_code == 200
    assert _as(mine, there).get("/tai-khoan").status_code == 303


def test_all_other_sessions_end_at_once_and_nobody_elses(mine: Browsing) -> None:
    mine.enter(PEOPLE.clerk)
    clerk = _session(mine)
    others = []
    for _ in range(2):
        mine.enter(PERSON)
        others.append(_session(mine))
    mine.enter(PERSON)
    here = _session(mine)
    _as(mine, here)
    mine.post("/tai-khoan/phien/ket-thuc-khac")
    assert mine.get("/tai-khoan").status_code == 200
    for session in others:
        assert _as(mine, session).get("/tai-khoan").status_code == 303
    assert _as(mine, clerk).get("/tai-khoan").status_code == 200


def test_a_session_of_somebody_else_is_not_ended(mine: Browsing) -> None:
    here = _session(mine)
    mine.enter(PEOPLE.clerk)
    clerk = _session(mine)
    with mine.portal.database.reading() as session:
        key = session.scalars(
            select(SignInSession.token_sha256)
            .where(SignInSession.officer_id == PEOPLE.clerk)
            .order_by(SignInSession.created_at.desc())
        ).first()
    _as(mine, here).post("/tai-khoan/phien/ket-thuc", key=(key or "")[:32])
    assert _as(mine, clerk).get("/tai-khoan").status_code == 200


def _make_token(mine: Browsing, *scopes: str, days: str = "30", label: str = "Kho số liệu") -> str:
    made = mine.post("/tai-khoan/ma", label=label, scope=list(scopes), days=days, password=PASSWORD)
    found = re.search(r"<output>([\w-]{40,})</output>", made.text)
    assert found, words_of(made)[:800]
    return found[1]


def test_a_page_with_a_token_that_is_loaded_anew_makes_no_other_token(mine: Browsing) -> None:
    form = {
        "label": "Nạp lại", "scope": "write", "days": "30", "password": PASSWORD, "once": "mot",
    }  # fmt: skip
    assert "<output>" in mine.post("/tai-khoan/ma", **form).text
    before = len(_deeds(mine, "add_api_token"))
    again = mine.post("/tai-khoan/ma", **form)
    assert again.headers["location"] == "/tai-khoan?xong=ma-da-hien"
    assert len(_deeds(mine, "add_api_token")) == before
    mine.client.cookies.set("trinhky_language", "en")
    english = words_of(mine.get(again.headers["location"]))
    mine.client.cookies.delete("trinhky_language")
    assert "The token was shown once and is not shown again" in english
    made = _deeds(mine, "add_api_token")[-1].detail["token"]
    assert mine.post(f"/tai-khoan/ma/{made}/huy").status_code == 303


def test_a_token_is_shown_once_and_opens_what_it_was_made_for(mine: Browsing) -> None:
    token = _make_token(mine, "read")
    headers = {"Authorization": f"Bearer {token}"}
    assert mine.client.get("/api/v1/directives", headers=headers).status_code == 200
    page = mine.get("/tai-khoan")
    assert token not in page.text
    assert "Kho số liệu" in page.text
    [made] = [one for one in _deeds(mine, "add_api_token") if one.detail.get("scopes") == ["read"]]
    assert token not in str(made.detail)
    # The account is shared by this module's tests: only the row of this token is ended.
    path = f"/tai-khoan/ma/{made.detail['token']}/huy"
    assert f'action="{path}"' in page.text
    mine.post(path)
    assert mine.client.get("/api/v1/directives", headers=headers).status_code == 401


def test_a_token_without_the_scope_is_refused_with_its_name(mine: Browsing) -> None:
    token = _make_token(mine, "decide", label="Chỉ quyết định")
    refused = mine.client.get("/api/v1/directives", headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "scope_missing"
    assert "“read”" in refused.json()["message"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"label": "Kho", "scope": ["read"], "password": "sai-mat-khau-roi"}, "không đúng"),
        ({"label": " ", "scope": ["read"], "password": PASSWORD}, "Ghi tên chương trình"),
        ({"label": "Kho", "scope": [], "password": PASSWORD}, "Chọn ít nhất một việc"),
        ({"label": "Kho", "scope": ["root"], "password": PASSWORD}, "Chọn ít nhất một việc"),
    ],
)
def test_a_token_that_is_refused_is_not_made_and_what_was_typed_stays(
    mine: Browsing, fields: dict[str, str], said: str
) -> None:
    refused = mine.post("/tai-khoan/ma", **fields)
    assert refused.status_code in {403, 422}
    assert said in words_of(refused)
    assert f'value="{fields["label"]}"' in refused.text
    assert "<output>" not in refused.text


@pytest.fixture
def newcomer(browsing: Browsing) -> str:
    """Somebody whose account an administrator has just made."""
    database, at = browsing.portal.database, browsing.seeded.office.clock()
    with database.writing() as session:
        if session.get(Officer, "moi-ve") is None:
            session.add(Officer(id="moi-ve", name="Lê Thị Mới Về"))
        session.flush()
        session.get_one(Officer, "moi-ve").left_on = None
    with database.reading() as session:
        has_account = session.get(Account, "moi-ve") is not None
    deed = set_password if has_account else add_account
    more = {} if has_account else {"username": "moi-ve"}
    deed(
        database,
        officer_id="moi-ve",
        password=PASSWORD,
        at=at,
        actor=MACHINE,
        temporary=True,
        **more,
    )  # type: ignore[operator]  # two deeds with nearly the same arguments
    return "moi-ve"


def test_a_temporary_password_leads_nowhere_but_to_a_new_one(
    browsing: Browsing, newcomer: str
) -> None:
    assert browsing.enter(newcomer).status_code == 303
    for path in ("/viec-cua-toi", "/van-ban", "/tai-khoan", "/may-ky"):
        assert browsing.get(path).headers["location"] == "/tai-khoan/mat-khau"
    form = browsing.get("/tai-khoan/mat-khau")
    assert "do người khác đặt" in words_of(form)
    token = token_in(form)
    closed = browsing.client.post("/tai-khoan/ma", data={"csrf": token, "password": PASSWORD})
    assert closed.headers["location"] == "/tai-khoan/mat-khau"
    same = {"csrf": token, "current": PASSWORD, "new": PASSWORD, "again": PASSWORD}
    assert browsing.client.post("/tai-khoan/mat-khau", data=same).status_code == 422
    other = same | {"new": NEW, "again": NEW}
    assert browsing.client.post("/tai-khoan/mat-khau", data=other).status_code == 303
    assert browsing.get("/viec-cua-toi").status_code == 200
    assert browsing.enter(newcomer, NEW).status_code == 303
    assert browsing.get("/viec-cua-toi").status_code == 200


def test_who_holds_a_temporary_password_may_leave(browsing: Browsing, newcomer: str) -> None:
    browsing.enter(newcomer)
    token = token_in(browsing.get("/tai-khoan/mat-khau"))
    left = browsing.client.post("/dang-xuat", data={"csrf": token})
    assert left.headers["location"] == "/dang-nhap"
    assert browsing.get("/tai-khoan/mat-khau").headers["location"].startswith("/dang-nhap")


def test_an_officer_who_leaves_is_out_with_the_next_click(
    browsing: Browsing, newcomer: str
) -> None:
    browsing.enter(newcomer)
    token = token_in(browsing.get("/tai-khoan/mat-khau"))
    fields = {"csrf": token, "current": PASSWORD, "new": NEW, "again": NEW}
    browsing.client.post("/tai-khoan/mat-khau", data=fields)
    made = _own_token(browsing)
    headers = {"Authorization": f"Bearer {made}"}
    assert browsing.get("/viec-cua-toi").status_code == 200
    assert browsing.client.get("/api/v1/directives", headers=headers).status_code == 200
    at = browsing.seeded.office.clock()
    leave(
        browsing.portal.database, newcomer, on=local_day(at), reason="Nghỉ hưu", at=at,
        actor=MACHINE,
    )  # fmt: skip
    assert browsing.get("/viec-cua-toi").headers["location"].startswith("/dang-nhap")
    assert browsing.client.get("/api/v1/directives", headers=headers).status_code == 401
    with browsing.portal.database.writing() as session:
        session.get_one(Officer, newcomer).left_on = (at - timedelta(days=1)).date()
    assert browsing.enter(newcomer, NEW).status_code == 401


def _own_token(browsing: Browsing) -> str:
    form = {"csrf": token_in(browsing.get("/tai-khoan")), "label": "Kho", "scope": "read"}
    made = browsing.client.post("/tai-khoan/ma", data={**form, "days": "30", "password": NEW})
    found = re.search(r"<output>([\w-]{40,})</output>", made.text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox trên Linux"),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
            ),
            "Edge trên Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari trên iPhone",
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) "
                "SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36"
            ),
            "Samsung Internet trên Android",
        ),
        ("<script>alert(1)</script>", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent: str, words: str) -> None:
    assert device_words(agent) == words
