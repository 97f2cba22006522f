"""From the trial authority to an office's own keys, time stamps and trust anchors.

Every part of an office is `trial` (it works and rests on the trial authority), `real` or `missing`
(`actions.setup_parts`). The office stops being on trial once every needed part is real, by a deed
of an administrator; the words THỬ NGHIỆM then leave its pages.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.accounts import require_administrator
from actions.auditing import Actor, append_event
from actions.certificate_ends import end_certificate
from actions.certificate_rows import is_trial, own_certificates
from actions.desk import Deed, local_day
from actions.errors import AlreadyDoneError, InvalidInputError, Problem
from actions.offices import office_facts
from actions.recording import recording_refusals
from actions.setup_parts import PART_WORDS, Part, PartState, Surroundings, parts
from actions.setup_steps import ANCHORS, MAIL, TIMESTAMPS, StepState, note_step
from actions.signatures import usable_certificate
from models.officer import Officer, Post, Role, in_service
from models.organisation import Office, SetupStep
from models.session import Database
from signing.stamp_trial import StampTrial

_TRIAL_END: Final = "Cơ quan chuyển sang chứng thư thật."


def check(
    database: Database, around: Surroundings, *, at: datetime, actor: Actor
) -> tuple[Part, ...]:
    """Looks at every part and writes down what was found of those that have no trial of their own.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
    """
    with (
        recording_refusals(database, actor, "check_setup", kind="office", subject="setup", at=at),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "kiểm tra thiết lập")
        found = parts(session, around, at=at)
        changed = [one for one in found if one.key in {ANCHORS, MAIL} and _note(session, one, at)]
        if changed:
            append_event(
                session, actor=actor, deed="check_setup", outcome="done", subject_kind="office",
                subject_id="setup", detail={one.key: one.state.value for one in changed}, at=at,
            )  # fmt: skip
    return found


def _note(session: Session, part: Part, at: datetime) -> bool:
    """Writes a part's row; tells whether it says anything new."""
    state = StepState.FAILED if part.state is PartState.MISSING else StepState(part.state.value)
    before = session.get(SetupStep, part.key)
    new = before is None or before.state != state.value
    note_step(session, part.key, state, {"words": part.words}, at=at)
    return new


def note_stamps(
    database: Database, trials: Sequence[StampTrial], *, at: datetime, actor: Actor
) -> None:
    """Writes down what the services of the settings gave.

    The audit event is written where something changed, so that a daily look leaves no noise.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
    """
    state = _stamps_state(trials)
    with (
        recording_refusals(
            database, actor, "try_timestamps", kind="office", subject="timestamps", at=at
        ),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "thử dịch vụ dấu thời gian")
        before = session.get(SetupStep, TIMESTAMPS)
        services = [_service(one, before) for one in trials]
        new = before is None or before.state != state.value
        note_step(session, TIMESTAMPS, state, {"services": services}, at=at)
        if new:
            append_event(
                session, actor=actor, deed="try_timestamps", outcome="done",
                subject_kind="office", subject_id="timestamps",
                detail={"state": state.value, "services": services}, at=at,
            )  # fmt: skip


def _stamps_state(trials: Sequence[StampTrial]) -> StepState:
    if not trials or any(one.problem for one in trials):
        return StepState.FAILED
    return StepState.TRIAL if any(one.trial for one in trials) else StepState.REAL


def _service(trial: StampTrial, before: SetupStep | None) -> dict[str, Any]:
    """A service that is silent today keeps what is known of its certificate."""
    known: dict[str, Any] = next(
        (
            one
            for one in (before.detail.get("services", []) if before else [])
            if one["url"] == trial.url
        ),
        {},
    )
    facts = trial.certificate
    return {
        "url": trial.url,
        "title": trial.title,
        "problem": trial.problem,
        "trial": trial.trial,
        "certificate": facts.name if facts else known.get("certificate", ""),
        "not_after": facts.not_after.isoformat() if facts else known.get("not_after"),
        "sha256_hex": facts.sha256_hex if facts else known.get("sha256_hex", ""),
    }


def begin_trial(database: Database, *, at: datetime, actor: Actor) -> tuple[str, ...]:
    """Lets trial certificates be given, and writes down to whom.

    Returns:
        Who has none to sign or seal with: officers with the role of a signatory, and the agency.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        InvalidInputError: the office is not on trial, or nobody has the role of a signatory.
    """
    with (
        recording_refusals(database, actor, "begin_trial", kind="office", subject="setup", at=at),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "cấp chứng thư thử nghiệm")
        if not session.get_one(Office, 1).test_only:
            raise _no_trial("cơ quan không còn ở chế độ thử nghiệm.")
        if not signing_officers(session, local_day(at)):
            raise _no_trial("chưa cán bộ nào có vai trò người ký; thêm người ký trước.")
        lacking = without_key(session, local_day(at))
        if lacking:
            append_event(
                session, actor=actor, deed="begin_trial", outcome="done", subject_kind="office",
                subject_id="setup", detail={"given": list(lacking)}, at=at,
            )  # fmt: skip
    return lacking


def without_key(session: Session, day: date) -> tuple[str, ...]:
    """Returns the signatories, then the agency, that have no certificate to sign with on a day."""
    office = office_facts(session).organisation_id
    agency = usable_certificate(session, day, organisation_id=office)
    return (
        *(
            one
            for one in signing_officers(session, day)
            if usable_certificate(session, day, officer_id=one) is None
        ),
        *(() if agency else (office,)),
    )


def signing_officers(session: Session, day: date) -> tuple[str, ...]:
    """Returns the officers in service whose post of a day has the role of a signatory."""
    held = session.execute(
        select(Post.officer_id, Post.roles)
        .join(Officer, Officer.id == Post.officer_id)
        .where(in_service(day), or_(Post.valid_to.is_(None), Post.valid_to >= day))
        .order_by(Post.officer_id)
    )
    return tuple(dict.fromkeys(one for one, roles in held if Role.SIGNATORY.value in roles))


def _no_trial(reason: str) -> InvalidInputError:
    return InvalidInputError(Problem(place="Chứng thư thử nghiệm", reason=reason))


def finish(
    database: Database, around: Surroundings, *, at: datetime, actor: Actor
) -> tuple[str, ...]:
    """Ends the trial: pages no longer say THỬ NGHIỆM; trial certificates of the office are ended.

    Returns:
        Fingerprints of the certificates that were ended.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        AlreadyDoneError: the office is not on trial.
        InvalidInputError: a needed part is not real; names each with what remains.
    """
    with (
        recording_refusals(database, actor, "leave_trial", kind="office", subject="setup", at=at),
        database.writing() as session,
    ):
        require_administrator(session, actor, at, "kết thúc thử nghiệm")
        office = session.get_one(Office, 1)
        if not office.test_only:
            raise AlreadyDoneError("Kết thúc thử nghiệm")
        found = parts(session, around, at=at)
        problems = [_problem(one) for one in found if one.needed and one.state != PartState.REAL]
        if problems:
            raise InvalidInputError(*problems)
        ended = _end_trial_certificates(session, actor, at)
        office.test_only = False
        append_event(
            session, actor=actor, deed="leave_trial", outcome="done", subject_kind="office",
            subject_id="setup", at=at,
            detail={"parts": {one.key: one.words for one in found}, "ended": list(ended)},
        )  # fmt: skip
    return ended


def _problem(part: Part) -> Problem:
    todo = f" Việc cần làm: {part.todo}." if part.todo else ""
    return Problem(place=part.title, reason=f"{PART_WORDS[part.state]} ({part.words}).{todo}")


def _end_trial_certificates(session: Session, actor: Actor, at: datetime) -> tuple[str, ...]:
    deed = Deed(session=session, actor=actor, at=at)
    rows = [
        row
        for row in own_certificates(session)
        if row.end_reason is None and (row.trial or is_trial(row.der))
    ]
    return tuple(
        end_certificate(deed, row, on=deed.day, reason=_TRIAL_END).fingerprint for row in rows
    )
