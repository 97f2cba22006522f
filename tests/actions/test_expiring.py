"""Warnings before something runs out: once for each threshold, to those who can help."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.auditing import MACHINE
from actions.certificate_ends import end
from actions.desk import Desk
from actions.dispatching import deliver_batch
from actions.expiring import Expiring, WarnSummary, expiring, warn
from actions.setting_up import note_stamps
from actions.setup_parts import Surroundings
from models.audit import AuditEvent
from models.dispatch import Notice
from models.officer import Officer, RegisteredCertificate
from models.outbox import OutboxRow
from signing.certificates import read_facts
from signing.stamp_trial import StampTrial
from signing.strength import last_day_of_key
from signing.trust import Anchor
from tests.actions.back_office import ScriptedChannel
from tests.signing.judge_crypto.pki import Plan, make_root
from tests.support.front import Front
from tests.support.signing_office import Authority, dies_at

LAST = date(2022, 12, 1)
ROOT = make_root(Plan("CA gốc Một", kind="rsa:root").authority_of())
AROUND = Surroundings(
    anchors=(), timestamp_urls=(), revocation_hosts=(), mail_domain="ban.example", simulated=False
)
READERS = {"signatory", "operator", "administrator"}


@pytest.fixture
def ending(one_front: Front) -> Front:
    """The office accepts the signatory's certificate until `LAST`; its clock is far before."""
    until(one_front, LAST)
    one_front.clock.set_day(LAST - timedelta(days=91))
    return one_front


def until(front: Front, day: date) -> None:
    mine = update(RegisteredCertificate).where(RegisteredCertificate.officer_id == "signatory")
    front.change(lambda session: session.execute(mine.values(valid_to=day)))


def soon(front: Front, around: Surroundings = AROUND) -> list[Expiring]:
    with front.desk.database.reading() as session:
        return list(expiring(session, around, at=front.clock()))


def notices(front: Front) -> list[Notice]:
    with front.desk.database.reading() as session:
        return list(session.scalars(select(Notice).order_by(Notice.created_at, Notice.key)))


@pytest.mark.parametrize("left", [90, 30, 7])
def test_each_threshold_brings_one_warning_to_each_reader(ending: Front, left: int) -> None:
    assert warn(ending.desk, AROUND) == WarnSummary()
    ending.clock.set_day(LAST - timedelta(days=left))
    assert warn(ending.desk, AROUND) == WarnSummary(things=1, letters=3)
    assert {one.address for one in notices(ending)} == {f"{who}@ban.example" for who in READERS}
    ending.clock.advance(hours=3)
    assert warn(ending.desk, AROUND) == WarnSummary()
    assert f"sau {left} ngày (ngày 01/12/2022)" in notices(ending)[0].text


def test_from_far_away_to_the_end_there_are_three_warnings_and_no_more(ending: Front) -> None:
    letters = 0
    for _ in range(100):
        letters += warn(ending.desk, AROUND).letters
        ending.clock.advance(days=1)
    assert letters == 3 * len(READERS)


def test_a_machine_that_stood_still_sends_the_nearest_warning_alone(ending: Front) -> None:
    ending.clock.set_day(LAST - timedelta(days=5))
    assert warn(ending.desk, AROUND).letters == 3
    ending.clock.set_day(LAST + timedelta(days=5))
    assert warn(ending.desk, AROUND) == WarnSummary()


def test_a_day_that_was_moved_is_warned_of_anew(ending: Front) -> None:
    ending.clock.set_day(LAST - timedelta(days=20))
    assert warn(ending.desk, AROUND).letters == 3
    until(ending, LAST + timedelta(days=5))
    assert warn(ending.desk, AROUND).letters == 3


def test_the_clerks_are_told_of_the_agencys_key(one_front: Front) -> None:
    seal = update(RegisteredCertificate).where(RegisteredCertificate.organisation_id == "ban")
    one_front.change(lambda session: session.execute(seal.values(valid_to=LAST)))
    one_front.clock.set_day(LAST - timedelta(days=7))
    warn(one_front.desk, AROUND)
    assert {one.address for one in notices(one_front)} == {
        f"{who}@ban.example" for who in ("registry-clerk", "operator", "administrator")
    }


def test_what_was_ended_or_has_a_successor_is_not_warned_of(
    ending: Front, authority: Authority
) -> None:
    ending.clock.set_day(LAST - timedelta(days=20))
    successor = RegisteredCertificate(
        fingerprint=authority.fingerprint("other"), subject="mới", der=authority.der("other"),
        officer_id="signatory", key_kind="agent", valid_from=date(2022, 11, 1),
    )  # fmt: skip
    ending.change(lambda session: session.add(successor))
    assert soon(ending) == []
    end(
        ending.desk.database, successor.fingerprint, on=ending.clock().date(), reason="Mất",
        at=ending.clock(), actor=MACHINE,
    )  # fmt: skip
    assert [one.key for one in soon(ending)] == [authority.fingerprint("signatory")]


def test_the_letters_go_out_by_mail(ending: Front) -> None:
    ending.clock.set_day(LAST - timedelta(days=7))
    warn(ending.desk, AROUND)
    channel = ScriptedChannel()
    desk: Desk = replace(ending.desk, channels={"smtp": channel})
    assert deliver_batch(desk, limit=10).sent == 3
    assert channel.recipients == sorted(f"{who}@ban.example" for who in READERS)
    letter = channel.sent[0]
    assert letter.subject.startswith("[Sắp hết hạn] Chứng thư của Trần Văn Ký")
    assert "trinhky key add" in letter.text


def test_a_reader_without_an_address_is_held_with_the_reason(ending: Front) -> None:
    ending.change(
        lambda session: session.execute(
            update(Officer).where(Officer.id == "operator").values(email=None)
        )
    )
    ending.clock.set_day(LAST - timedelta(days=7))
    warn(ending.desk, AROUND)
    held = [one for one in notices(ending) if one.state == "held"]
    assert [one.detail or "" for one in held] == [
        "Chưa có địa chỉ để gửi; bổ sung địa chỉ trong dữ liệu cơ quan."
    ]


def test_a_kill_at_any_step_leaves_neither_a_lost_nor_a_double_warning(ending: Front) -> None:
    ending.clock.set_day(LAST - timedelta(days=7))
    step = 1

    def act(desk: Desk) -> None:
        warn(desk, AROUND)

    while dies_at(step, ending.desk, act):
        step += 1
        assert len(notices(ending)) in (0, 3)
    warn(ending.desk, AROUND)
    assert step > 1
    assert len(notices(ending)) == 3
    with ending.desk.database.reading() as session:
        assert len(session.scalars(select(OutboxRow)).all()) == 3
        events = select(AuditEvent).where(AuditEvent.deed == "warn_of_expiry")
        assert len(session.scalars(events).all()) == 1


def test_two_rounds_at_once_warn_once(signing_front: Front) -> None:
    until(signing_front, LAST)
    signing_front.clock.set_day(LAST - timedelta(days=7))
    found: list[Any] = []
    start = threading.Barrier(2)

    def round_of() -> None:
        start.wait()
        found.append(warn(signing_front.desk, AROUND).letters)

    rounds = [threading.Thread(target=round_of) for _ in range(2)]
    for one in rounds:
        one.start()
    for one in rounds:
        one.join()
    assert sorted(found) == [0, 3]
    assert len(notices(signing_front)) == 3


def test_anchors_run_out_by_themselves_or_by_what_the_office_said(one_front: Front) -> None:
    own = read_facts(ROOT.der).not_after
    one_front.clock.set(own - timedelta(days=10))
    alone = replace(AROUND, anchors=(Anchor(der=ROOT.der),))
    assert [(one.kind, one.days_left(own.date())) for one in soon(one_front, alone)
            if one.kind == "anchor"] == [("anchor", 0)]  # fmt: skip
    one_front.clock.set_day(date(2022, 11, 1))
    said = replace(AROUND, anchors=(Anchor(der=ROOT.der, name="Gốc", until=date(2022, 11, 20)),))
    (found,) = soon(one_front, said)
    assert found.words(date(2022, 11, 1)) == (
        "Chứng thư gốc Gốc hết hạn sau 19 ngày (ngày 20/11/2022)."
    )


def test_a_time_stamping_service_is_known_by_its_last_stamp_even_while_it_is_silent(
    one_front: Front,
) -> None:
    url, at = "http://tsa.example/", one_front.clock()
    facts = replace(read_facts(ROOT.der), not_after=at + timedelta(days=25))
    seen = StampTrial(url=url, title="tsa.example", certificate=facts, stamped_at=at)
    silent = StampTrial(url=url, title="tsa.example", problem="không trả lời")
    around = replace(AROUND, timestamp_urls=(url,))
    for trial in (seen, silent):
        note_stamps(one_front.desk.database, (trial,), at=at, actor=MACHINE)
        (found,) = soon(one_front, around)
        assert (found.kind, found.days_left(at.date())) == ("timestamp", 25)
    assert soon(one_front) == []


def test_sizes_of_keys_have_their_last_day(one_front: Front, authority: Authority) -> None:
    facts = read_facts(authority.der("signatory"))
    assert last_day_of_key(facts) == date(2030, 12, 31)
    assert last_day_of_key(replace(facts, key_bits=1024)) == date(2013, 12, 31)
    assert last_day_of_key(replace(facts, key_bits=3072)) is None
    assert last_day_of_key(replace(facts, key="ec", key_bits=0)) is None
    one_front.clock.set(datetime(2030, 12, 1, tzinfo=UTC))
    assert {one.kind for one in soon(one_front)} == {"key"}
    assert len(soon(one_front)) == 2


def test_words_say_how_long_and_that_it_is_over() -> None:
    thing = Expiring(kind="anchor", key="k", title="Gốc", last_day=LAST, todo="")
    assert thing.words(LAST) == "Gốc hết hạn hôm nay."
    assert thing.words(LAST + timedelta(days=1)) == "Gốc đã hết hạn ngày 01/12/2022."
    assert thing.threshold(LAST - timedelta(days=91)) is None


def test_nobody_is_warned_who_has_left(ending: Front) -> None:
    def gone(session: Session) -> None:
        session.execute(
            update(Officer).where(Officer.id == "operator").values(left_on=date(2022, 9, 1))
        )

    ending.change(gone)
    ending.clock.set_day(LAST - timedelta(days=7))
    assert warn(ending.desk, AROUND).letters == 2
