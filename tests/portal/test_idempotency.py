"""One deed however often it is asked: keys, kept answers, two at once, what died half-way."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from actions import drafting, promising
from actions.auditing import BESIDE
from actions.errors import KeyUnderWayError
from models.audit import AuditEvent
from models.base import DirectiveId
from models.idempotency import PromisedAnswer
from models.officer import APIToken
from tests.portal.browsing import Browsing
from tests.portal.programs import ask, new_key
from tests.portal.seeded import PEOPLE


def deeds_of(browsing: Browsing, key: DirectiveId) -> list[str]:
    with browsing.seeded.office.database.reading() as session:
        query = select(AuditEvent.deed).where(
            AuditEvent.subject_id == str(key), AuditEvent.outcome == "done"
        )
        return list(session.scalars(query.order_by(AuditEvent.sequence)))


def test_a_repeat_gets_the_same_answer_and_nothing_is_done_twice(browsing: Browsing) -> None:
    key, word = browsing.seeded.start(), new_key()
    path = f"/directives/{key}/submit"
    first = ask(browsing, PEOPLE.drafter, "POST", path, key=word)
    again = ask(browsing, PEOPLE.drafter, "POST", path, key=word)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert first.json()["deeds"][0]["deed"] == "submit"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert deeds_of(browsing, key) == ["start_directive", "submit"]
    without = ask(browsing, PEOPLE.drafter, "POST", path)
    assert without.status_code == 409


def test_a_refusal_is_kept_too(browsing: Browsing) -> None:
    key, word = browsing.seeded.submitted(), new_key()
    path, body = f"/directives/{key}/approve", {"revision": 1}
    first = ask(browsing, PEOPLE.signatory, "POST", path, body, key=word)
    browsing.seeded.passes(key)
    again = ask(browsing, PEOPLE.signatory, "POST", path, body, key=word)
    assert (first.status_code, again.status_code) == (409, 409)
    assert first.json() == again.json()
    assert again.headers["content-type"] == "application/problem+json"


def test_the_key_of_another_request_is_refused(browsing: Browsing) -> None:
    key, word = browsing.seeded.submitted(), new_key()
    path = f"/directives/{key}/return"
    body = {"revision": 1, "reason": "Thiếu căn cứ."}
    assert ask(browsing, PEOPLE.form_reviewer, "POST", path, body, key=word).status_code == 200
    # Blanks and order make no other request; another word does.
    same = {"reason": "Thiếu căn cứ.", "revision": 1}
    assert ask(browsing, PEOPLE.form_reviewer, "POST", path, same, key=word).status_code == 200
    other = ask(browsing, PEOPLE.form_reviewer, "POST", path, {**body, "reason": "Khác."}, key=word)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    # Another token's key of the same name is another key.
    draft = browsing.seeded.start()
    mine = ask(browsing, PEOPLE.drafter, "POST", f"/directives/{draft}/submit", key=word)
    assert mine.status_code == 200


@pytest.mark.parametrize("word", ["", "có dấu".encode(), "a" * 256, "hai tu"])
def test_a_key_that_is_none_is_refused(browsing: Browsing, word: str | bytes) -> None:
    key = browsing.seeded.start()
    answer = ask(browsing, PEOPLE.drafter, "POST", f"/directives/{key}/submit", key=word)  # type: ignore[arg-type]  # also bytes
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["place"] == "Idempotency-Key"
    assert browsing.state(key) == "drafting"


def test_two_at_once_do_one_deed(browsing: Browsing, monkeypatch: pytest.MonkeyPatch) -> None:
    key, word = browsing.seeded.start(), new_key()
    at_the_deed, go_on = threading.Event(), threading.Event()
    plain = drafting.submit

    def slow(*given: object) -> None:
        at_the_deed.set()
        assert go_on.wait(20)
        plain(*given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr("portal.api.deciding.submit", slow)
    path = f"/directives/{key}/submit"
    with ThreadPoolExecutor() as pool:
        first = pool.submit(ask, browsing, PEOPLE.drafter, "POST", path, key=word)
        assert at_the_deed.wait(20)
        second = ask(browsing, PEOPLE.drafter, "POST", path, key=word)
        go_on.set()
        assert first.result().status_code == 200
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_key_under_way")
    assert int(second.headers["retry-after"]) > 0
    assert ask(browsing, PEOPLE.drafter, "POST", path, key=word).json() == first.result().json()
    assert deeds_of(browsing, key).count("submit") == 1


def test_a_process_that_died_after_the_deed_has_answered_it(
    browsing: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, word = browsing.seeded.start(), new_key()
    path = f"/directives/{key}/submit"

    def dies(*_given: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(promising.Promise, "settle", dies)
        with pytest.raises(RuntimeError):
            ask(browsing, PEOPLE.drafter, "POST", path, key=word)
    assert browsing.state(key) == "in_review"
    assert ask(browsing, PEOPLE.drafter, "POST", path, key=word).status_code == 409
    give_up(browsing, word)
    late = ask(browsing, PEOPLE.drafter, "POST", path, key=word)
    assert late.status_code == 200
    assert [one["deed"] for one in late.json()["deeds"]] == ["submit"]
    assert deeds_of(browsing, key).count("submit") == 1


def test_an_attempt_that_was_given_up_does_nothing_when_it_wakes(browsing: Browsing) -> None:
    seeded, word = browsing.seeded, new_key()
    key, office = seeded.start(), seeded.office
    token = one_token(browsing)
    first = promising.claim(office.database, token, word, "a" * 64, office.clock())
    assert isinstance(first, promising.Promise)
    give_up(browsing, word)
    second = promising.claim(office.database, token, word, "a" * 64, office.clock())
    assert isinstance(second, promising.Promise)
    asleep = replace(office.desk, database=office.database.bearing(**{BESIDE: first.note}))
    with pytest.raises(KeyUnderWayError):
        drafting.submit(asleep, seeded.actor(PEOPLE.drafter), key)
    assert seeded.directive(key).state == "drafting"
    awake = replace(office.desk, database=office.database.bearing(**{BESIDE: second.note}))
    drafting.submit(awake, seeded.actor(PEOPLE.drafter), key)
    assert seeded.directive(key).state == "in_review"


def test_an_answer_is_forgotten_when_its_time_is_over(browsing: Browsing) -> None:
    office, token, word = browsing.seeded.office, one_token(browsing), new_key()
    at = office.clock()
    promise = promising.claim(office.database, token, word, "a" * 64, at)
    assert isinstance(promise, promising.Promise)
    promise.settle(office.database, 200, {"deeds": []})
    later = at + promising.KEPT_FOR - timedelta(seconds=1)
    kept = promising.claim(office.database, token, word, "a" * 64, later)
    assert isinstance(kept, promising.Kept)
    over = at + promising.KEPT_FOR + timedelta(seconds=1)
    assert isinstance(
        promising.claim(office.database, token, word, "b" * 64, over), promising.Promise
    )


def give_up(browsing: Browsing, word: str) -> None:
    office = browsing.seeded.office
    with office.database.writing() as session:
        session.execute(
            update(PromisedAnswer)
            .where(PromisedAnswer.key == word)
            .values(given_up_at=office.clock())
        )


def one_token(browsing: Browsing) -> UUID:
    ask(browsing, PEOPLE.drafter, "GET", "/work")
    with browsing.seeded.office.database.reading() as session:
        found = session.scalars(select(APIToken.id)).first()
    assert found is not None
    return found
