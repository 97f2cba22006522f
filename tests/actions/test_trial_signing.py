"""A key is tried on a paper that is kept nowhere; every way to fail is told and noted."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from actions.auditing import MACHINE
from actions.certificate_ends import end
from actions.certificate_rows import step_key
from actions.errors import (
    InvalidInputError,
    NotAuthorisedError,
    PinRefusedError,
    UnavailableError,
)
from actions.setup_steps import StepState
from actions.trial_signing import Trial, take_trial, trial_paper_for, try_key
from models.directive import Document
from models.numbering import RegisterEntry, TakenNumber
from models.officer import RegisteredCertificate, Role
from models.organisation import SetupStep
from models.signature import Signature
from tests.support.front import Front
from tests.support.signing_office import PIN, Authority


def tries(front: Front, fingerprint: str, pin: str = PIN) -> Trial:
    return try_key(front.desk, MACHINE, fingerprint, pin=pin)


def step(front: Front, fingerprint: str) -> SetupStep | None:
    with front.desk.database.reading() as session:
        return session.get(SetupStep, step_key(fingerprint))


def stored(folder: Path) -> set[str]:
    return {one.name for one in (folder / "archive").rglob("*") if one.is_file()}


@pytest.mark.parametrize("holder", ["signatory", "ban"])
def test_a_key_that_signs_is_noted_and_its_paper_is_kept_nowhere(
    one_front: Front, authority: Authority, tmp_path: Path, holder: str
) -> None:
    fingerprint = authority.fingerprint(holder)
    before = stored(tmp_path)
    trial = try_key(
        one_front.desk, one_front.office.actor(Role.ADMINISTRATOR), fingerprint[:10], pin=PIN
    )
    assert (trial.state, trial.problem) == (StepState.TRIAL, "")
    noted = step(one_front, fingerprint)
    assert noted is not None
    assert noted.state == "trial"
    event = one_front.last_event()
    assert (event.deed, event.subject_id, event.detail["state"]) == (
        "try_certificate", fingerprint, "trial",
    )  # fmt: skip
    assert stored(tmp_path) == before
    for table in (Document, RegisterEntry, TakenNumber, Signature):
        assert one_front.count(table) == 0
    report = one_front.desk.judge(trial.pdf, "thử", one_front.clock())
    assert report.verdict.value == "passed"


def test_a_revoked_certificate_fails_before_its_key_is_touched(
    one_front: Front, authority: Authority
) -> None:
    fingerprint = authority.register(one_front, "revoked", officer_id="signatory")
    trial = tries(one_front, fingerprint, pin="not even the right one")
    assert trial.state is StepState.FAILED
    assert "thu hồi" in trial.problem
    noted = step(one_front, fingerprint)
    assert noted is not None
    assert noted.detail["problem"] == trial.problem


def test_a_key_of_another_certificate_fails(one_front: Front, authority: Authority) -> None:
    other = update(RegisteredCertificate).where(RegisteredCertificate.officer_id == "signatory")
    key = str(authority.pki.key("ban"))
    one_front.change(lambda session: session.execute(other.values(key_location=key)))
    trial = tries(one_front, authority.fingerprint("signatory"))
    assert trial.state is StepState.FAILED
    assert "không phải khoá của chứng thư" in trial.problem


def test_a_wrong_pin_is_refused_and_notes_nothing(one_front: Front, authority: Authority) -> None:
    fingerprint = authority.fingerprint("signatory")
    with pytest.raises(PinRefusedError):
        tries(one_front, fingerprint, pin="pin-sai-3381")
    assert step(one_front, fingerprint) is None
    event = one_front.last_event()
    assert (event.outcome, event.detail["code"]) == ("refused", "pin_refused")
    assert "pin-sai-3381" not in str(event.detail)


def test_a_service_that_is_silent_is_no_fault_of_the_key(
    one_front: Front, authority: Authority
) -> None:
    fingerprint = authority.fingerprint("signatory")
    mute = replace(one_front.desk, services=replace(one_front.desk.services, timestamps=()))
    with pytest.raises(UnavailableError):
        try_key(mute, MACHINE, fingerprint, pin=PIN)
    assert step(one_front, fingerprint) is None


@pytest.mark.parametrize("kind", ["agent", "upload", "none"])
def test_a_key_that_is_not_reached_from_here_is_told_how(
    one_front: Front, authority: Authority, kind: str
) -> None:
    mine = update(RegisteredCertificate).values(key_kind=kind)
    one_front.change(lambda session: session.execute(mine))
    with pytest.raises(InvalidInputError) as refused:
        tries(one_front, authority.fingerprint("signatory"))
    assert "--out" in refused.value.diagnosis()


def test_an_ended_certificate_and_a_person_without_the_right_are_refused(
    one_front: Front, authority: Authority
) -> None:
    fingerprint = authority.fingerprint("signatory")
    with pytest.raises(NotAuthorisedError):
        try_key(one_front.desk, one_front.signatory, fingerprint, pin=PIN)
    end(
        one_front.desk.database, fingerprint, on=one_front.clock().date(), reason="Mất",
        at=one_front.clock(), actor=MACHINE,
    )  # fmt: skip
    with pytest.raises(InvalidInputError):
        trial_paper_for(one_front.desk, MACHINE, fingerprint)


def test_a_paper_signed_by_somebody_else_is_not_this_keys_trial(
    one_front: Front, authority: Authority
) -> None:
    signed = tries(one_front, authority.fingerprint("ban")).pdf
    trial = take_trial(one_front.desk, MACHINE, authority.fingerprint("signatory"), pdf=signed)
    assert trial.state is StepState.FAILED
    again = take_trial(one_front.desk, MACHINE, authority.fingerprint("ban"), pdf=signed)
    assert again.state is StepState.TRIAL
    with one_front.desk.database.reading() as session:
        rows = session.scalars(select(RegisteredCertificate.trial)).all()
    assert set(rows) == {False, True}
