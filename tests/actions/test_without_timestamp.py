"""Signing goes on without a time stamp where the office wants that; it is added later."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select, update

from actions.desk import Desk
from actions.errors import NotAcceptedError, UnavailableError
from actions.issuing import issue
from actions.sealing import complete as complete_seal
from actions.signing_off import complete
from actions.stamping import StampingReport, add_missing_timestamps
from models.base import DirectiveId
from models.directive import Document
from models.judgement import Judgement
from models.organisation import Office
from models.signature import Signature
from tests.actions.signature_rows import signatures_of, states_of
from tests.support.clock import StoryClock
from tests.support.front import Front
from tests.support.signing_office import Authority, Stages, dies_at, seals, signs
from wiring.demo_pki.recipe import TSA_URL

NUMBER = "96-HD/BTNTU"
STAMP = ("timestamp", "none", "passed")
ARCHIVED = [("signature", "B-LT", "passed"), ("signature", "B-LT", "passed"), STAMP]
"""Signatures without time stamps of their own, under one that came later."""
SILENT = f"{TSA_URL}-nobody"
"""The demo authority answers there that it knows no such service."""


def goes_on(front: Front) -> None:
    front.change(lambda s: s.execute(update(Office).values(go_on_without_timestamp=True)))


def without_stamps(front: Front, authority: Authority) -> Desk:
    """The desk while no time-stamping service answers; OCSP does."""
    services = authority.services(front.clock)
    (stamps,) = services.timestamps
    silent = replace(stamps, url=SILENT, name="Dịch vụ A")
    return replace(front.desk, services=replace(services, timestamps=(silent,)))


def archived(front: Front) -> list[Document]:
    with front.desk.database.reading() as session:
        return list(session.scalars(select(Document).where(Document.kind == "archived")))


def levels(front: Front, sha256: str | None) -> list[tuple[str, str, str]]:
    report = front.desk.judge(front.desk.archive.get(sha256 or ""), "x", front.clock())
    return [(one.kind, one.level, one.verdict.value) for one in report.signatures]


def lacking(front: Front) -> dict[str, bool]:
    return {row.kind: row.without_timestamp for row in signatures_of(front)}


def test_an_office_that_does_not_go_on_waits(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    signs(frozen_front, key)
    with pytest.raises(UnavailableError, match="Dịch vụ A: máy chủ trả lời lỗi HTTP 404"):
        complete(without_stamps(frozen_front, authority), key)
    assert (states_of(frozen_front), frozen_front.state(key)) == (["keyed"], "numbered")


def test_an_office_that_goes_on_has_its_signature_at_once_and_says_what_it_lacks(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    goes_on(frozen_front)
    signs(frozen_front, key)
    complete(without_stamps(frozen_front, authority), key)
    assert frozen_front.state(key) == "signed"
    assert lacking(frozen_front) == {"officer": True}
    signed = frozen_front.directive(key).signed_sha256
    assert levels(frozen_front, signed) == [("signature", "B-B", "passed")]
    event = frozen_front.last_event()
    assert event.deed == "complete_signature"
    assert "HTTP 404" in event.detail["without_timestamp"]


def test_where_services_answer_an_office_that_goes_on_has_time_stamps(
    frozen_front: Front, key: DirectiveId
) -> None:
    goes_on(frozen_front)
    signs(frozen_front, key)
    complete(frozen_front.desk, key)
    assert lacking(frozen_front) == {"officer": False}
    signed = frozen_front.directive(key).signed_sha256
    assert levels(frozen_front, signed) == [("signature", "B-LT", "passed")]


def test_a_seal_with_its_archive_stamp_covers_the_officers_signature(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    goes_on(frozen_front)
    signs(frozen_front, key)
    complete(without_stamps(frozen_front, authority), key)
    frozen_front.clock.advance(days=2)
    seals(frozen_front, key)
    complete_seal(frozen_front.desk, key)
    assert lacking(frozen_front) == {"officer": False, "seal": False}
    assert levels(frozen_front, frozen_front.directive(key).sealed_sha256) == [
        ("signature", "B-LT", "passed"),
        ("signature", "B-LTA", "passed"),
        STAMP,
    ]


def test_an_officers_signature_waits_for_its_stamp_longer_than_its_evidence_is_fresh(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    goes_on(frozen_front)
    signs(frozen_front, key)
    complete(without_stamps(frozen_front, authority), key)
    frozen_front.clock.advance(days=20)
    with pytest.raises(NotAcceptedError, match="đã cũ"):
        seals(frozen_front, key)
    assert add_missing_timestamps(frozen_front.desk).added == (NUMBER,)
    assert lacking(frozen_front) == {"officer": False}
    frozen_front.clock.advance(days=200)
    seals(frozen_front, key)
    complete_seal(frozen_front.desk, key)
    assert levels(frozen_front, frozen_front.directive(key).sealed_sha256) == [
        ("signature", "B-LTA", "passed"),
        STAMP,
        ("signature", "B-LTA", "passed"),
        STAMP,
    ]


def test_without_evidence_either_it_waits_and_nothing_is_abandoned(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    goes_on(frozen_front)
    signs(frozen_front, key)
    deaf = replace(
        frozen_front.desk,
        services=replace(authority.services(frozen_front.clock), proxy="http://127.0.0.1:9"),
    )
    with pytest.raises(UnavailableError):
        complete(deaf, key)
    assert (states_of(frozen_front), frozen_front.state(key)) == (["keyed"], "numbered")


@pytest.fixture(scope="module")
def dark_stage(
    stages: Stages, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A directive that was signed and sealed without time stamps, kept for the tests below."""
    live = tmp_path_factory.mktemp("dark") / "live"
    live.mkdir()
    for front in stages.open("frozen", live, StoryClock()):
        dark_seal(front, stages.key, authority)
    shutil.copytree(live, stages.folder / "dark")
    return "dark"


@pytest.fixture
def dark_front(
    stages: Stages, dark_stage: str, tmp_path: Path, clock: StoryClock
) -> Iterator[Front]:
    clock.advance(days=3)
    yield from stages.open(dark_stage, tmp_path, clock)


def dark_seal(front: Front, key: DirectiveId, authority: Authority) -> Desk:
    """Signs and seals while no time-stamping service answers."""
    goes_on(front)
    dark = without_stamps(front, authority)
    signs(front, key)
    complete(dark, key)
    front.clock.advance(days=3)
    seals(front, key)
    complete_seal(dark, key)
    return dark


def test_both_signatures_without_a_time_stamp_hold_while_their_evidence_is_fresh(
    dark_front: Front, key: DirectiveId
) -> None:
    assert dark_front.state(key) == "sealed"
    assert lacking(dark_front) == {"officer": True, "seal": True}
    sealed = dark_front.directive(key).sealed_sha256
    dark_front.clock.advance(days=5)  # the officer's first evidence is old by now
    assert levels(dark_front, sealed) == [("signature", "B-B", "passed")] * 2
    dark_front.clock.advance(days=60)
    assert {verdict for _, _, verdict in levels(dark_front, sealed)} == {"indeterminate"}


def test_before_issue_the_sealed_file_becomes_the_stamped_one_and_is_what_is_sent(
    dark_front: Front, key: DirectiveId
) -> None:
    bare = dark_front.directive(key).sealed_sha256 or ""
    dark_front.clock.advance(days=60)
    report = add_missing_timestamps(dark_front.desk)
    assert (report.added, report.waiting) == ((NUMBER,), ())
    stamped = dark_front.directive(key).sealed_sha256 or ""
    assert levels(dark_front, stamped) == ARCHIVED
    archive = dark_front.desk.archive
    assert archive.get(stamped).startswith(archive.get(bare))
    assert lacking(dark_front) == {"officer": False, "seal": False}
    event = dark_front.last_event()
    assert (event.deed, event.detail["over"], event.detail["sha256"]) == (
        "add_missing_timestamp",
        bare,
        stamped,
    )
    assert add_missing_timestamps(dark_front.desk) == StampingReport()


def test_after_issue_what_was_sent_stays_and_the_stamped_file_lies_beside_it(
    dark_front: Front, key: DirectiveId
) -> None:
    bare = dark_front.directive(key).sealed_sha256
    issue(dark_front.desk, dark_front.clerk, key)
    add_missing_timestamps(dark_front.desk)
    assert dark_front.directive(key).sealed_sha256 == bare
    (further,) = archived(dark_front)
    assert (further.made_with["over"], levels(dark_front, further.sha256)) == (bare, ARCHIVED)
    assert lacking(dark_front) == {"officer": False, "seal": False}


def test_while_no_service_answers_it_says_so_and_changes_nothing(
    dark_front: Front, authority: Authority
) -> None:
    dark = without_stamps(dark_front, authority)
    events = len(dark_front.events())
    report = add_missing_timestamps(dark)
    assert report.added == ()
    assert "Dịch vụ A: máy chủ trả lời lỗi HTTP 404" in report.waiting[0]
    assert lacking(dark_front) == {"officer": True, "seal": True}
    assert len(dark_front.events()) == events


def test_a_file_with_other_signatures_than_those_on_record_gets_no_stamp(
    dark_front: Front, authority: Authority
) -> None:
    other = authority.fingerprint("signatory")
    dark_front.change(
        lambda s: s.execute(
            update(Signature).where(Signature.kind == "seal").values(certificate=other)
        )
    )
    report = add_missing_timestamps(dark_front.desk)
    assert report.added == ()
    assert "không đúng với chữ ký đã ghi" in report.waiting[0]
    assert archived(dark_front) == []


@pytest.mark.parametrize("issued", [False, True])
def test_a_kill_at_any_step_of_adding_it_ends_with_one_stamp(
    dark_front: Front, key: DirectiveId, *, issued: bool
) -> None:
    bare = dark_front.directive(key).sealed_sha256
    if issued:
        issue(dark_front.desk, dark_front.clerk, key)
    step = 0
    while lacking(dark_front)["seal"]:
        step += 3 if issued else 1  # one more commit and no other steps
        assert archived(dark_front) == []
        dies_at(step, dark_front.desk, add_missing_timestamps)
    assert step > 5
    add_missing_timestamps(dark_front.desk)
    (one,) = archived(dark_front)
    assert dark_front.directive(key).sealed_sha256 == (bare if issued else one.sha256)
    assert dark_front.count(Judgement) == 1


def test_two_that_add_it_at_once_record_one_stamp(
    signing_front: Front, authority: Authority
) -> None:
    key = signing_front.frozen()
    dark_seal(signing_front, key, authority)
    start = Barrier(2)

    def attempt(_: int) -> StampingReport:
        start.wait()
        return add_missing_timestamps(signing_front.desk)

    with ThreadPoolExecutor(2) as pool:
        added = [one.added for one in pool.map(attempt, range(2))]
    assert sorted(map(len, added)) in ([0, 1], [1, 1])
    (one,) = archived(signing_front)
    assert signing_front.directive(key).sealed_sha256 == one.sha256
