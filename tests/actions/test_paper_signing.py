"""Signing papers beside the directives: who, with which key, and after which kill."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from actions.archive_checking import verify_archive
from actions.copying import copy_file, copy_scans
from actions.desk import Desk
from actions.errors import (
    AlreadyDoneError,
    CertificateUnfitError,
    NotAcceptedError,
    NotAuthorisedError,
    NotFoundError,
    PinRefusedError,
    StaleRevisionError,
    UnavailableError,
    WrongStateError,
)
from actions.paper_completing import finish_papers
from actions.paper_rows import next_kind, unfinished_papers
from actions.paper_signing import complete_paper, sign_paper
from models.everything import metadata
from models.paper import Paper
from models.signature import Signature
from signing.request import SignatureKind
from signing.services import TrustServices
from tests.support.front import Front
from tests.support.papers import certified, order, paper_of, plain_pdf, scan, signs_paper
from tests.support.signing_office import PIN, Authority, dies_at

MOST_STEPS = 60


@pytest.fixture
def paper_id(one_front: Front) -> uuid.UUID:
    return copy_file(one_front.desk, one_front.clerk, order(), plain_pdf(1))


def states(front: Front) -> list[str]:
    with front.desk.database.reading() as session:
        return sorted(session.scalars(select(Signature.state)))


def seen(front: Front, paper_id: uuid.UUID) -> str:
    return paper_of(front, paper_id).prepared_sha256 or ""


def test_the_clerk_signs_and_the_machine_finishes(one_front: Front, paper_id: uuid.UUID) -> None:
    front = one_front
    with front.desk.database.reading() as session:
        assert next_kind(session, session.get_one(Paper, paper_id)) is SignatureKind.COPY
    signs_paper(front, paper_id)
    assert (paper_of(front, paper_id).state, states(front)) == ("prepared", ["keyed"])
    with front.desk.database.reading() as session:
        assert unfinished_papers(session) == [paper_id]
    complete_paper(front.desk, paper_id)
    paper = paper_of(front, paper_id)
    assert (paper.state, states(front)) == ("signed", ["completed"])
    assert paper.signed_at == front.clock()
    with front.desk.database.reading() as session:
        assert unfinished_papers(session) == []
        row = session.scalars(select(Signature)).one()
        assert next_kind(session, session.get_one(Paper, paper_id)) is None
    assert (row.paper_id, row.directive_id, row.kind) == (paper_id, None, "copy")
    assert row.document_sha256 == paper.signed_sha256
    assert row.verification is not None
    assert row.verification["verdict"] == "passed"
    complete_paper(front.desk, paper_id)  # nothing is left to do
    assert states(front) == ["completed"]


def test_nobody_but_the_clerk_signs_for_the_agency(one_front: Front, paper_id: uuid.UUID) -> None:
    for actor in one_front.everybody():
        if actor != one_front.clerk:
            with pytest.raises(NotAuthorisedError, match="ký số của cơ quan"):
                sign_paper(
                    one_front.desk,
                    actor,
                    paper_id,
                    kind=SignatureKind.COPY,
                    pin=PIN,
                    seen_sha256=seen(one_front, paper_id),
                )
    assert states(one_front) == []
    refusal = one_front.last_event()
    assert (refusal.outcome, refusal.subject_kind) == ("refused", "paper")


def test_what_was_seen_must_be_what_is_there(one_front: Front, paper_id: uuid.UUID) -> None:
    with pytest.raises(StaleRevisionError):
        signs_paper(one_front, paper_id, seen_sha256="0" * 64)
    assert states(one_front) == []


def test_a_wrong_pin_changes_nothing_and_is_written_nowhere(
    one_front: Front, paper_id: uuid.UUID
) -> None:
    with pytest.raises(PinRefusedError):
        signs_paper(one_front, paper_id, pin="ma-pin-sai-9917")
    assert states(one_front) == []
    signs_paper(one_front, paper_id)
    with one_front.desk.database.reading() as session:
        everything = [
            str(row) for table in metadata.sorted_tables for row in session.execute(select(table))
        ]
    assert not [row for row in everything if PIN in row or "ma-pin-sai-9917" in row]


def test_only_the_signature_that_is_planned_for_the_paper_is_made(
    one_front: Front, paper_id: uuid.UUID
) -> None:
    with pytest.raises(NotFoundError):
        signs_paper(one_front, paper_id, kind=SignatureKind.ANNEX)
    with pytest.raises(NotFoundError):
        sign_paper(
            one_front.desk,
            one_front.clerk,
            uuid.uuid4(),
            kind=SignatureKind.COPY,
            pin=PIN,
            seen_sha256="0" * 64,
        )


def test_what_is_signed_is_not_signed_again(one_front: Front, paper_id: uuid.UUID) -> None:
    signs_paper(one_front, paper_id)
    with pytest.raises(AlreadyDoneError):
        signs_paper(one_front, paper_id)
    complete_paper(one_front.desk, paper_id)
    with pytest.raises(AlreadyDoneError):
        signs_paper(one_front, paper_id)
    assert states(one_front) == ["completed"]


def test_a_paper_that_is_not_prepared_is_not_signed(one_front: Front, paper_id: uuid.UUID) -> None:
    digest = seen(one_front, paper_id)

    def set_back(session: object) -> None:
        session.get_one(Paper, paper_id).state = "refused"  # type: ignore[attr-defined] # a Session

    one_front.change(set_back)
    with pytest.raises(WrongStateError, match="bị từ chối"):
        signs_paper(one_front, paper_id, seen_sha256=digest)


@pytest.mark.parametrize("holder", ["revoked", "expired", "wrong-usage"])
def test_an_unfit_certificate_is_refused_before_the_pin(
    one_front: Front, paper_id: uuid.UUID, authority: Authority, holder: str
) -> None:
    authority.register(one_front, holder, organisation_id="ban")
    with pytest.raises(CertificateUnfitError):
        signs_paper(one_front, paper_id, pin="never looked at")
    assert states(one_front) == []


def test_without_a_time_stamp_the_signature_waits(
    one_front: Front, paper_id: uuid.UUID, authority: Authority
) -> None:
    signs_paper(one_front, paper_id)
    silent: TrustServices = authority.services(
        one_front.clock,
        proxy="http://127.0.0.1:9",
    )
    with pytest.raises(UnavailableError):
        complete_paper(replace(one_front.desk, services=silent), paper_id)
    assert states(one_front) == ["keyed"]
    complete_paper(one_front.desk, paper_id)
    assert states(one_front) == ["completed"]


def test_what_was_left_is_finished_at_the_next_round(
    one_front: Front, paper_id: uuid.UUID, authority: Authority
) -> None:
    signs_paper(one_front, paper_id)
    silent = authority.services(one_front.clock, proxy="http://127.0.0.1:9")
    assert finish_papers(replace(one_front.desk, services=silent)) == 0
    assert finish_papers(one_front.desk) == 1
    assert paper_of(one_front, paper_id).state == "signed"
    assert finish_papers(one_front.desk) == 0


def test_every_file_of_a_paper_is_known_to_the_archive(
    one_front: Front, paper_id: uuid.UUID
) -> None:
    certified(one_front, paper_id)
    copy_scans(one_front.desk, one_front.clerk, order(), [scan(), scan("JPEG")])
    assert verify_archive(one_front.desk).findings == ()


def test_what_our_own_judge_refuses_never_becomes_the_paper(
    one_front: Front, paper_id: uuid.UUID, authority: Authority
) -> None:
    """The agency's key is registered by nobody in the eyes of this judge: it trusts no root."""
    from signing.policy import OFFICIAL  # noqa: PLC0415 (here alone)
    from signing.trust import TrustStore  # noqa: PLC0415
    from signing.verify import verify  # noqa: PLC0415

    del authority
    signs_paper(one_front, paper_id)
    trustless = TrustStore(anchors=(), intermediates=(), registered={})
    strict = replace(
        one_front.desk,
        judge=lambda pdf, name, at: verify(pdf, name=name, policy=OFFICIAL, trust=trustless, at=at),
    )
    with pytest.raises(NotAcceptedError):
        complete_paper(strict, paper_id)
    assert (paper_of(one_front, paper_id).state, states(one_front)) == ("prepared", ["abandoned"])
    certified(one_front, paper_id)  # the clerk can sign anew
    assert states(one_front) == ["abandoned", "completed"]


def _steps(act: Callable[[int], bool]) -> int:
    """Dies at each step in turn until it lives; returns how many steps there were."""
    step = 1
    while act(step):
        step += 1
        assert step < MOST_STEPS
    return step - 1


def test_killed_at_any_step_of_signing_it_signed_once_or_not_at_all(
    one_front: Front, paper_id: uuid.UUID
) -> None:
    front = one_front
    kept: set[bytes] = set()

    def act(desk: Desk) -> None:
        sign_paper(
            desk,
            front.clerk,
            paper_id,
            kind=SignatureKind.COPY,
            pin=PIN,
            seen_sha256=seen(front, paper_id),
        )

    def die(step: int) -> bool:
        with front.desk.database.reading() as session:
            if unfinished_papers(session):
                return False  # it was signed though the process died: found, used, not made twice
        died = dies_at(step, front.desk, act)
        with front.desk.database.reading() as session:
            rows = session.scalars(select(Signature).where(Signature.state == "keyed")).all()
            kept.update(row.raw_signature or b"" for row in rows)
        assert len(kept) <= 1
        return died

    assert _steps(die) > 5
    assert states(front).count("keyed") == 1
    complete_paper(front.desk, paper_id)
    assert states(front).count("completed") == 1
    assert set(states(front)) <= {"abandoned", "completed"}


def test_killed_at_any_step_of_finishing_the_same_signature_is_finished(
    one_front: Front, paper_id: uuid.UUID
) -> None:
    front = one_front
    signs_paper(front, paper_id)
    with front.desk.database.reading() as session:
        raw = session.scalars(select(Signature.raw_signature)).one()

    def die(step: int) -> bool:
        if paper_of(front, paper_id).state == "signed":
            return False
        return dies_at(step, front.desk, lambda desk: complete_paper(desk, paper_id))

    assert _steps(die) > 5
    assert (paper_of(front, paper_id).state, states(front)) == ("signed", ["completed"])
    with front.desk.database.reading() as session:
        assert session.scalars(select(Signature.raw_signature)).one() == raw
    pdf = front.desk.archive.get(paper_of(front, paper_id).signed_sha256 or "")
    assert raw is not None
    assert pdf.count(raw.hex().encode()) + pdf.count(raw.hex().upper().encode()) == 1
