"""The page with the PIN: what speaks against signing, how often the key is touched, what stays."""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import pytest
from httpx import Response
from sqlalchemy import update

from actions.readiness_terms import Check, ok
from models.base import DirectiveId
from models.officer import RegisteredCertificate
from models.signature import Signature
from portal.asking import Asking
from portal.once import OnceForms
from signing.errors import KeyRefusedError
from signing.keys.cryptoki import PinState
from signing.keys.key import SigningKey
from tests.portal.browsing import Browsing, seen_in, words_of
from tests.portal.seeded import PEOPLE, PIN
from wiring.clock import sleep

WRONG = "sai-ma-8842"


@dataclass
class Touches:
    """Counts how often a key was opened."""

    open_key: Callable[[RegisteredCertificate, str], SigningKey]
    seconds: float = 0.0
    pins: list[str] = field(default_factory=list)

    def __call__(self, row: RegisteredCertificate, pin: str) -> SigningKey:
        self.pins.append(pin)
        sleep(self.seconds)
        return self.open_key(row, pin)


@contextmanager
def changed(browsing: Browsing, **parts: Any) -> Iterator[None]:  # noqa: ANN401 (parts of a desk)
    """The portal with other parts on its desk; `asking` is the portal's own."""
    app = browsing.client.app
    whole = browsing.portal
    own = {name: parts.pop(name) for name in ("asking",) if name in parts}
    office = replace(whole.office, desk=replace(whole.desk, **parts))
    app.state.portal = replace(whole, office=office, **own)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        app.state.portal = whole  # type: ignore[attr-defined]


@contextmanager
def certificate(browsing: Browsing, **values: object) -> Iterator[None]:
    """The signatory's certificate as it is registered, with columns changed for a while."""
    mine = RegisteredCertificate.officer_id == PEOPLE.signatory
    database = browsing.portal.database
    with database.reading() as session:
        row = session.query(RegisteredCertificate).where(mine).one()
        before = {name: getattr(row, name) for name in values}
    for given, name in ((values, "to"), (before, "back")):
        if name == "back":
            yield
        with database.writing() as session:
            session.execute(update(RegisteredCertificate).where(mine).values(**given))


def once_in(page: Response) -> str:
    found = re.search(r'name="once" value="([^"]+)"', page.text)
    assert found, words_of(page)[:800]
    return found.group(1)


def opened(browsing: Browsing) -> tuple[DirectiveId, str, Response]:
    key = browsing.seeded.numbered()
    browsing.sign_in(PEOPLE.signatory)
    path = f"/van-ban/{key}/ky"
    return key, path, browsing.get(path)


def test_what_is_good_is_told_beside_the_pin(browsing: Browsing) -> None:
    _, _, page = opened(browsing)
    said = words_of(page)
    assert "Chưa bị thu hồi" in said
    assert "điều kiện đã kiểm tra, đạt" in said
    assert "Đúng bản 1 đã được phê duyệt" in said


def test_a_pin_is_never_filled_in_nor_kept_by_the_browser(browsing: Browsing) -> None:
    _, path, page = opened(browsing)
    form = {"seen": seen_in(page), "once": once_in(page)}
    again = browsing.post(path, pin=WRONG, **form)
    for shown in (page, again):
        box = re.search(r'<input id="pin"[^>]*>', shown.text)
        assert box is not None
        assert 'type="password"' in box.group()
        assert 'autocomplete="off"' in box.group()
        assert "value" not in box.group()
        assert f'<form method="post" action="{path}"' in shown.text
        assert WRONG not in shown.text
    assert browsing.get(f"{path}?pin={WRONG}").text.count(WRONG) == 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"key_kind": "none"}, "không có khoá để ký"),
        ({"key_kind": "abacus"}, "Không rõ khoá"),
    ],
)
def test_nobody_is_asked_for_a_pin_where_something_stops(
    browsing: Browsing, values: dict[str, object], said: str
) -> None:
    key = browsing.seeded.numbered()
    browsing.sign_in(PEOPLE.signatory)
    with certificate(browsing, **values):
        page = browsing.get(f"/van-ban/{key}/ky")
    assert page.status_code == 200
    assert said in words_of(page)
    assert "Việc cần làm" in words_of(page)
    assert 'id="pin"' not in page.text
    assert words_of(page).index(said) < words_of(page).index("điều kiện đã kiểm tra")


def test_a_key_elsewhere_asks_for_no_pin_here(browsing: Browsing) -> None:
    key = browsing.seeded.numbered()
    browsing.sign_in(PEOPLE.signatory)
    with certificate(browsing, key_kind="agent"):
        page = browsing.get(f"/van-ban/{key}/ky")
    assert "trinhky agent" in words_of(page)
    assert 'id="pin"' not in page.text


def test_a_slow_authority_does_not_hold_the_page_up(browsing: Browsing) -> None:
    key = browsing.seeded.numbered()
    browsing.sign_in(PEOPLE.signatory)
    path = f"/van-ban/{key}/ky"
    with changed(browsing, asking=Asking(patience_s=0.0)):
        page = browsing.get(path)
        assert "Đang hỏi cơ quan cấp" in words_of(page)
        assert 'id="pin"' not in page.text
        part = re.search(r'hx-get="([^"]+)"', page.text)
        assert part is not None
        for _ in range(100):
            later = browsing.get(part.group(1))
            if 'id="pin"' in later.text:
                break
            sleep(0.05)
    assert "Chưa bị thu hồi" in words_of(later)
    assert seen_in(later) == browsing.seeded.directive(key).frozen_sha256
    signed = browsing.post(path, seen=seen_in(later), once=once_in(later), pin=PIN)
    assert signed.status_code == 303


def test_an_answer_that_nobody_came_for_is_not_given_on_another_day() -> None:
    now, answers = [0.0], iter(("đã hỏi", "hỏi lại"))
    asking = Asking(patience_s=5.0, seconds=lambda: now[0])

    def ask() -> Check:
        return ok("revocation", next(answers))

    asking.begin("ab", ask)  # the page was closed
    now[0] = 29.0
    assert asking.answer("ab", ask) == ok("revocation", "đã hỏi")
    answers = iter(("bỏ dở", "hôm sau"))
    left = asking.begin("ab", ask)
    now[0] += 3600.0
    assert asking.answer("ab", ask) == ok("revocation", "hôm sau")
    assert left() == ok("revocation", "bỏ dở")


def test_the_part_that_comes_later_bears_what_is_on_the_screen(browsing: Browsing) -> None:
    _, path, _ = opened(browsing)
    old = "ab" * 32
    part = browsing.get(f"{path}/chung-thu?xem={old}")
    assert seen_in(part) == old
    refused = browsing.post(path, seen=old, once=once_in(part), pin=PIN)
    assert refused.status_code == 409


def test_one_sending_opens_the_key_once(browsing: Browsing) -> None:
    key, path, page = opened(browsing)
    touches = Touches(browsing.portal.desk.open_key)
    with changed(browsing, open_key=touches):
        wrong = browsing.post(path, seen=seen_in(page), once=once_in(page), pin=WRONG)
        assert (wrong.status_code, touches.pins) == (422, [WRONG])
        right = browsing.post(path, seen=seen_in(wrong), once=once_in(wrong), pin=PIN)
        assert (right.status_code, touches.pins) == (303, [WRONG, PIN])
    assert browsing.state(key) == "signed"


def test_the_same_form_sent_twice_at_once_touches_the_key_once(browsing: Browsing) -> None:
    key, path, page = opened(browsing)
    touches = Touches(browsing.portal.desk.open_key, seconds=0.3)
    token = browsing.token()
    form = {"csrf": token, "seen": seen_in(page), "once": once_in(page), "pin": WRONG}
    with changed(browsing, open_key=touches), ThreadPoolExecutor(2) as threads:
        both = list(threads.map(lambda _: browsing.client.post(path, data=form), range(2)))
    assert [one.status_code for one in both] == [422, 422]
    assert touches.pins == [WRONG]
    assert all("Mã PIN không đúng" in words_of(one) for one in both)
    assert browsing.state(key) == "numbered"


def test_an_old_form_sent_again_touches_no_key(browsing: Browsing) -> None:
    key, path, page = opened(browsing)
    touches = Touches(browsing.portal.desk.open_key)
    form = {"seen": seen_in(page), "once": once_in(page)}
    with changed(browsing, open_key=touches):
        for pin in (WRONG, WRONG, PIN):
            assert browsing.post(path, pin=pin, **form).status_code == 422
    assert touches.pins == [WRONG]
    assert browsing.state(key) == "numbered"


def test_twice_the_right_pin_signs_once_and_both_answers_say_so(browsing: Browsing) -> None:
    key, path, page = opened(browsing)
    touches = Touches(browsing.portal.desk.open_key, seconds=0.2)
    token = browsing.token()
    form = {"csrf": token, "seen": seen_in(page), "once": once_in(page), "pin": PIN}
    with changed(browsing, open_key=touches), ThreadPoolExecutor(2) as threads:
        both = list(threads.map(lambda _: browsing.client.post(path, data=form), range(2)))
    assert [one.status_code for one in both] == [303, 303]
    assert touches.pins == [PIN]
    with browsing.portal.database.reading() as session:
        rows = session.query(Signature).where(Signature.directive_id == key).all()
    assert [row.state for row in rows] == ["completed"]


def test_after_a_wrong_pin_the_page_says_what_the_token_tells(browsing: Browsing) -> None:
    _, path, page = opened(browsing)
    told = [PinState.OK, PinState.FINAL]

    def refuse(_row: RegisteredCertificate, _pin: str) -> NoReturn:
        told.pop(0)
        raise KeyRefusedError("wrong_pin", "Mã PIN không đúng.")

    with changed(browsing, open_key=refuse, pin_state=lambda _row: told[0]):
        assert "Chỉ còn một lần nhập" not in words_of(browsing.get(path))
        wrong = browsing.post(path, seen=seen_in(page), once=once_in(page), pin=WRONG)
    assert wrong.status_code == 422
    assert "Mã PIN không đúng" in words_of(wrong)
    assert "Chỉ còn một lần nhập trước khi thẻ bị khoá" in words_of(wrong)


def test_a_locked_token_is_not_asked_again(browsing: Browsing) -> None:
    _, path, _ = opened(browsing)
    with changed(browsing, pin_state=lambda _row: PinState.LOCKED):
        page = browsing.get(path)
    assert "đã bị khoá" in words_of(page)
    assert 'id="pin"' not in page.text


def test_forms_without_a_word_share_only_what_is_under_way() -> None:
    forms, begun, go_on = OnceForms(), threading.Event(), threading.Event()
    done: list[int] = []

    def slow() -> None:
        begun.set()
        go_on.wait(10)
        done.append(1)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(forms.send, "x", slow, remember=False)
        begun.wait(10)
        second = threads.submit(forms.send, "x", slow, remember=False)
        sleep(0.05)
        go_on.set()
        assert (first.result(10), second.result(10)) == (None, None)
    assert done == [1]
    forms.send("x", slow, remember=False)
    assert done == [1, 1]


def test_an_accident_is_not_repeated_by_the_same_form() -> None:
    forms = OnceForms()

    def burst() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        forms.send("x", burst)
    again = forms.send("x", burst)
    assert again is not None
    assert "không thực hiện lại" in again.diagnosis()
