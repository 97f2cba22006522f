"""Many files under one PIN: what the summary says, what is signed, and what comes between."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import select, update

from actions.auditing import verify_chain
from actions.batching import MOST, begin_batch, summarise
from actions.errors import (
    CertificateUnfitError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    PinRefusedError,
)
from actions.reviewing import return_draft
from actions.signing_off import complete
from models.base import DirectiveId
from models.batch import BatchItem, SigningBatch
from models.directive import Directive
from models.everything import metadata
from models.officer import Post, RegisteredCertificate, SigningAuthority
from signing.errors import KeyRefusedError
from tests.actions.batch_office import (
    FILES,
    OFFICER,
    SEAL,
    Waiting,
    Watch,
    newer_certificate,
    outcomes,
    run,
    seen,
    summed,
)
from tests.actions.signature_rows import signatures_of
from tests.support.clock import StoryClock
from tests.support.factories import SINCE, organisation
from tests.support.front import Front
from tests.support.signing_office import PIN, Authority

WRONG = "sai-ma-6617"


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def front(waiting: Waiting, tmp_path: Path, clock: StoryClock, watch: Watch) -> Iterator[Front]:
    with waiting.open(tmp_path, clock) as opened:
        yield watch.on(opened)


@pytest.fixture
def keys(waiting: Waiting) -> tuple[DirectiveId, ...]:
    return waiting.frozen


def states(front: Front) -> dict[DirectiveId | None, list[str]]:
    found: dict[DirectiveId | None, list[str]] = {}
    for row in signatures_of(front):
        if row.kind == "officer":
            found.setdefault(row.directive_id, []).append(row.state)
    return {key: sorted(rows) for key, rows in found.items()}


def damage(tmp_path: Path, digest: str) -> None:
    stored = tmp_path / "archive" / "objects" / digest[:2] / digest[2:]
    stored.chmod(0o644)
    stored.write_bytes(stored.read_bytes() + b"\n")


# The summary


def test_the_summary_is_written_down_as_it_was_shown(
    front: Front, keys: tuple[DirectiveId, ...], authority: Authority
) -> None:
    order = [keys[2], keys[0], keys[2]]
    batch = summed(front, order)
    assert [(one.position, one.directive_id) for one in batch.lines] == [(1, keys[2]), (2, keys[0])]
    assert [one.seen_sha256 for one in batch.lines] == [
        front.directive(key).frozen_sha256 for key in (keys[2], keys[0])
    ]
    assert outcomes(batch) == ["waiting", "waiting"]
    assert batch.certificate == authority.fingerprint("signatory")
    line = batch.lines[1]
    assert (line.number, line.doc_type) == (front.directive(keys[0]).number_text, "Hướng dẫn")
    assert line.capacity.startswith("K/T TRƯỞNG BAN · ")
    event = front.last_event()
    assert (event.deed, event.subject_kind) == ("summarise_batch", "signing_batch")
    assert event.detail["files"][0] == [str(keys[2]), batch.lines[0].seen_sha256]


def test_what_cannot_be_signed_is_listed_with_the_reason_and_left_out(
    front: Front, keys: tuple[DirectiveId, ...], waiting: Waiting, watch: Watch, tmp_path: Path
) -> None:
    return_draft(front.desk, front.signatory, keys[0], reason="Sửa", revision=1)
    damage(tmp_path, front.directive(keys[1]).frozen_sha256 or "")
    batch = summed(front, [*keys, waiting.signed[0]])
    assert outcomes(batch) == ["refused", "refused", "waiting", "refused"]
    said = [line.problem for line in batch.lines]
    assert "đã trả lại người soạn" in said[0]
    assert "bị hỏng hoặc bị sửa" in said[1]
    assert "không thực hiện lại" in said[3]
    done = run(front, batch)
    assert outcomes(done) == ["refused", "refused", "signed", "refused"]
    assert len(watch.signed) == 1


def test_a_kind_that_the_authority_does_not_cover_is_left_out(
    front: Front, keys: tuple[DirectiveId, ...]
) -> None:
    front.change(
        lambda s: s.execute(
            update(Directive).where(Directive.id == keys[1]).values(doc_type="Kế hoạch")
        )
    )
    front.change(lambda s: s.execute(update(SigningAuthority).values(doc_types=["Hướng dẫn"])))
    batch = summed(front, keys)
    assert outcomes(batch) == ["waiting", "refused", "waiting"]
    assert "không có thẩm quyền ký Kế hoạch" in batch.lines[1].problem


def test_nobody_signs_what_is_somebody_elses(front: Front, keys: tuple[DirectiveId, ...]) -> None:
    batch = summarise(front.desk, front.clerk, OFFICER, keys)
    with front.desk.database.reading() as session:
        items = session.scalars(select(BatchItem).where(BatchItem.batch_id == batch.id)).all()
    assert {item.outcome for item in items} == {"refused"}
    assert all("không có quyền ký văn bản" in (item.problem or "") for item in items)
    with pytest.raises(InvalidInputError, match="không có văn bản nào ký được"):
        begin_batch(front.desk, front.clerk, batch.id)


def test_another_offices_directive_is_not_even_listed(
    front: Front, keys: tuple[DirectiveId, ...]
) -> None:
    front.change(lambda session: organisation(session, "khac", "Cơ quan khác"))
    front.change(
        lambda s: s.execute(
            update(Directive)
            .where(Directive.id == keys[0])
            .values(organisation_id="khac", signatory_id="drafter")
        )
    )
    with pytest.raises(NotAuthorisedError):
        summarise(front.desk, front.signatory, OFFICER, keys)
    assert front.count(SigningBatch) == 0
    assert (front.last_event().deed, front.last_event().outcome) == ("summarise_batch", "refused")


def test_nothing_chosen_and_too_much_are_refused(front: Front) -> None:
    with pytest.raises(InvalidInputError, match="chưa chọn văn bản nào"):
        summarise(front.desk, front.signatory, OFFICER, ())
    many = [DirectiveId(uuid.uuid4()) for _ in range(MOST + 1)]
    with pytest.raises(InvalidInputError, match="nhiều nhất"):
        summarise(front.desk, front.signatory, OFFICER, many)
    with pytest.raises(NotFoundError):
        summarise(front.desk, front.signatory, OFFICER, many[:1])


def test_two_certificates_in_one_batch_are_refused(
    front: Front, waiting: Waiting, authority: Authority
) -> None:
    def second_office(session: object) -> None:
        organisation(session, "ban-hai", "Ban thứ hai")  # type: ignore[arg-type]
        session.execute(  # type: ignore[attr-defined]
            update(Directive)
            .where(Directive.id == waiting.signed[1])
            .values(organisation_id="ban-hai")
        )
        session.add(  # type: ignore[attr-defined]
            Post(
                officer_id="registry-clerk", organisation_id="ban-hai", title="Văn thư",
                roles=["registry_clerk"], valid_from=SINCE,
            )
        )  # fmt: skip

    front.change(second_office)
    authority.register(front, "other", organisation_id="ban-hai")
    with pytest.raises(InvalidInputError, match="cần 2 chứng thư khác nhau"):
        summed(front, waiting.signed, SEAL)
    assert front.count(SigningBatch) == 0
    assert outcomes(summed(front, waiting.signed[1:2], SEAL)) == ["waiting"]


def test_a_key_elsewhere_is_left_out_with_the_way_to_sign(
    front: Front, keys: tuple[DirectiveId, ...]
) -> None:
    front.change(lambda s: s.execute(update(RegisteredCertificate).values(key_kind="agent")))
    batch = summed(front, keys)
    assert outcomes(batch) == ["refused"] * FILES
    assert "trinhky agent" in batch.lines[0].problem
    assert batch.certificate is None


# One PIN


def test_one_pin_opens_the_key_once_for_all(
    front: Front, keys: tuple[DirectiveId, ...], watch: Watch
) -> None:
    batch = run(front, summed(front, keys))
    assert (batch.state, outcomes(batch)) == ("finished", ["signed"] * FILES)
    assert watch.pins == [PIN]
    assert len(watch.announced) == 1
    assert watch.announced[0] == tuple(watch.signed)
    assert watch.closed == 1
    rows = [row for row in signatures_of(front) if row.directive_id in keys]
    assert {(row.state, row.batch_id, row.method) for row in rows} == {
        ("keyed", batch.id, "pkcs12")
    }
    for key in keys:
        complete(front.desk, key)
        assert front.state(key) == "signed"
    with front.desk.database.reading() as session:
        assert verify_chain(session).broken_at is None


def test_the_clerk_seals_many_after_each_signature_was_judged_anew(
    front: Front, waiting: Waiting, watch: Watch
) -> None:
    judged: list[str] = []
    judge = front.desk.judge

    def noting(pdf: bytes, name: str, at: object) -> object:
        judged.append(name)
        return judge(pdf, name, at)  # type: ignore[arg-type]

    front.desk = replace(front.desk, judge=noting)  # type: ignore[arg-type]
    batch = run(front, summed(front, waiting.signed, SEAL))
    assert outcomes(batch) == ["signed"] * FILES
    assert judged == ["Chữ ký của lãnh đạo"] * FILES
    assert watch.pins == [PIN]


def test_a_signature_that_does_not_hold_keeps_only_its_own_seal_back(
    front: Front, waiting: Waiting
) -> None:
    batch = summed(front, waiting.signed, SEAL)
    judge, bad = front.desk.judge, front.directive(waiting.signed[1]).signed_sha256 or ""
    broken = front.desk.archive.get(bad).replace(b"/ByteRange", b"/ByteRenge")

    def doubting(pdf: bytes, name: str, at: object) -> object:
        if pdf == front.desk.archive.get(bad):
            return judge(broken, name, at)  # type: ignore[arg-type]
        return judge(pdf, name, at)  # type: ignore[arg-type]

    front.desk = replace(front.desk, judge=doubting)  # type: ignore[arg-type]
    done = run(front, batch)
    assert outcomes(done) == ["signed", "refused", "signed"]
    assert "Chữ ký của lãnh đạo không được chấp nhận" in done.lines[1].problem


def test_a_wrong_pin_signs_nothing_and_the_batch_may_be_begun_again(
    front: Front, keys: tuple[DirectiveId, ...], watch: Watch
) -> None:
    batch = summed(front, keys)
    with pytest.raises(PinRefusedError):
        run(front, batch, WRONG)
    after = seen(front, batch.id)
    assert (after.state, outcomes(after), states(front)) == (
        "summarised", ["waiting"] * FILES, {key: ["completed"] for key in _signed(front)},
    )  # fmt: skip
    assert watch.pins == [WRONG]
    assert outcomes(run(front, batch)) == ["signed"] * FILES
    with front.desk.database.reading() as session:
        rows = [
            list(map(str, row))
            for table in metadata.sorted_tables
            for row in session.execute(select(table))
        ]
    assert not any(pin in json.dumps(rows, ensure_ascii=False) for pin in (WRONG, PIN))


def _signed(front: Front) -> list[DirectiveId]:
    with front.desk.database.reading() as session:
        return list(session.scalars(select(Directive.id).where(Directive.state == "signed")))


def test_an_unfit_certificate_is_found_before_the_pin(
    front: Front, keys: tuple[DirectiveId, ...], watch: Watch, authority: Authority
) -> None:
    front.change(lambda s: s.add(newer_certificate(authority, "revoked")))
    batch = summed(front, keys)
    with pytest.raises(CertificateUnfitError, match="thu hồi"):
        run(front, batch)
    assert watch.pins == []
    assert seen(front, batch.id).state == "summarised"


def test_a_key_that_refuses_the_whole_announcement_signs_nothing(
    front: Front, keys: tuple[DirectiveId, ...], watch: Watch
) -> None:
    def refuse() -> NoReturn:
        raise KeyRefusedError("scal", "Dịch vụ từ chối. Việc cần làm: thử lại.")

    watch.before_announcing = refuse
    batch = summed(front, keys)
    with pytest.raises(CertificateUnfitError, match="Dịch vụ từ chối"):
        run(front, batch)
    assert (seen(front, batch.id).state, watch.signed) == ("summarised", [])
    assert {states(front)[key][0] for key in keys} == {"abandoned"}
    watch.before_announcing = lambda: None
    assert outcomes(run(front, batch)) == ["signed"] * FILES


# One bad file


def test_one_bad_file_does_not_stop_the_rest(
    front: Front, keys: tuple[DirectiveId, ...], tmp_path: Path
) -> None:
    batch = summed(front, keys)
    damage(tmp_path, batch.lines[1].seen_sha256)
    done = run(front, batch)
    assert (done.state, outcomes(done)) == ("finished", ["signed", "refused", "signed"])
    assert "bị hỏng hoặc bị sửa" in done.lines[1].problem
    assert "đã ký" not in done.lines[1].problem


def test_a_file_that_the_key_refuses_does_not_stop_the_rest(
    front: Front, keys: tuple[DirectiveId, ...], watch: Watch
) -> None:
    refused = iter([True])

    def refuse_second(at: int) -> None:
        if at == 2 and next(refused, False):
            raise KeyRefusedError("hash", "Dịch vụ từ chối mã băm này.")

    watch.before_signing = refuse_second
    done = run(front, summed(front, keys))
    assert outcomes(done) == ["signed", "refused", "signed"]
    assert "từ chối mã băm này" in done.lines[1].problem


def test_what_changed_since_the_summary_is_not_signed(
    front: Front, keys: tuple[DirectiveId, ...], watch: Watch
) -> None:
    batch = summed(front, keys)
    other = front.desk.archive.put(b"%PDF-1.7 another")
    front.change(
        lambda s: s.execute(
            update(Directive).where(Directive.id == keys[0]).values(frozen_sha256=other)
        )
    )
    return_draft(front.desk, front.signatory, keys[1], reason="Sửa", revision=1)
    done = run(front, batch)
    assert outcomes(done) == ["refused", "refused", "signed"]
    assert "không còn là bản hiện hành" in done.lines[0].problem
    assert "đã trả lại" in done.lines[1].problem
    assert len(watch.signed) == 1


def test_what_changes_while_the_batch_runs_is_not_signed(
    front: Front, keys: tuple[DirectiveId, ...], watch: Watch
) -> None:
    def return_last(at: int) -> None:
        if at == 1:
            return_draft(front.desk, front.signatory, keys[2], reason="Sửa", revision=1)

    watch.before_signing = return_last
    done = run(front, summed(front, keys))
    assert outcomes(done) == ["signed", "signed", "refused"]
    assert states(front)[keys[2]] == ["abandoned"]


def test_what_was_not_in_the_summary_stays_unsigned(
    front: Front, keys: tuple[DirectiveId, ...]
) -> None:
    run(front, summed(front, keys[:2]))
    assert keys[2] not in states(front)


def test_another_certificate_than_the_one_shown_signs_nothing(
    front: Front, keys: tuple[DirectiveId, ...], watch: Watch, authority: Authority
) -> None:
    batch = summed(front, keys)
    front.change(lambda s: s.add(newer_certificate(authority, "other")))
    done = run(front, batch)
    assert (done.state, outcomes(done), watch.pins) == ("finished", ["refused"] * FILES, [])
    assert "Chứng thư đã đổi" in done.lines[0].problem


# Stopping, losing the key, ending


# Kills
