"""Stored documents are judged again, and their time stamps renewed before they run out."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.copying import copy_file
from actions.desk import Desk
from actions.issuing import issue
from actions.paper_signing import complete_paper
from actions.renewing import RenewalReport, Terms, judge_again, standing
from models.base import DirectiveId
from models.directive import Document
from models.judgement import Judgement
from models.session import Database
from signing.outcome import VerificationReport
from signing.verdict import Verdict
from signing.words import finding
from tests.support.clock import StoryClock
from tests.support.front import Front
from tests.support.papers import order, paper_of, plain_pdf, signs_paper
from tests.support.signing_office import (
    HOLDERS,
    PIN,
    Authority,
    Stages,
    dies_at,
    make_signing_front,
    make_stages,
)
from wiring.demo_office import make_key, write_private
from wiring.demo_pki.build import build_demo_pki
from wiring.demo_pki.recipe import ARCH, TSA_URL
from wiring.demo_pki.serve import serving

SHORT_URL = TSA_URL.removesuffix("tsa") + "short"
ENDS = datetime(2024, 1, 1, tzinfo=UTC)
"""When the certificate of the short-lived time-stamping service ends."""
TERMS = Terms(trust="anchors of today")


@pytest.fixture(scope="module")
def short_lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """The demo authority with a second time-stamping service, whose certificate ends soon."""
    folder = tmp_path_factory.mktemp("short-lived")
    pki = build_demo_pki(folder, HOLDERS, pins={holder.id: PIN for holder in HOLDERS})
    write_private(folder / "authority" / "short.key.pem", make_key(rsa_key=True))
    recipe = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
    recipe["keysets"][ARCH]["keys"]["short"] = {"path": "short.key.pem"}
    arch = recipe["pki-architectures"][ARCH]
    arch["entities"]["short"] = {**arch["entities"]["tsa"], "common-name": "Dấu thời gian ngắn hạn"}
    life = {"valid-from": "2020-01-01T00:00:00+0000", "valid-to": f"{ENDS:%Y-%m-%dT%H:%M:%S%z}"}
    arch["certs"]["short"] = {**arch["certs"]["tsa"], "validity": life}
    arch["services"]["time-stamping"]["short"] = {"signing-key": "short", "signing-cert": "short"}
    (folder / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
    with serving(folder) as address:
        yield Authority(pki, address)


@pytest.fixture(scope="module")
def sealed(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, short_lived: Authority
) -> Stages:
    """A directive that was sealed under the short-lived service's archive time stamp."""
    short = replace(short_lived, stamps_at=SHORT_URL)
    return make_stages(migrated_sqlite, tmp_path_factory.mktemp("stages"), short)


@pytest.fixture
def front(sealed: Stages, tmp_path: Path, clock: StoryClock) -> Iterator[Front]:
    """The office with that directive; its services are the short-lived one's."""
    yield from sealed.open("sealed", tmp_path, clock)


@pytest.fixture
def key(sealed: Stages) -> DirectiveId:
    return sealed.key


def with_long_lived(front: Front, authority: Authority) -> Desk:
    return replace(front.desk, services=authority.services(front.clock))


def judgements(front: Front) -> list[Judgement]:
    with front.desk.database.reading() as session:
        rows = session.scalars(select(Judgement).order_by(Judgement.at, Judgement.renew_by))
        return list(rows)


def archived(front: Front) -> list[Document]:
    with front.desk.database.reading() as session:
        return list(session.scalars(select(Document).where(Document.kind == "archived")))


def run(front: Front, desk: Desk | None = None, **changes: object) -> RenewalReport:
    terms: Terms = replace(TERMS, **changes)
    return judge_again(desk or front.desk, terms)


def test_a_document_is_judged_once_and_not_each_night(front: Front) -> None:
    report = run(front)
    assert (report.judged, report.turned, report.problems) == (1, [], [])
    (row,) = judgements(front)
    assert (row.verdict, row.level, row.turned_from) == ("passed", "B-LTA", None)
    assert row.renew_by == ENDS.date()
    front.clock.advance(days=1)
    assert run(front).judged == 0


def test_it_is_judged_again_when_its_judgement_is_old(front: Front) -> None:
    run(front)
    front.clock.advance(days=89)
    assert run(front).judged == 0
    front.clock.advance(days=1)
    assert run(front).judged == 1
    assert judgements(front)[-1].detail["because"] == "age"


def test_it_is_judged_again_when_other_anchors_are_trusted(front: Front) -> None:
    run(front)
    assert run(front, trust="other anchors").judged == 1
    assert judgements(front)[-1].detail["because"] == "trust"
    assert run(front, trust="other anchors").judged == 0


def test_no_more_than_a_batch_is_judged_in_one_call(front: Front) -> None:
    report = run(front, batch=0)
    assert (report.judged, report.left) == (0, 1)
    assert "còn 1 văn bản để lần sau" in report.summary


def test_before_its_time_stamp_runs_out_it_gets_a_further_one(
    front: Front, key: DirectiveId, short_lived: Authority
) -> None:
    issue(front.desk, front.clerk, key)
    sent = front.directive(key).sealed_sha256 or ""
    front.clock.set(ENDS - timedelta(days=90))
    report = run(front, with_long_lived(front, short_lived))
    assert report.problems == []
    # Its certificate lasts until 2048, its key of 2,048 bits by the standards' dates until 2030.
    assert "đã gia hạn dấu thời gian, có giá trị tới 31/12/2030" in report.renewed[0]
    (further,) = archived(front)
    assert front.directive(key).sealed_sha256 == sent
    archive = front.desk.archive
    assert archive.get(further.sha256).startswith(archive.get(sent))
    assert [str(row.renew_by) for row in judgements(front)] == ["2024-01-01", "2030-12-31"]
    event = front.last_event()
    assert (event.deed, event.detail["over"]) == ("renew_archive_timestamp", sent)
    front.clock.advance(days=1)
    assert run(front, with_long_lived(front, short_lived)).judged == 0
    front.clock.set(ENDS + timedelta(days=300))
    later = run(front)
    assert (later.judged, later.problems) == (1, [])
    assert judgements(front)[-1].sha256 == further.sha256
    old = front.desk.judge(archive.get(sent), "x", front.clock())
    assert old.verdict is not Verdict.PASSED


def test_a_day_before_the_term_it_is_left_alone(front: Front, short_lived: Authority) -> None:
    front.clock.set(ENDS - timedelta(days=92))
    report = run(front, with_long_lived(front, short_lived))
    assert (report.renewed, archived(front)) == ([], [])


def test_before_issue_the_renewed_file_is_the_one_that_will_be_sent(
    front: Front, key: DirectiveId, short_lived: Authority
) -> None:
    front.clock.set(ENDS - timedelta(days=30))
    run(front, with_long_lived(front, short_lived))
    (further,) = archived(front)
    assert front.directive(key).sealed_sha256 == further.sha256


def test_a_service_whose_own_certificate_ends_as_soon_is_no_help_and_is_named(
    front: Front,
) -> None:
    front.clock.set(ENDS - timedelta(days=30))
    report = run(front)
    assert archived(front) == []
    assert "dấu thời gian mới cũng chỉ có giá trị tới 01/01/2024" in report.problems[0]
    assert "Việc cần làm" in report.problems[0]


def test_without_a_service_the_day_is_named_by_which_it_must_be_renewed(
    front: Front, short_lived: Authority
) -> None:
    front.clock.set(ENDS - timedelta(days=30))
    services = short_lived.services(front.clock)
    silent = replace(services.timestamps[0], url=f"{TSA_URL}-nobody")
    report = run(front, replace(front.desk, services=replace(services, timestamps=(silent,))))
    assert "cần trước ngày 01/01/2024" in report.problems[0]
    assert "HTTP 404" in report.problems[0]
    front.clock.advance(days=1)
    assert run(front, with_long_lived(front, short_lived)).renewed != []


def test_a_verdict_that_got_worse_is_told_recorded_and_looked_at_daily(front: Front) -> None:
    run(front)
    front.clock.set(ENDS + timedelta(days=10))
    report = run(front)
    assert "đổi từ “hợp lệ” sang “chưa kết luận được”" in report.turned[0]
    assert "Việc cần làm" in report.problems[0]
    row = judgements(front)[-1]
    assert (row.verdict, row.turned_from) == ("indeterminate", "passed")
    assert row.detail["findings"]
    event = front.last_event()
    assert (event.deed, event.detail["turned_from"]) == ("rejudge", "passed")
    assert run(front).judged == 0
    front.clock.advance(days=1)
    again = run(front)
    assert (again.judged, again.turned, len(again.problems)) == (1, [], 1)
    with front.desk.database.reading() as session:
        now = standing(session)
    assert (now.documents, now.never, len(now.problems)) == (1, 0, 1)
    assert "1 không đạt" in now.summary


def test_a_verdict_that_got_better_again_is_told_too(front: Front) -> None:
    whole = front.desk
    front.desk = replace(whole, judge=lambda *args: _bad(whole.judge(*args), "issuer_unknown"))
    assert "đổi từ “hợp lệ”" in run(front).turned[0]
    front.desk = whole
    front.clock.advance(days=1)
    report = run(front)
    assert "sang “hợp lệ”" in report.turned[0]
    assert report.problems == []


def _bad(report: VerificationReport, code: str) -> VerificationReport:
    return replace(report, findings=(finding(code, issuer="x"),))


def test_a_judge_that_broke_down_says_nothing_of_the_document(front: Front) -> None:
    whole = front.desk.judge
    front.desk = replace(front.desk, judge=lambda *args: _broken(whole(*args)))
    report = run(front)
    assert (report.judged, judgements(front)) == (0, [])
    assert "Bộ kiểm tra chữ ký chưa trả lời" in report.problems[0]


def _broken(report: VerificationReport) -> VerificationReport:
    return replace(report, findings=(finding("judge_ended", status=-9),))


def test_a_file_that_is_lost_is_told(front: Front, key: DirectiveId, tmp_path: Path) -> None:
    digest = front.directive(key).sealed_sha256 or ""
    (stored,) = [path for path in (tmp_path / "archive").rglob("*") if path.name == digest[2:]]
    stored.unlink()
    report = run(front)
    assert "Kho lưu trữ" in report.problems[0]
    assert judgements(front) == []


def test_a_kill_at_any_step_of_renewing_ends_with_one_further_file(
    front: Front, key: DirectiveId, short_lived: Authority
) -> None:
    issue(front.desk, front.clerk, key)
    sent = front.directive(key).sealed_sha256
    front.clock.set(ENDS - timedelta(days=60))
    step = 0
    while not archived(front):
        step += 1
        front.clock.advance(days=1)
        dies_at(step, with_long_lived(front, short_lived), lambda desk: judge_again(desk, TERMS))
    assert step > 8
    front.clock.advance(days=1)
    assert run(front, with_long_lived(front, short_lived)).renewed == []
    (one,) = archived(front)
    assert (one.made_with["over"], front.directive(key).sealed_sha256) == (sent, sent)


def test_on_each_database_a_document_is_judged_and_renewed(
    database: Database, tmp_path: Path, clock: StoryClock, short_lived: Authority
) -> None:
    from tests.support.signing_office import sealed as seal_one  # noqa: PLC0415 (a fixture's name)

    short = replace(short_lived, stamps_at=SHORT_URL)
    front = make_signing_front(database, tmp_path, clock, short)
    seal_one(front)
    clock.set(ENDS - timedelta(days=10))
    assert len(run(front, with_long_lived(front, short_lived)).renewed) == 1
    clock.advance(days=1)
    assert run(front).judged == 0


def test_a_signed_paper_beside_the_directives_is_cared_for_too(
    sqlite_database: Database, tmp_path: Path, clock: StoryClock, short_lived: Authority
) -> None:
    short = replace(short_lived, stamps_at=SHORT_URL)
    front = make_signing_front(sqlite_database, tmp_path, clock, short)
    paper = copy_file(front.desk, front.clerk, order(), plain_pdf(1))
    run(front)
    assert judgements(front) == []
    signs_paper(front, paper)
    complete_paper(front.desk, paper)
    own = paper_of(front, paper).signed_sha256
    assert run(front).judged == 1
    (first,) = judgements(front)
    assert (first.paper_id, first.directive_id, first.verdict) == (paper, None, "passed")
    clock.set(ENDS - timedelta(days=10))
    report = run(front, with_long_lived(front, short_lived))
    assert report.problems == []
    assert report.renewed[0].startswith("Giấy tờ “")
    (further,) = archived(front)
    assert (further.made_with["over"], paper_of(front, paper).signed_sha256) == (own, own)
    assert front.last_event().subject_kind == "paper"
    clock.set(ENDS + timedelta(days=100))
    assert (run(front).judged, judgements(front)[-1].sha256) == (1, further.sha256)
    assert judgements(front)[-1].verdict == "passed"
    with front.desk.database.reading() as session:
        assert standing(session).documents == 1
