"""Quản trị: what needs attention, and the deeds on accounts, as an administrator meets them."""

import re
import uuid
from collections.abc import Iterator
from datetime import date

import pytest
from argon2 import PasswordHasher
from httpx import Response
from sqlalchemy import select

from actions import passwords
from actions.accounts import add_account, session_officer
from actions.auditing import MACHINE
from actions.working.body import Body
from models.audit import AuditEvent
from models.directive import Directive
from models.officer import Account, Officer, Post, SignInSession
from models.working import WorkingDraft
from portal.identity import SESSION_COOKIE
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PASSWORD
from tests.portal.test_outsiders import dump
from wiring.demo_draft import PEOPLE

ADMINISTRATOR = "truong-my-linh"
NEW = "dinh-thi-moi"
NAME = "Đinh Thị Mới"
PAGE = f"/quan-tri/can-bo/{NEW}"
SINCE = date(2020, 1, 1)
_ONCE = re.compile(r'name="once" value="([^"]+)"')
_SECRET = re.compile(r"<output>([^<]+)</output>")


@pytest.fixture(autouse=True)
def _light_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    light = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", light)


@pytest.fixture
def ours(browsing: Browsing) -> Iterator[Browsing]:
    """The administrator's browser, and an officer in post who has no account yet."""
    with browsing.portal.database.writing() as session:
        session.add(Officer(id=NEW, name=NAME))
        session.flush()
        session.add(
            Post(
                officer_id=NEW, organisation_id="btgtu-lam-dong", title="Chuyên viên",
                roles=["drafter"], valid_from=SINCE,
            )
        )  # fmt: skip
    browsing.sign_in(ADMINISTRATOR)
    yield browsing
    with browsing.portal.database.writing() as session:
        for table in (SignInSession, Account, Post):
            for row in session.scalars(select(table).where(table.officer_id == NEW)):
                session.delete(row)
        session.flush()
        session.delete(session.get_one(Officer, NEW))


def secret_of(page: Response) -> str:
    found = _SECRET.search(page.text)
    assert found, words_of(page)[:800]
    return found[1]


def events(browsing: Browsing, deed: str) -> list[AuditEvent]:
    with browsing.portal.database.reading() as session:
        query = select(AuditEvent).where(AuditEvent.deed == deed, AuditEvent.subject_id == NEW)
        return list(session.scalars(query.order_by(AuditEvent.sequence)))


def opened(browsing: Browsing) -> str:
    """Opens the account as the administrator; returns its first password."""
    answer = browsing.post(f"{PAGE}/tai-khoan", username="Dinh.Thi.Moi", password=PASSWORD)
    assert answer.status_code == 200
    return secret_of(answer)


def enters(browsing: Browsing, username: str, password: str) -> Response:
    """Signs somebody in, and the administrator again after it."""
    answer = browsing.enter(username, password)
    browsing.sign_in(ADMINISTRATOR)
    return answer


def test_who_has_no_account_is_named_first_and_gets_one_whose_password_is_shown_once(
    ours: Browsing,
) -> None:
    assert f"mà chưa có tài khoản: {NAME}" in words_of(ours.get("/quan-tri"))
    assert NAME in words_of(ours.get("/quan-tri/tai-khoan?loc=chua-co"))
    assert 'value="dinh.thi.moi"' in ours.get(PAGE).text
    first = opened(ours)
    assert first not in ours.get(PAGE).text
    assert NAME not in words_of(ours.get("/quan-tri/tai-khoan?loc=chua-co"))
    assert f"Chưa đổi mật khẩu tạm: {NAME}" in words_of(ours.get("/quan-tri"))
    entered = enters(ours, "dinh.thi.moi", first)
    assert entered.headers["location"] == "/viec-cua-toi"
    (event,) = events(ours, "add_account")
    assert (event.actor_id, event.outcome) == (ADMINISTRATOR, "done")
    assert first not in str(event.detail)


def test_no_account_is_opened_without_the_administrators_own_password_or_with_a_bad_name(
    ours: Browsing,
) -> None:
    wrong = ours.post(f"{PAGE}/tai-khoan", username="moi.moi", password="không phải của tôi")
    assert wrong.status_code == 403
    assert 'value="moi.moi"' in wrong.text
    taken = ours.post(f"{PAGE}/tai-khoan", username=ADMINISTRATOR, password=PASSWORD)
    assert taken.status_code == 422
    assert "đã có người dùng" in words_of(taken)
    assert ours.post(
        "/quan-tri/can-bo/khong-co-ai/tai-khoan", username="moi", password=PASSWORD
    ).status_code == 404  # fmt: skip
    with ours.portal.database.reading() as session:
        assert session.get(Account, NEW) is None


def test_somebody_who_guessed_too_often_is_unlocked_or_given_a_new_password(
    ours: Browsing,
) -> None:
    first = opened(ours)
    for _ in range(5):
        enters(ours, "dinh.thi.moi", "nhầm mật khẩu mất rồi")
    assert f"Tài khoản của {NAME} tạm khoá đến" in words_of(ours.get("/quan-tri"))
    assert enters(ours, "dinh.thi.moi", first).status_code == 401
    assert "Mở khoá ngay" in words_of(ours.get(PAGE))
    assert ours.post(f"{PAGE}/mo-khoa").headers["location"] == f"{PAGE}?xong=mo-khoa"
    assert enters(ours, "dinh.thi.moi", first).status_code == 303
    fresh = secret_of(ours.post(f"{PAGE}/mat-khau", password=PASSWORD))
    assert enters(ours, "dinh.thi.moi", first).status_code == 401
    assert enters(ours, "dinh.thi.moi", fresh).status_code == 303


def test_a_page_with_a_password_that_is_loaded_anew_sets_no_other_password(
    ours: Browsing,
) -> None:
    form = {"username": "dinh.thi.moi", "password": PASSWORD, "once": "mot"}
    first = secret_of(ours.post(f"{PAGE}/tai-khoan", **form))
    again = ours.post(f"{PAGE}/tai-khoan", **form)
    assert again.headers["location"] == f"{PAGE}?xong=da-hien"
    assert "đã hiện một lần và không hiện lại" in words_of(ours.get(again.headers["location"]))
    assert enters(ours, "dinh.thi.moi", first).status_code == 303
    reset = {"password": PASSWORD, "once": _ONCE.findall(ours.get(PAGE).text)[0]}
    second = secret_of(ours.post(f"{PAGE}/mat-khau", **reset))
    assert ours.post(f"{PAGE}/mat-khau", **reset).status_code == 303
    assert enters(ours, "dinh.thi.moi", second).status_code == 303
    wrong = ours.post(f"{PAGE}/mat-khau", password="sai", once="hai")
    assert wrong.status_code == 403


def test_who_leaves_leaves_once_however_often_the_page_is_loaded_anew(ours: Browsing) -> None:
    path, day = f"{PAGE}/thoi-cong-tac", ours.portal.today().isoformat()
    once = _ONCE.findall(ours.get(f"{path}?ngay={day}").text)[0]
    form = {"ngay": day, "cho": "", "reason": "Nghỉ hưu", "once": once}
    before = len(events(ours, "officer_leaves"))
    assert "Đã ghi thôi công tác." in words_of(ours.post(path, **form))
    again = ours.post(path, **form)
    assert again.headers["location"] == f"{PAGE}?xong=thoi"
    assert "xem ở nhật ký" in words_of(ours.get(again.headers["location"]))
    assert len(events(ours, "officer_leaves")) == before + 1


def test_sessions_end_at_once_and_a_closed_account_is_opened_again_with_a_reason(
    ours: Browsing,
) -> None:
    first = opened(ours)
    ours.enter("dinh.thi.moi", first)
    token = ours.client.cookies[SESSION_COOKIE]
    ours.sign_in(ADMINISTRATOR)
    database, at = ours.portal.database, ours.portal.at()
    assert session_officer(database, token, at) is not None
    assert ours.post(f"{PAGE}/ket-thuc-phien").status_code == 303
    assert session_officer(database, token, at) is None
    assert ours.post(f"{PAGE}/dong", reason=" ").status_code == 422
    assert ours.post(f"{PAGE}/dong", reason="Nghỉ không lương").status_code == 303
    assert enters(ours, "dinh.thi.moi", first).status_code == 401
    assert events(ours, "disable_account")[0].detail["reason"] == "Nghỉ không lương"
    assert "đã đóng" in words_of(ours.get(PAGE))
    assert ours.post(f"{PAGE}/mo-lai", reason="").status_code == 422
    assert ours.post(f"{PAGE}/mo-lai", reason="Đi làm lại").status_code == 303
    assert enters(ours, "dinh.thi.moi", first).status_code == 303


def test_a_lost_phone_is_taken_off_and_the_person_told_from_their_own_page(ours: Browsing) -> None:
    opened(ours)
    done = ours.post(f"{PAGE}/hai-lop", password=PASSWORD, passkeys="1")
    assert done.headers["location"] == f"{PAGE}?xong=hai-lop"
    assert "Đã tắt xác thực hai lớp" in words_of(ours.get(f"{PAGE}?xong=hai-lop"))
    own = f"/quan-tri/can-bo/{ADMINISTRATOR}"
    for what in ("mat-khau", "hai-lop"):
        assert ours.post(f"{own}/{what}", password=PASSWORD).status_code == 422
    assert "tài khoản của chính mình" in words_of(ours.get(own))


def test_the_last_administrator_is_warned_of_and_cannot_be_closed(ours: Browsing) -> None:
    assert "Chỉ một mình Trương Mỹ Linh quản trị được" in words_of(ours.get("/quan-tri"))
    refused = ours.post(f"/quan-tri/can-bo/{ADMINISTRATOR}/dong", reason="Thử")
    assert refused.status_code == 422
    with ours.portal.database.writing() as session:
        post = session.scalars(select(Post).where(Post.officer_id == NEW)).one()
        post.roles = ["administrator"]
    add_account(
        ours.portal.database, officer_id=NEW, username="quan.tri.hai", password=PASSWORD,
        at=ours.portal.at(), actor=MACHINE,
    )  # fmt: skip
    seen = words_of(ours.get("/quan-tri"))
    assert "Chỉ một mình" not in seen
    assert f"{NAME} quản trị mà chỉ đăng nhập bằng mật khẩu" in seen


def test_names_of_officers_are_found_and_stay_text(ours: Browsing) -> None:
    with ours.portal.database.writing() as session:
        session.get_one(Officer, NEW).name = "<b>Mới</b>"
    assert "<b>Mới</b>" not in ours.get("/quan-tri/tai-khoan?q=m%E1%BB%9Bi").text
    assert "&lt;b&gt;Mới" in ours.get("/quan-tri/tai-khoan?q=m%E1%BB%9Bi").text
    assert "Không có cán bộ nào như vậy" in words_of(ours.get("/quan-tri/tai-khoan?q=zzz"))


def test_who_leaves_is_looked_at_first_and_then_hands_over_and_is_out(ours: Browsing) -> None:
    opened(ours)
    key = ours.seeded.start("Bàn giao khi thôi công tác")
    with ours.portal.database.writing() as session:
        session.get_one(Directive, key).drafter_id = NEW
    path, before = f"{PAGE}/thoi-cong-tac", dump(ours.seeded)
    day = ours.portal.today().isoformat()
    look = ours.get(f"{path}?ngay={day}&cho={PEOPLE.drafter}")
    assert "Nguyễn Minh An soạn thảo tiếp." in words_of(look)
    assert "Tài khoản đóng ngay" in words_of(look)
    assert "1 phần việc chưa có ai nhận" in words_of(ours.get(f"{path}?ngay={day}"))
    assert ours.get(f"{path}?ngay=mai").status_code == 422
    empty = ours.post(path, ngay=day, cho=PEOPLE.drafter, reason=" ")
    assert empty.status_code == 422
    assert "Ghi thôi công tác và bàn giao" in words_of(empty)
    assert dump(ours.seeded) == before
    done = ours.post(path, ngay=day, cho=PEOPLE.drafter, reason="Chuyển về Tỉnh đoàn")
    assert "Đã ghi thôi công tác" in words_of(done)
    with ours.portal.database.reading() as session:
        assert session.get_one(Directive, key).drafter_id == PEOPLE.drafter
        assert session.get_one(Account, NEW).disabled_at is not None
    assert "ngày cuối cùng là" in words_of(ours.get(PAGE))
    assert events(ours, "officer_leaves")[-1].detail["reason"] == "Chuyển về Tỉnh đoàn"


def test_a_draft_of_who_leaves_passes_to_a_colleague_who_is_told_where_it_is(
    ours: Browsing,
) -> None:
    key, at = uuid.uuid4(), ours.portal.at()
    with ours.portal.database.writing() as session:
        session.add(
            WorkingDraft(
                id=key, officer_id=NEW, organisation_id="btgtu-lam-dong", created_at=at,
                updated_at=at, body=Body(
                    regime="party", doc_type="Công văn", title="Bản chưa trình của Mới"
                ).model_dump(mode="json"),
            )
        )  # fmt: skip
    path, day = f"{PAGE}/thoi-cong-tac", ours.portal.today().isoformat()
    look = words_of(ours.get(f"{path}?ngay={day}&cho={PEOPLE.drafter}"))
    assert "Bản đang soạn, chưa trình Bản chưa trình của Mới" in look
    ours.post(path, ngay=day, cho=PEOPLE.drafter, reason="Nghỉ hưu")
    ours.sign_in(PEOPLE.drafter)
    told = ours.get("/thong-bao")
    assert "Bản đang soạn được bàn giao, chờ soạn tiếp và trình." in words_of(told)
    assert "Bản chưa trình của Mới" in words_of(ours.get(f"/soan/{key}"))
    assert ours.post(f"/soan/{key}/xoa").status_code == 303


def test_the_last_administrator_is_told_so_before_leaving(ours: Browsing) -> None:
    path = f"/quan-tri/can-bo/{ADMINISTRATOR}/thoi-cong-tac"
    assert "người quản trị duy nhất" in words_of(ours.get(path))
    refused = ours.post(path, ngay=ours.portal.today().isoformat(), reason="Nghỉ hưu")
    assert refused.status_code == 422


def test_an_officers_posts_authorities_stand_ins_and_certificates_are_shown_with_their_days(
    ours: Browsing,
) -> None:
    seen = words_of(ours.get(f"/quan-tri/can-bo/{PEOPLE.signatory}"))
    for said in ("Quyền ký", "K/T TRƯỞNG BAN", "Khi vắng mặt", "Chứng thư 1", "thử nghiệm"):
        assert said in seen, said


def test_a_role_that_nobody_holds_is_named_until_somebody_does(ours: Browsing) -> None:
    with ours.portal.database.writing() as session:
        held = {one.id: list(one.roles) for one in session.scalars(select(Post))}
        for key, roles in held.items():
            session.get_one(Post, key).roles = [one for one in roles if one != "follow_up"]
    try:
        said = words_of(ours.get("/quan-tri"))
    finally:
        with ours.portal.database.writing() as session:
            for key, roles in held.items():
                session.get_one(Post, key).roles = roles
    assert "Chưa cán bộ nào có vai trò: người theo dõi. " in said
    assert "Chưa cán bộ nào có vai trò" not in words_of(ours.get("/quan-tri"))
