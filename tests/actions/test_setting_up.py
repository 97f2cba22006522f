# ruff: noqa: ANN401 (columns and options of every type pass through)
"""What each part of an office rests on, and the end of its trial."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from actions.auditing import MACHINE
from actions.certificate_rows import step_key, way_to_key
from actions.errors import AlreadyDoneError, InvalidInputError, NotAuthorisedError
from actions.setting_up import check, finish, note_stamps
from actions.setup_parts import Part, PartState, Surroundings, is_mixed, parts
from actions.setup_steps import StepState, note_step
from models.audit import AuditEvent
from models.officer import Officer, RegisteredCertificate, Role
from models.organisation import Office, SetupStep
from signing.certificates import read_facts
from signing.stamp_trial import StampTrial
from signing.trust import Anchor, Purpose, load_anchors
from tests.support.clock import START
from tests.support.factories import certificate
from tests.support.front import Front
from tests.support.office_texts import write_certificate
from tests.support.signing_office import Authority

URL = "http://tsa.so-mot.vn/"
DOMAIN = "ban.vn"
REAL, TRIAL, MISSING = PartState.REAL, PartState.TRIAL, PartState.MISSING


@pytest.fixture
def anchor(tmp_path: Path) -> Anchor:
    write_certificate(tmp_path / "real.der", "CA gốc Một", pem=False)
    (loaded,) = load_anchors([tmp_path / "real.der"])
    return loaded


@pytest.fixture
def around(anchor: Anchor) -> Surroundings:
    return Surroundings(
        anchors=(anchor,), timestamp_urls=(URL,), revocation_hosts=(), mail_domain=DOMAIN,
        simulated=False,
    )  # fmt: skip


def stamp(front: Front, anchor: Anchor, **changes: Any) -> StampTrial:
    facts = read_facts(anchor.der)
    values = {"url": URL, "title": "tsa.so-mot.vn", "certificate": facts, **changes}
    return StampTrial(**{"stamped_at": front.clock(), **values})


def make_real(front: Front, anchor: Anchor) -> None:
    """Everything was tried and passed under the real anchor; mail has a domain of its own."""
    note_stamps(front.desk.database, (stamp(front, anchor),), at=front.clock(), actor=MACHINE)
    with front.desk.database.writing() as session:
        session.execute(update(Office).values(mailbox=f"ban@{DOMAIN}"))
        session.execute(update(RegisteredCertificate).values(key_kind="agent"))
        for row in session.scalars(select(RegisteredCertificate)):
            detail = {"anchor": anchor.sha256_hex, "way": way_to_key(row)}
            note_step(session, step_key(row.fingerprint), StepState.REAL, detail, at=START)


def looked(front: Front, around: Surroundings) -> dict[str, Part]:
    with front.desk.database.reading() as session:
        return {one.key: one for one in parts(session, around, at=front.clock())}


def ends_trial(front: Front, around: Surroundings, **changes: Any) -> tuple[str, ...]:
    values = {"at": front.clock(), "actor": MACHINE, **changes}
    return finish(front.desk.database, around, **values)


def test_an_office_whose_every_part_is_real_ends_its_trial_once(
    front: Front, around: Surroundings, anchor: Anchor
) -> None:
    make_real(front, anchor)
    administrator = front.office.actor(Role.ADMINISTRATOR)
    assert ends_trial(front, around, actor=administrator) == ()
    with front.desk.database.reading() as session:
        assert not session.get_one(Office, 1).test_only
    event = front.last_event()
    assert (event.deed, event.outcome, event.actor_id) == ("leave_trial", "done", "administrator")
    with pytest.raises(AlreadyDoneError):
        ends_trial(front, around)


BREAKS = {
    "no anchor": ("anchors", MISSING, {"anchors": ()}),
    "no address": ("timestamps", MISSING, {"timestamp_urls": ()}),
    "another address": ("timestamps", MISSING, {"timestamp_urls": (URL, "http://hai.vn/")}),
    "mail of nobody": ("mail", MISSING, {"mail_domain": "trinhky.vn"}),
    "mail of the demo": ("mail", TRIAL, {"mail_domain": "trinhky.invalid"}),
    "a story's clock": ("clock", TRIAL, {"simulated": True}),
}


@pytest.mark.parametrize("case", BREAKS)
def test_one_part_that_is_not_real_keeps_the_office_on_trial(
    lone_front: Front, around: Surroundings, anchor: Anchor, case: str
) -> None:
    key, state, change = BREAKS[case]
    make_real(lone_front, anchor)
    broken = replace(around, **change)  # type: ignore[arg-type]  # fields of every type
    found = looked(lone_front, broken)
    assert found[key].state is state
    with pytest.raises(InvalidInputError) as refused:
        ends_trial(lone_front, broken)
    titles = {one.place for one in refused.value.problems}
    assert found[key].title in titles
    assert lone_front.last_event().outcome == "refused"


def test_only_an_administrator_ends_the_trial_or_looks(
    lone_front: Front, around: Surroundings, anchor: Anchor
) -> None:
    make_real(lone_front, anchor)
    with pytest.raises(NotAuthorisedError):
        ends_trial(lone_front, around, actor=lone_front.clerk)
    with pytest.raises(NotAuthorisedError):
        check(lone_front.desk.database, around, at=lone_front.clock(), actor=lone_front.clerk)
    trials = (stamp(lone_front, anchor),)
    with pytest.raises(NotAuthorisedError):
        note_stamps(lone_front.desk.database, trials, at=lone_front.clock(), actor=lone_front.clerk)


def test_anchors_count_while_they_live_and_for_what_they_are_trusted(
    lone_front: Front, around: Surroundings, anchor: Anchor
) -> None:
    def state(*anchors: Anchor) -> PartState:
        return looked(lone_front, replace(around, anchors=anchors))["anchors"].state

    today = START.date()
    stamps = replace(anchor, purposes=frozenset({Purpose.STAMP}))
    people = replace(anchor, purposes=frozenset({Purpose.OFFICER, Purpose.AGENCY}))
    trial = replace(anchor, test_only=True)
    assert state(anchor) is REAL
    assert state(stamps, people) is REAL
    assert state(stamps) is MISSING
    assert state(replace(anchor, until=today - timedelta(days=1))) is MISSING
    assert state(replace(anchor, since=today + timedelta(days=1))) is MISSING
    assert state(trial) is TRIAL
    assert state(anchor, trial) is TRIAL
    assert is_mixed((anchor, trial))
    assert not is_mixed((anchor,))


def test_a_service_is_what_its_last_stamp_was(
    lone_front: Front, around: Surroundings, anchor: Anchor
) -> None:
    def state(**changes: Any) -> PartState:
        trials = (stamp(lone_front, anchor, **changes),)
        note_stamps(lone_front.desk.database, trials, at=START, actor=MACHINE)
        return looked(lone_front, around)["timestamps"].state

    assert state() is REAL
    assert state(trial=True) is TRIAL
    assert state(problem="không trả lời", certificate=None) is MISSING
    assert state() is REAL


def test_a_daily_look_at_services_leaves_an_event_only_where_something_changed(
    lone_front: Front, anchor: Anchor
) -> None:
    for _ in range(3):
        note_stamps(lone_front.desk.database, (stamp(lone_front, anchor),), at=START, actor=MACHINE)
    events = [one for one in lone_front.events() if one.deed == "try_timestamps"]
    assert len(events) == 1


def test_a_key_is_real_by_its_own_trial_under_an_anchor_that_is_still_trusted(
    lone_front: Front, around: Surroundings, anchor: Anchor
) -> None:
    make_real(lone_front, anchor)
    key = step_key("signatory")

    def state() -> PartState:
        return looked(lone_front, around)[key].state

    def say(**values: Any) -> None:
        with lone_front.desk.database.writing() as session:
            mine = RegisteredCertificate.officer_id == "signatory"
            row = session.scalars(select(RegisteredCertificate).where(mine)).one()
            step = session.get_one(SetupStep, step_key(row.fingerprint))
            for name, value in values.items():
                if name == "anchor":
                    step.detail = {**step.detail, name: value}
                else:
                    setattr(step if name == "state" else row, name, value)

    assert state() is REAL
    say(anchor="0" * 64)
    assert state() is MISSING
    say(anchor=anchor.sha256_hex, state="failed")
    assert state() is MISSING
    say(state="real", key_settings={"token": "khác"})
    assert state() is MISSING
    say(key_settings=None)
    assert state() is REAL
    say(state="trial")
    assert state() is TRIAL
    say(state="real", trial=True)
    assert state() is TRIAL
    say(trial=False, key_kind="none")
    assert state() is MISSING


def test_whoever_may_sign_needs_a_key_and_nobody_else(
    lone_front: Front, around: Surroundings
) -> None:
    assert {key for key in looked(lone_front, around) if key.startswith("certificate:")} == {
        "certificate:signatory", "certificate:ban",
    }  # fmt: skip
    gone = update(Officer).where(Officer.id == "signatory").values(left_on=date(2022, 9, 1))
    lone_front.change(lambda session: session.execute(gone))
    assert "certificate:signatory" not in looked(lone_front, around)


def test_the_trial_certificates_of_the_office_end_with_the_trial(
    one_front: Front, around: Surroundings, anchor: Anchor, authority: Authority
) -> None:
    """The demo authority's certificates stay registered beside those that took over."""

    def add(session: Any) -> None:
        certificate(session, "KÝ MỚI", officer_id="signatory")
        certificate(session, "BAN MỚI", organisation_id="ban")

    one_front.change(add)
    make_real(one_front, anchor)
    newer = update(RegisteredCertificate).where(
        RegisteredCertificate.subject.in_(["KÝ MỚI", "BAN MỚI"])
    )
    one_front.change(lambda session: session.execute(newer.values(valid_from=START.date())))
    ended = ends_trial(one_front, around)
    assert set(ended) == {authority.fingerprint("signatory"), authority.fingerprint("ban")}
    with one_front.desk.database.reading() as session:
        deeds = select(AuditEvent.deed).order_by(AuditEvent.sequence.desc()).limit(3)
        assert list(session.scalars(deeds)) == ["leave_trial", "end_certificate", "end_certificate"]


def test_a_check_writes_down_what_it_found_and_an_event_for_what_is_new(
    lone_front: Front, around: Surroundings
) -> None:
    for _ in range(2):
        check(lone_front.desk.database, around, at=lone_front.clock(), actor=MACHINE)
    with lone_front.desk.database.reading() as session:
        assert session.get_one(SetupStep, "anchors").state == "real"
        assert session.get_one(SetupStep, "mail").state == "trial"
    assert len([one for one in lone_front.events() if one.deed == "check_setup"]) == 1
