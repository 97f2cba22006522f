"""What is checked before a PIN is asked for: each thing once good, once not, with what to do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import update

from actions import sealing, signing_off
from actions.errors import NotAuthorisedError
from actions.keying import SigningAct
from actions.readiness import known_here, readiness
from actions.readiness_terms import Readiness, Standing
from actions.reviewing import return_draft
from models.base import DirectiveId
from models.directive import Directive, Document
from models.officer import Post, RegisteredCertificate, Role, SigningAuthority
from models.organisation import Office
from models.review import Review
from models.signature import Signature
from signing.certificates import read_facts
from signing.errors import KeyUnavailableError
from signing.keys.cryptoki import PinState
from tests.support.front import Front
from tests.support.signing_office import Authority, signs

SIGN, SEAL = signing_off.ACT, sealing.ACT


def look(front: Front, key: DirectiveId, act: SigningAct = SIGN) -> Readiness:
    actor = front.signatory if act is SIGN else front.clerk
    return readiness(front.desk, actor, key, act)


def words(found: Readiness, key: str, standing: Standing) -> str:
    """The one sentence about a thing, which must stand so."""
    about = [check for check in found.checks if check.key == key]
    assert [(check.key, check.standing) for check in about] == [(key, standing)], found.checks
    return about[0].words


def change(front: Front, table: type, **values: object) -> None:
    front.change(lambda session: session.execute(update(table).values(**values)))


def test_all_is_said_and_nothing_stops_where_all_is_good(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    found = look(frozen_front, key)
    assert found.takes_pin, found.stops
    assert {check.key for check in found.good} == {
        "state", "authority", "separation", "number", "document", "certificate", "validity",
        "usage", "revocation", "key", "timestamp",
    }  # fmt: skip
    assert found.certificate is not None
    assert found.certificate.fingerprint == authority.fingerprint("signatory")
    assert found.source_sha256 == frozen_front.directive(key).frozen_sha256
    assert "K/T TRƯỞNG BAN" in words(found, "authority", Standing.OK)
    assert "96-HD/BTNTU" in words(found, "number", Standing.OK)
    assert "Chưa bị thu hồi" in words(found, "revocation", Standing.OK)


def test_all_is_good_for_the_clerk_too(signed_front: Front, key: DirectiveId) -> None:
    found = look(signed_front, key, SEAL)
    assert found.takes_pin, found.stops
    assert "Lãnh đạo đã ký" in words(found, "document", Standing.OK)
    assert found.source_sha256 == signed_front.directive(key).signed_sha256


def test_whoever_may_not_sign_learns_nothing(frozen_front: Front, key: DirectiveId) -> None:
    for actor in frozen_front.everybody():
        if actor == frozen_front.signatory:
            continue
        with pytest.raises(NotAuthorisedError):
            readiness(frozen_front.desk, actor, key, SIGN)
    with pytest.raises(NotAuthorisedError):
        readiness(frozen_front.desk, frozen_front.signatory, key, SEAL)


@pytest.mark.parametrize(
    ("holder", "reason"),
    [
        ("revoked", ("revocation", "thu hồi")),
        ("expired", ("validity", "hết hạn")),
        ("wrong-usage", ("usage", "không được cấp để ký")),
    ],
)
def test_an_unfit_certificate_stops_with_its_own_reason(
    frozen_front: Front,
    key: DirectiveId,
    authority: Authority,
    holder: str,
    reason: tuple[str, str],
) -> None:
    about, said = reason
    authority.register(frozen_front, holder, officer_id="signatory")
    found = look(frozen_front, key)
    assert said in words(found, about, Standing.STOP)
    assert "Việc cần làm" in words(found, about, Standing.STOP)
    assert [check.key for check in found.stops] == [about]
    assert found.checks[0].standing is Standing.STOP


def test_an_authority_that_does_not_answer_stops_until_it_does(
    frozen_front: Front, key: DirectiveId
) -> None:
    silent = replace(frozen_front.desk.services, proxy="http://127.0.0.1:9")
    frozen_front.desk = replace(frozen_front.desk, services=silent)
    said = words(look(frozen_front, key), "revocation", Standing.STOP)
    assert "chờ ít phút rồi tải lại trang" in said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"valid_to": date(2022, 9, 19), "end_reason": "mất thiết bị"}, "mất thiết bị"),
        ({"valid_from": date(2022, 9, 21)}, "chỉ được dùng từ ngày 21/9/2022"),
        ({"key_kind": "none"}, "không có khoá để ký"),
        ({"officer_id": "auditor"}, "Chưa có chứng thư nào của đồng chí được đăng ký"),
    ],
)
def test_a_certificate_that_is_not_there_says_why(
    frozen_front: Front, key: DirectiveId, values: dict[str, object], said: str
) -> None:
    frozen_front.change(
        lambda session: session.execute(
            update(RegisteredCertificate)
            .where(RegisteredCertificate.officer_id == "signatory")
            .values(**values)
        )
    )
    found = look(frozen_front, key)
    assert said in words(found, "certificate", Standing.STOP)
    assert found.certificate is None


def test_days_that_run_out_are_warned_of(frozen_front: Front, key: DirectiveId) -> None:
    change(frozen_front, RegisteredCertificate, valid_to=date(2022, 9, 30))
    change(frozen_front, SigningAuthority, valid_to=date(2022, 10, 1))
    found = look(frozen_front, key)
    assert found.takes_pin
    assert "sau 30/9/2022" in words(found, "certificate", Standing.WARNING)
    assert "còn 11 ngày, đến 1/10/2022" in words(found, "authority", Standing.WARNING)


def test_a_certificate_near_its_end_says_how_many_days_are_left(
    frozen_front: Front, key: DirectiveId
) -> None:
    facts = known_here(frozen_front.desk, frozen_front.signatory, key, SIGN).certificate
    assert facts is not None
    end = read_facts(facts.der).not_after
    frozen_front.clock.set(end.replace(microsecond=0))
    frozen_front.clock.advance(days=-10, seconds=-5)
    found = known_here(frozen_front.desk, frozen_front.signatory, key, SIGN)
    assert "còn 10 ngày" in words(found, "validity", Standing.WARNING)


@pytest.mark.parametrize(
    ("values", "good"),
    [
        ({"valid_to": date(2022, 9, 19)}, False),
        ({"doc_types": ["Kế hoạch"]}, False),
        ({"doc_types": ["Hướng dẫn"]}, True),
    ],
)
def test_the_authority_must_cover_kind_and_day(
    frozen_front: Front, key: DirectiveId, values: dict[str, object], *, good: bool
) -> None:
    change(frozen_front, SigningAuthority, **values)
    found = look(frozen_front, key)
    if good:
        assert found.takes_pin
    else:
        assert "không có thẩm quyền ký Hướng dẫn" in words(found, "authority", Standing.STOP)


def test_who_signed_does_not_seal(signed_front: Front, key: DirectiveId) -> None:
    signed_front.change(
        lambda session: session.execute(
            update(Post)
            .where(Post.officer_id == "signatory")
            .values(roles=[Role.SIGNATORY.value, Role.REGISTRY_CLERK.value])
        )
    )
    found = readiness(signed_front.desk, signed_front.signatory, key, SEAL)
    assert "không đóng dấu được" in words(found, "separation", Standing.STOP)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Review, {"officer_id": "content-reviewer"}),
        (Directive, {"drafter_id": "form-reviewer"}),
        (Directive, {"drafter_id": "signatory"}),
    ],
)
def test_one_person_in_two_steps_stops(
    frozen_front: Front, key: DirectiveId, table: type, values: dict[str, str]
) -> None:
    """It is who really passed a step that counts, not who is named for it by now."""
    change(frozen_front, table, **values)
    assert "không tách biệt" in words(look(frozen_front, key), "separation", Standing.STOP)


def test_a_reviewer_who_took_over_later_changes_nothing(
    frozen_front: Front, key: DirectiveId
) -> None:
    change(frozen_front, Directive, form_reviewer_id="content-reviewer")
    said = words(look(frozen_front, key), "separation", Standing.OK)
    assert "Lê Văn Nội, Phạm Thị Thức" in said


def test_without_a_number_only_what_is_numbered_later_is_signed(
    frozen_front: Front, key: DirectiveId
) -> None:
    change(frozen_front, Directive, number_text=None)
    assert "văn thư cấp số" in words(look(frozen_front, key), "number", Standing.STOP)
    change(frozen_front, Directive, number=None)
    assert "điền khi đóng dấu" in words(look(frozen_front, key), "number", Standing.OK)


def test_a_review_that_is_missing_stops(frozen_front: Front, key: DirectiveId) -> None:
    change(frozen_front, Review, revision=7)
    said = words(look(frozen_front, key), "document", Standing.STOP)
    assert "chưa được kiểm tra nội dung, kiểm tra thể thức, phê duyệt" in said


def test_a_document_of_another_revision_stops(frozen_front: Front, key: DirectiveId) -> None:
    change(frozen_front, Document, revision=9)
    assert "không được dựng" in words(look(frozen_front, key), "document", Standing.STOP)


def test_changed_bytes_stop(frozen_front: Front, key: DirectiveId, tmp_path: Path) -> None:
    digest = frozen_front.directive(key).frozen_sha256 or ""
    stored = tmp_path / "archive" / "objects" / digest[:2] / digest[2:]
    stored.chmod(0o644)
    stored.write_bytes(stored.read_bytes() + b" ")
    assert "bị hỏng hoặc bị sửa" in words(look(frozen_front, key), "document", Standing.STOP)


def test_a_signed_paper_whose_signature_is_not_on_record_is_not_sealed(
    signed_front: Front, key: DirectiveId
) -> None:
    change(signed_front, Signature, state="abandoned")
    said = words(look(signed_front, key, SEAL), "document", Standing.STOP)
    assert "không phải bản lãnh đạo đã ký" in said


@pytest.mark.parametrize("act", [signs, return_draft])
def test_what_is_not_due_says_so(
    frozen_front: Front, key: DirectiveId, act: Callable[..., None]
) -> None:
    if act is signs:
        signs(frozen_front, key)
        said = "không thực hiện lại"
    else:
        return_draft(frozen_front.desk, frozen_front.signatory, key, reason="Sửa", revision=1)
        said = "đã trả lại người soạn"
    assert said in words(look(frozen_front, key), "state", Standing.STOP)


@pytest.mark.parametrize(
    ("kind", "settings", "said", "elsewhere"),
    [
        ("pkcs11", {"token": "Ký 01"}, "thiết bị Ký 01 gắn ở máy chủ", False),
        ("csc", {"service": "kyso"}, "dịch vụ ký số từ xa kyso", False),
        ("agent", None, "trinhky agent", True),
        ("upload", None, "phần mềm khác", True),
    ],
)
def test_where_the_key_is_decides_whether_a_pin_is_asked_here(
    frozen_front: Front,
    key: DirectiveId,
    kind: str,
    settings: dict[str, str] | None,
    said: str,
    *,
    elsewhere: bool,
) -> None:
    change(frozen_front, RegisteredCertificate, key_kind=kind, key_settings=settings)
    found = known_here(frozen_front.desk, frozen_front.signatory, key, SIGN)
    assert said in words(found, "key", Standing.OK)
    assert (found.may_sign, found.takes_pin) == (True, not elsewhere)


def test_a_key_of_an_unknown_kind_stops(frozen_front: Front, key: DirectiveId) -> None:
    change(frozen_front, RegisteredCertificate, key_kind="abacus")
    assert "abacus" in words(look(frozen_front, key), "key", Standing.STOP)


def test_without_a_time_stamp_service_the_person_is_warned(
    frozen_front: Front, key: DirectiveId
) -> None:
    bare = replace(frozen_front.desk.services, timestamps=())
    frozen_front.desk = replace(frozen_front.desk, services=bare)
    assert "được giữ lại" in words(look(frozen_front, key), "timestamp", Standing.WARNING)
    change(frozen_front, Office, go_on_without_timestamp=True)
    assert "mức B-B" in words(look(frozen_front, key), "timestamp", Standing.WARNING)


def test_what_is_for_trial_is_called_so(frozen_front: Front, key: DirectiveId) -> None:
    change(frozen_front, Office, test_only=False)
    assert "trial" not in {check.key for check in look(frozen_front, key).checks}
    for table, values in ((RegisteredCertificate, {"trial": True}), (Office, {"test_only": True})):
        change(frozen_front, table, **values)
        assert "THỬ NGHIỆM" in words(look(frozen_front, key), "trial", Standing.WARNING)


@pytest.mark.parametrize(
    ("state", "standing", "said"),
    [
        (PinState.LOW, Standing.WARNING, "đã ghi nhận mã PIN bị nhập sai"),
        (PinState.FINAL, Standing.WARNING, "Chỉ còn một lần nhập"),
        (PinState.LOCKED, Standing.STOP, "đã bị khoá"),
    ],
)
def test_what_the_token_tells_of_its_pin_is_said_before_it_is_asked_for(
    frozen_front: Front, key: DirectiveId, state: PinState, standing: Standing, said: str
) -> None:
    frozen_front.desk = replace(frozen_front.desk, pin_state=lambda _row: state)
    assert said in words(look(frozen_front, key), "pin", standing)


@pytest.mark.parametrize("state", [PinState.OK, PinState.UNKNOWN, None])
def test_a_token_with_nothing_to_tell_is_not_spoken_of(
    frozen_front: Front, key: DirectiveId, state: PinState | None
) -> None:
    frozen_front.desk = replace(frozen_front.desk, pin_state=lambda _row: state)
    assert "pin" not in {check.key for check in look(frozen_front, key).checks}


def test_a_token_that_is_not_there_stops_before_the_pin(
    frozen_front: Front, key: DirectiveId
) -> None:
    def gone(_row: RegisteredCertificate) -> NoReturn:
        raise KeyUnavailableError("thẻ", "Không thấy thẻ. Việc cần làm: cắm thẻ.")

    frozen_front.desk = replace(frozen_front.desk, pin_state=gone)
    assert "cắm thẻ" in words(look(frozen_front, key), "pin", Standing.STOP)
