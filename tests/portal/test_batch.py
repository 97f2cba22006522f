"""Many files under one PIN, at the portal: choose, summary, PIN, progress, results, stopping."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, NoReturn, Self

import pytest
from httpx import Response
from sqlalchemy import update

from actions.batching import begin_batch
from actions.notices.kinds import Kind
from actions.notices.showing import notices_of
from models.base import DirectiveId
from models.batch import SigningBatch
from models.officer import RegisteredCertificate
from portal.batches import BatchRunner
from portal.pages.batch import SILENT
from signing.errors import KeyRefusedError
from signing.keys.cryptoki import PinState
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE, PIN
from tests.portal.test_before_pin import WRONG, Touches, changed, once_in
from wiring.clock import sleep


@pytest.fixture(scope="module")
def waiting(seeded: Any) -> list[DirectiveId]:  # noqa: ANN401 (the seeded office)
    """Three directives that wait for the signatory; made once, each test leaves them so."""
    return [seeded.numbered(f"Văn bản ký một lượt số {at}") for at in range(3)]


def chosen(browsing: Browsing, keys: list[DirectiveId], path: str = "/ky-nhieu") -> str:
    """Chooses files; returns the path of the batch."""
    made = browsing.post(path, chosen=[str(key) for key in keys])
    assert made.status_code == 303, words_of(made)
    return str(made.headers["location"])


def pin(browsing: Browsing, path: str, typed: str = PIN) -> Response:
    page = browsing.get(path)
    return browsing.post(f"{path}/ky", once=once_in(page), pin=typed)


def until(so: Callable[[], bool]) -> None:
    """Waits until something is so."""
    for _ in range(1200):
        if so():
            return
        sleep(0.05)
    raise AssertionError


def settled(browsing: Browsing, path: str) -> Response:
    """The page once nothing runs any more."""
    for _ in range(1200):
        page = browsing.get(path)
        if 'data-live-wait="2"' not in page.text:
            return page
        sleep(0.05)
    raise AssertionError(words_of(page))


def test_the_way_there_is_shown_where_several_wait(
    browsing: Browsing, waiting: list[DirectiveId]
) -> None:
    browsing.sign_in(PEOPLE.signatory)
    assert 'href="/ky-nhieu"' in browsing.get("/viec-cua-toi").text
    page = browsing.get("/ky-nhieu")
    for key in waiting:
        assert f'name="chosen" value="{key}"' in page.text
    assert "checked" not in page.text
    browsing.sign_in(PEOPLE.drafter)
    assert 'href="/ky-nhieu"' not in browsing.get("/viec-cua-toi").text
    assert "Không có văn bản nào chờ" in words_of(browsing.get("/ky-nhieu"))


def test_choosing_nothing_says_so(browsing: Browsing, waiting: list[DirectiveId]) -> None:
    del waiting
    browsing.sign_in(PEOPLE.signatory)
    refused = browsing.post("/ky-nhieu")
    assert refused.status_code == 422
    assert "chưa chọn văn bản nào" in words_of(refused)


def test_the_summary_shows_what_will_be_signed_and_what_not(
    browsing: Browsing, waiting: list[DirectiveId]
) -> None:
    approved = browsing.seeded.approved("Chưa cấp số nên chưa ký được")
    browsing.sign_in(PEOPLE.signatory)
    page = browsing.get(chosen(browsing, [*waiting[:2], approved]))
    said = words_of(page)
    for key in waiting[:2]:
        directive = browsing.seeded.directive(key)
        assert directive.number_text in said
        assert directive.subject in said
        assert f"{(directive.frozen_sha256 or '')[:12]}…" in said
        assert f'href="/van-ban/{key}/ky"' in page.text
    assert "K/T TRƯỞNG BAN" in said
    assert "Không ký được, đã bỏ ra 1" in said
    assert "Chưa bị thu hồi" in said
    assert "Ký số 2 văn bản" in said


def test_one_pin_signs_all_and_each_has_its_result(browsing: Browsing) -> None:
    keys = [browsing.seeded.numbered(f"Ký một lượt {at}") for at in range(2)]
    browsing.sign_in(PEOPLE.signatory)
    path = chosen(browsing, keys)
    touches = Touches(browsing.portal.desk.open_key)
    with changed(browsing, open_key=touches):
        begun = pin(browsing, path)
        assert (begun.status_code, begun.headers["location"]) == (303, path)
        page = settled(browsing, path)
    assert touches.pins == [PIN]
    assert "Đã ký 2/2 văn bản" in words_of(page)
    assert PIN not in page.text
    assert [browsing.state(key) for key in keys] == ["signed", "signed"]
    path = _seal_all(browsing, keys)
    assert "Đã đóng dấu 2/2 văn bản" in words_of(settled(browsing, path))
    assert [browsing.state(key) for key in keys] == ["sealed", "sealed"]


def test_who_went_elsewhere_is_told_that_it_is_over_and_has_read_it_once_there(
    browsing: Browsing,
) -> None:
    key = browsing.seeded.numbered("Ký rồi đi nơi khác")
    browsing.sign_in(PEOPLE.signatory)
    path = chosen(browsing, [key])

    def rings() -> bool:
        portal = browsing.portal
        with portal.database.reading() as session:
            told = notices_of(session, PEOPLE.signatory, portal.at(), only_new=True).items
        return any(one.kind is Kind.BATCH_OVER and one.path == path for one in told)

    pin(browsing, path)
    until(rings)
    settled(browsing, path)
    assert not rings()


def _seal_all(browsing: Browsing, keys: list[DirectiveId]) -> str:
    browsing.sign_in(PEOPLE.clerk)
    assert "Đóng dấu nhiều văn bản" in words_of(browsing.get("/dong-dau-nhieu"))
    path = chosen(browsing, keys, "/dong-dau-nhieu")
    assert "Mã PIN của khoá cơ quan" in words_of(browsing.get(path))
    pin(browsing, path)
    return path


def test_a_wrong_pin_is_told_with_what_the_token_says_and_touches_the_key_once(
    browsing: Browsing, waiting: list[DirectiveId]
) -> None:
    browsing.sign_in(PEOPLE.signatory)
    path = chosen(browsing, waiting[:2])
    tried: list[str] = []

    def refuse(_row: RegisteredCertificate, typed: str) -> NoReturn:
        tried.append(typed)
        raise KeyRefusedError("wrong_pin", "Mã PIN không đúng.")

    with changed(browsing, open_key=refuse, pin_state=lambda _row: PinState.FINAL):
        once = once_in(browsing.get(path))
        for _ in range(2):
            browsing.post(f"{path}/ky", once=once, pin=WRONG)
        page = settled(browsing, path)
    assert tried == [WRONG]
    said = words_of(page)
    assert "Mã PIN không đúng" in said
    assert "Chỉ còn một lần nhập" in said
    assert WRONG not in page.text
    assert 'autocomplete="off"' in page.text
    assert [browsing.state(key) for key in waiting] == ["numbered"] * 3


def test_a_pin_that_is_right_at_the_second_time_signs(browsing: Browsing) -> None:
    keys = [browsing.seeded.numbered("Nhập lại mã PIN")]
    browsing.sign_in(PEOPLE.signatory)
    path = chosen(browsing, keys)
    pin(browsing, path, WRONG)
    assert "Mã PIN không đúng" in words_of(settled(browsing, path))
    with browsing.portal.database.reading() as session:
        told = notices_of(session, PEOPLE.signatory, browsing.portal.at()).items
    assert [one.kind for one in told if one.path == path] == [Kind.BATCH_BACK]
    pin(browsing, path)
    page = settled(browsing, path)
    assert "Đã ký 1/1" in words_of(page)
    assert "Mã PIN không đúng" not in words_of(page)


def test_one_bad_file_is_told_and_the_rest_can_be_listed_anew(browsing: Browsing) -> None:
    keys = [browsing.seeded.numbered(f"Có một bản hỏng {at}") for at in range(2)]
    browsing.sign_in(PEOPLE.signatory)
    path = chosen(browsing, keys)
    browsing.decide(keys[0], "return", reason="Sửa lại số liệu.")
    pin(browsing, path)
    page = settled(browsing, path)
    assert "Đã ký 1/2 văn bản, 1 không ký được" in words_of(page)
    assert "đã trả lại người soạn" in words_of(page)
    assert "Lập lại danh sách cho 1 văn bản còn lại" in words_of(page)
    assert f'name="chosen" value="{keys[0]}"' in page.text


@contextmanager
def held(browsing: Browsing) -> Iterator[Callable[[], None]]:
    """Keys that wait before each signature until they are let go."""
    import threading  # noqa: PLC0415 (here alone)

    go_on = threading.Event()
    open_key = browsing.portal.desk.open_key

    class Held:
        def __init__(self, key: Any) -> None:  # noqa: ANN401 (a key)
            self._key = key

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (all else as the key has it)
            return getattr(self._key, name)

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_how: object) -> None:
            self._key.close()

        def sign(self, attributes: bytes) -> bytes:
            go_on.wait(120)
            return bytes(self._key.sign(attributes))

    with changed(browsing, open_key=lambda row, typed: Held(open_key(row, typed))):
        yield go_on.set
        go_on.set()


def test_it_stops_between_two_files_and_the_page_does_not_wait(browsing: Browsing) -> None:
    keys = [browsing.seeded.numbered(f"Dừng giữa chừng {at}") for at in range(3)]
    browsing.sign_in(PEOPLE.signatory)
    path = chosen(browsing, keys)
    with held(browsing) as let_go:
        pin(browsing, path)
        until(lambda: "Đang chuẩn bị 3/3" in words_of(browsing.get(path)))
        running = browsing.get(path)
        assert "Dừng sau văn bản này" in words_of(running)
        assert "Đã ký 0/3" in words_of(running)
        assert f'href="{path}"' in browsing.get("/ky-nhieu").text
        assert browsing.post(f"{path}/dung").status_code == 303
        assert "Đang dừng" in words_of(browsing.get(path))
        let_go()
        page = settled(browsing, path)
    assert "Đã ký 1/3 văn bản, 2 chưa ký" in words_of(page)
    assert "Đã dừng theo yêu cầu" in words_of(page)
    assert [browsing.state(key) for key in keys] == ["signed", "numbered", "numbered"]


def test_a_portal_that_ends_finishes_the_file_in_hand_and_no_more(browsing: Browsing) -> None:
    keys = [browsing.seeded.numbered(f"Máy chủ dừng {at}") for at in range(2)]
    browsing.sign_in(PEOPLE.signatory)
    path = chosen(browsing, keys)
    runner = BatchRunner()
    app = browsing.client.app
    with held(browsing) as let_go:
        app.state.portal = replace(browsing.portal, batches=runner)  # type: ignore[attr-defined]
        pin(browsing, path)
        until(lambda: "Đang chuẩn bị 2/2" in words_of(browsing.get(path)))
        runner._halt.set()
        let_go()
        runner.close()
        page = settled(browsing, path)
    assert "Đã ký 1/2" in words_of(page)
    assert "Máy chủ dừng trước khi đến văn bản này" in words_of(page)


def test_what_was_cut_off_can_be_ended_once_it_is_silent(
    browsing: Browsing, waiting: list[DirectiveId]
) -> None:
    browsing.sign_in(PEOPLE.signatory)
    path = chosen(browsing, waiting[:1])
    batch_id = uuid.UUID(path.rpartition("/")[2])
    begin_batch(browsing.portal.desk, browsing.seeded.actor(PEOPLE.signatory), batch_id)
    assert "có thể đã bị ngắt" not in words_of(browsing.get(path))
    early = browsing.portal.at() - SILENT - timedelta(seconds=1)
    with browsing.portal.database.writing() as session:
        session.execute(
            update(SigningBatch).where(SigningBatch.id == batch_id).values(created_at=early)
        )
    assert "có thể đã bị ngắt" in words_of(browsing.get(path))
    assert browsing.post(f"{path}/ket-thuc").status_code == 303
    page = browsing.get(path)
    assert "Đã ký 0/1 văn bản, 1 chưa ký" in words_of(page)
    late = browsing.post(f"{path}/dung")
    assert late.status_code == 409


def test_an_accident_ends_the_batch_and_is_not_told_in_its_own_words(
    browsing: Browsing, waiting: list[DirectiveId], caplog: pytest.LogCaptureFixture
) -> None:
    browsing.sign_in(PEOPLE.signatory)
    path = chosen(browsing, waiting[:1])

    def burst(_row: RegisteredCertificate, _typed: str) -> NoReturn:
        raise ZeroDivisionError("secret of the house")

    with changed(browsing, open_key=burst):
        pin(browsing, path)
        page = settled(browsing, path)
    assert "lỗi ngoài dự kiến" in words_of(page)
    assert "secret of the house" not in page.text
    assert "ZeroDivisionError" in caplog.text
    assert PIN not in caplog.text


def test_a_batch_is_shown_to_its_person_alone(
    browsing: Browsing, waiting: list[DirectiveId]
) -> None:
    browsing.sign_in(PEOPLE.signatory)
    path = chosen(browsing, waiting[:1])
    browsing.sign_in(PEOPLE.clerk)
    assert browsing.get(path).status_code == 404
    for deed in ("ky", "dung", "ket-thuc"):
        assert browsing.post(f"{path}/{deed}", pin=PIN).status_code == 404
    forged = browsing.client.post(f"{path}/ky", data={"csrf": "x", "pin": PIN})
    assert forged.status_code == 403
    assert browsing.state(waiting[0]) == "numbered"


def test_pins_are_in_no_address_and_no_box_is_filled(
    browsing: Browsing, waiting: list[DirectiveId]
) -> None:
    browsing.sign_in(PEOPLE.signatory)
    path = chosen(browsing, waiting[:1])
    page = browsing.get(f"{path}?pin={PIN}")
    box = re.search(r'<input id="pin"[^>]*>', page.text)
    assert box is not None
    assert "value" not in box.group()
    assert f'<form method="post" action="{path}/ky" class="pin" autocomplete="off">' in page.text
    assert PIN not in page.text
