import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from actions.amending.recalling import recall
from actions.auditing import verify_chain
from actions.desk import Desk
from actions.errors import (
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from actions.offices import unit_actor
from actions.reporting import accept, return_report, submit_report
from models.audit import AuditEvent
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import Notice
from models.officer import Post, RegisteredCertificate, Role
from models.report import Report
from models.session import Database
from tests.actions.back_office import (
    OWN,
    WORK,
    issue,
    mark_judge,
    obligations,
    signed_pdf,
    task,
    unit,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SINCE, SmallOffice, certificate, officer, small_office


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return small_office(database)


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock, office: SmallOffice) -> Desk:
    assert office.group == "huyen"
    return make_desk(database, tmp_path, clock, judge=mark_judge, size_limit_bytes=1000)


@pytest.fixture
def own_certificate(desk: Desk) -> str:
    with desk.database.writing() as session:
        return certificate(session, "HUYỆN ỦY A", organisation_id="huyen-a")


@pytest.fixture
def key(desk: Desk) -> DirectiveId:
    return issue(desk, tasks=[WORK, task()])


def submit(desk: Desk, key: DirectiveId, content: bytes, **options: Any) -> Report:  # noqa: ANN401 (arguments of every type)
    arguments = {
        "organisation_id": "huyen-a", "file_name": "Báo cáo quý.pdf", "via": "upload", **options,
    }  # fmt: skip
    made = submit_report(
        desk,
        arguments.pop("actor", unit("huyen-a")),
        directive_id=key,
        content=content,
        **arguments,
    )
    with desk.database.reading() as session:
        return session.get_one(Report, made)


def states(desk: Desk, organisation: str = "huyen-a") -> set[str]:
    return {one.state for (_, who), one in obligations(desk).items() if who == organisation}


def notices(desk: Desk, kind: str) -> list[Notice]:
    with desk.database.reading() as session:
        return list(session.scalars(select(Notice).where(Notice.kind == kind)))


def test_a_good_report_answers_everything_the_unit_owes(
    desk: Desk, key: DirectiveId, own_certificate: str, clock: StoryClock
) -> None:
    lines = [{"label": "Hội nghị", "value": "12", "source": "biểu mẫu"}]
    content = signed_pdf(own_certificate)
    report = submit(desk, key, content, answers=lines)
    assert (report.state, report.verdict, report.reason) == ("received", "passed", None)
    assert report.answers == lines
    assert report.verification["verdict"] == "passed"
    assert desk.archive.get(report.document_sha256) == content
    assert states(desk) == {"reported"}
    assert states(desk, "huyen-b") == {"open"}
    assert obligations(desk)["R1", "huyen-a"].reported_at == clock.at
    with desk.database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.deed == "submit_report")).one()
        assert (event.actor_kind, event.detail["obligations"]) == ("unit", ["R1", "III.3"])
        assert verify_chain(session).broken_at is None


def test_only_what_is_chosen_is_answered(
    desk: Desk, key: DirectiveId, own_certificate: str
) -> None:
    chosen = obligations(desk)["III.3", "huyen-a"].id
    submit(desk, key, signed_pdf(own_certificate), obligation_ids=[chosen])
    assert obligations(desk)["III.3", "huyen-a"].state == "reported"
    assert obligations(desk)["R1", "huyen-a"].state == "open"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "0 byte"),
        (b"PK\x03\x04 a Word file", "không phải là tệp PDF"),
        (signed_pdf("x", word="encrypted"), "mật khẩu"),
        (signed_pdf("x", word="unsigned"), "không có chữ ký số"),
        (signed_pdf("x", word="failed"), "đã bị thay đổi sau khi ký"),
    ],
)
def test_what_cannot_be_taken_is_kept_returned_and_told(
    desk: Desk, key: DirectiveId, content: bytes, words: str
) -> None:
    report = submit(desk, key, content)
    assert report.state == "returned"
    assert words in str(report.reason)
    assert desk.archive.get(report.document_sha256) == content
    assert states(desk) == {"open"}
    (told,) = notices(desk, "returned")
    assert told.address == "huyen-a@donvi.example"
    assert told.subject.startswith("[Trả lại] 96-HD/BTNTU")
    assert words in told.text
    assert "Đề nghị" in told.text or "đề nghị" in told.text


def test_a_file_above_the_limit_is_refused_and_nothing_of_it_is_kept(
    desk: Desk, key: DirectiveId
) -> None:
    content = b"%PDF-" + b"x" * 1000
    with pytest.raises(InvalidInputError, match="lớn hơn giới hạn"):
        submit(desk, key, content)
    assert not desk.archive.has(hashlib.sha256(content).hexdigest())
    assert states(desk) == {"open"}
    with desk.database.reading() as session:
        refused = session.scalars(select(AuditEvent).where(AuditEvent.outcome == "refused")).one()
        assert refused.detail["code"] == "invalid_input"


def test_a_signature_of_another_unit_is_returned(
    desk: Desk, key: DirectiveId, own_certificate: str
) -> None:
    with desk.database.writing() as session:
        other = certificate(session, "HUYỆN ỦY B", organisation_id="huyen-b")
    report = submit(desk, key, signed_pdf(other))
    assert (report.state, report.verdict) == ("returned", "passed")
    assert "không phải của Huyện ủy A" in str(report.reason)
    assert submit(desk, key, signed_pdf(own_certificate)).state == "received"


def test_a_certificate_that_nobody_registered_is_returned_where_the_unit_has_its_own(
    desk: Desk, key: DirectiveId, own_certificate: str
) -> None:
    assert own_certificate
    assert submit(desk, key, signed_pdf("f" * 64)).state == "returned"


def test_a_unit_without_any_registered_certificate_is_left_to_the_officer(
    desk: Desk, key: DirectiveId
) -> None:
    assert submit(desk, key, signed_pdf("f" * 64)).state == "received"


def test_an_officer_of_the_unit_may_sign_and_one_of_another_may_not(
    desk: Desk, key: DirectiveId
) -> None:
    with desk.database.writing() as session:
        officer(session, "bi-thu", "Bí thư A", at="huyen-a")
        officer(session, "nguoi-la", "Người lạ", at="huyen-b")
        officer(session, "da-nghi", "Đã nghỉ", at="huyen-a")
        session.flush()
        left = session.scalars(select(Post).where(Post.officer_id == "da-nghi")).one()
        left.valid_to = SINCE
        good = certificate(session, "Bí thư A", officer_id="bi-thu")
        bad = certificate(session, "Người lạ", officer_id="nguoi-la")
        gone = certificate(session, "Đã nghỉ", officer_id="da-nghi")
    assert submit(desk, key, signed_pdf(good)).state == "received"
    assert submit(desk, key, signed_pdf(bad)).state == "returned"
    assert submit(desk, key, signed_pdf(gone)).state == "returned"
    with desk.database.reading() as session:
        assert session.get(RegisteredCertificate, good) is not None


def test_an_unclear_verdict_goes_before_a_person(
    desk: Desk, key: DirectiveId, own_certificate: str
) -> None:
    report = submit(desk, key, signed_pdf(own_certificate, word="indeterminate"))
    assert (report.state, report.verdict) == ("received", "indeterminate")


def test_nobody_answers_for_a_unit_but_the_unit(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    for actor in (unit("huyen-b"), office.actor(Role.FOLLOW_UP)):
        with pytest.raises(NotAuthorisedError):
            submit(desk, key, signed_pdf("x"), actor=actor)
    with desk.database.reading() as session:
        assert session.scalars(select(Report)).all() == []


def test_a_unit_that_owes_nothing_is_told_so(desk: Desk, key: DirectiveId) -> None:
    with pytest.raises(NotFoundError):
        submit(desk, key, signed_pdf("x"), actor=unit("tinh-uy"), organisation_id="tinh-uy")


def test_a_directive_that_is_not_followed_up_takes_no_report(desk: Desk, key: DirectiveId) -> None:
    with desk.database.writing() as session:
        session.get_one(Directive, key).state = "recalled"
    with pytest.raises(WrongStateError):
        submit(desk, key, signed_pdf("x"))


def test_accepting_the_last_report_closes_the_directive(
    desk: Desk, office: SmallOffice, clock: StoryClock
) -> None:
    key = issue(desk, tasks=[task(groups=[], organisations=["huyen-a", "huyen-b"])])
    reports = [
        submit(desk, key, signed_pdf("x"), actor=unit(who), organisation_id=who).id
        for who in ("huyen-a", "huyen-b")
    ]
    accept(desk, office.actor(Role.FOLLOW_UP), reports[0])
    with desk.database.reading() as session:
        assert session.get_one(Directive, key).state == "issued"
    accept(desk, office.actor(Role.FOLLOW_UP), reports[1], note="Báo cáo đầy đủ.")
    with desk.database.reading() as session:
        closed = session.get_one(Directive, key)
        assert (closed.state, closed.closed_at) == ("closed", clock.at)
        assert session.get_one(Report, reports[1]).decided_by == "follow-up"
    assert states(desk) == {"accepted"}
    assert len(notices(desk, "accepted")) == 2
    assert (
        "Báo cáo đầy đủ." in notices(desk, "accepted")[1].text + notices(desk, "accepted")[0].text
    )


def test_a_returned_report_is_owed_again_and_can_be_answered_again(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    report = submit(desk, key, signed_pdf("x"))
    with pytest.raises(InvalidInputError):
        return_report(desk, office.actor(Role.FOLLOW_UP), report.id, reason="  ")
    return_report(desk, office.actor(Role.FOLLOW_UP), report.id, reason="Thiếu số liệu.")
    assert states(desk) == {"returned"}
    assert "Thiếu số liệu." in notices(desk, "returned")[0].text
    assert submit(desk, key, signed_pdf("x")).state == "received"
    assert states(desk) == {"reported"}


def test_returning_one_of_two_reports_leaves_what_the_other_answers(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    first = submit(desk, key, signed_pdf("x"))
    second = submit(desk, key, signed_pdf("y"))
    return_report(desk, office.actor(Role.FOLLOW_UP), first.id, reason="Gửi trùng.")
    assert states(desk) == {"reported"}
    accept(desk, office.actor(Role.FOLLOW_UP), second.id)
    assert states(desk) == {"accepted"}


def test_only_the_follow_up_officer_decides_and_only_once(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    report = submit(desk, key, signed_pdf("x"))
    for actor in (office.actor(Role.REGISTRY_CLERK), unit("huyen-a")):
        with pytest.raises(NotAuthorisedError):
            accept(desk, actor, report.id)
        with pytest.raises(NotAuthorisedError):
            return_report(desk, actor, report.id, reason="x")
    accept(desk, office.actor(Role.FOLLOW_UP), report.id)
    with pytest.raises(WrongStateError):
        return_report(desk, office.actor(Role.FOLLOW_UP), report.id, reason="x")
    with pytest.raises(WrongStateError):
        accept(desk, office.actor(Role.FOLLOW_UP), report.id)
    with pytest.raises(NotFoundError):
        accept(desk, office.actor(Role.FOLLOW_UP), key)


def test_what_is_reported_late_keeps_its_day(
    desk: Desk, key: DirectiveId, clock: StoryClock
) -> None:
    clock.set_day(date(2022, 11, 3))
    submit(desk, key, signed_pdf("x"))
    one = obligations(desk)["R1", "huyen-a"]
    assert (one.state, one.due, one.reported_at) == ("reported", date(2022, 10, 28), clock.at)


def test_the_offices_own_tasks_do_not_close_by_themselves(desk: Desk, office: SmallOffice) -> None:
    key = issue(desk, tasks=[task(groups=[], organisations=["huyen-a"]), OWN])
    accept(desk, office.actor(Role.FOLLOW_UP), submit(desk, key, signed_pdf("x")).id)
    with desk.database.reading() as session:
        assert session.get_one(Directive, key).state == "issued"
        assert unit_actor(session, "huyen-a").name == "Huyện ủy A"
        with pytest.raises(NotFoundError):
            unit_actor(session, "ma")


def test_a_report_on_a_recalled_directive_is_not_asked_for_again(
    desk: Desk, key: DirectiveId, office: SmallOffice
) -> None:
    came = submit(desk, key, signed_pdf("x"))
    recall(desk, office.actor(Role.REGISTRY_CLERK), key, reason="Ban hành nhầm căn cứ.")
    with pytest.raises(WrongStateError):
        return_report(desk, office.actor(Role.FOLLOW_UP), came.id, reason="Thiếu số liệu.")
    with desk.database.reading() as session:
        assert session.scalars(select(Notice).where(Notice.kind == "returned")).all() == []
