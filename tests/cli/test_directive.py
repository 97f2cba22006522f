"""Officers decide from a terminal; rights, records and order are those of the deeds."""

import zipfile
from pathlib import Path

from actions.sealing import complete as complete_seal
from actions.signing_off import complete as complete_signature
from models.officer import Role
from tests.cli.conftest import PASSWORD, Terminal, give_account, short
from tests.support.front import Front
from tests.support.signing_office import PIN, Authority


def test_a_reviewer_passes_the_form_and_the_next_step_is_told(
    terminal: Terminal, front: Front
) -> None:
    key = front.submitted()
    user = give_account(front, Role.FORM_REVIEWER)

    done = terminal.run(
        "directive", "check-form", short(key), "--as", user, typed=f"{PASSWORD}\nc\n"
    )

    said = done.stdout
    assert done.exit_code == 0
    assert "Bộ điều phối chưa chạy; quyết định đã ghi" in done.stderr
    assert "Đã ghi: kiểm tra thể thức, bản 1." in said
    assert "Việc tiếp theo: Chờ Lê Văn Nội kiểm tra nội dung." in said
    assert front.last_event().actor_name.startswith("Phạm Thị Thức")


def test_a_step_of_somebody_else_is_refused_and_recorded(terminal: Terminal, front: Front) -> None:
    key = front.submitted()
    user = give_account(front, Role.DRAFTER)

    said = terminal.refuses(
        "directive", "check-content", str(key), "--as", user, "--yes", "--stdin",
        typed=f"{PASSWORD}\n",
    )  # fmt: skip

    assert "không có quyền kiểm tra nội dung" in said
    assert (front.last_event().deed, front.last_event().outcome) == ("check_content", "refused")


def test_a_wrong_password_decides_nothing(terminal: Terminal, front: Front) -> None:
    key = front.submitted()
    user = give_account(front, Role.FORM_REVIEWER)

    said = terminal.refuses(
        "directive", "check-form", str(key), "--as", user, "--stdin", typed="sai mat khau roi\n"
    )

    assert "Không đăng nhập được" in said
    assert front.last_event().deed == "sign_in"


def test_a_no_or_silence_decides_nothing(terminal: Terminal, front: Front) -> None:
    key = front.submitted()
    user = give_account(front, Role.FORM_REVIEWER)

    for answer in ("k\n", "", "khong\n"):
        said = terminal.refuses(
            "directive", "check-form", str(key), "--as", user, typed=f"{PASSWORD}\n{answer}"
        )
        assert "Đã dừng" in said
    assert front.state(key) == "in_review"
    assert not [event for event in front.events(key) if event.deed == "check_form"]


def test_a_draft_goes_back_with_its_reason(terminal: Terminal, front: Front) -> None:
    key = front.submitted()
    user = give_account(front, Role.CONTENT_REVIEWER)
    call = ("directive", "return", short(key), "--as", user, "--stdin")

    assert "phải có lý do" in terminal.refuses(*call, "--reason", " ", typed=f"{PASSWORD}\n")
    terminal.says(*call, "--reason", "Thiếu căn cứ.", typed=f"{PASSWORD}\n")

    assert front.state(key) == "returned"
    assert "Thiếu căn cứ." in terminal.says("directive", "next", short(key))
    assert "Lý do: Thiếu căn cứ." in terminal.says("directive", "show", short(key))


def test_a_drafter_takes_a_draft_back_with_the_reason(terminal: Terminal, front: Front) -> None:
    key = front.submitted()
    user = give_account(front, Role.DRAFTER)
    call = ("directive", "take-back", short(key), "--as", user, "--stdin")

    assert "phải có lý do" in terminal.refuses(*call, "--reason", " ", typed=f"{PASSWORD}\n")
    said = terminal.says(*call, "--reason", "Sai số liệu.", typed=f"{PASSWORD}\n")

    assert front.state(key) == "returned"
    assert "Đã rút lại" in said
    assert "Người soạn đã rút lại để sửa" in terminal.says("directive", "next", short(key))
    assert "đã được người soạn rút lại, bản 1" in terminal.says("directive", "show", short(key))


def test_approval_then_a_number_and_no_second_one(terminal: Terminal, front: Front) -> None:
    key = front.approved()
    user = give_account(front, Role.REGISTRY_CLERK)
    call = ("directive", "number", str(key), "--as", user, "--stdin")

    given = terminal.says(*call, typed=f"{PASSWORD}\n")
    again = terminal.refuses(*call, typed=f"{PASSWORD}\n")

    number = front.directive(key).number_text
    assert f"Đã cấp số {number}." in given
    assert "không thực hiện lại" in again
    assert str(number) in terminal.says("directive", "list", "--state", "numbered")


def test_a_directive_is_found_by_number_identifier_or_its_beginning(
    terminal: Terminal, front: Front
) -> None:
    key = front.numbered()
    number = front.directive(key).number_text or ""

    for typed in (number, number.lower(), str(key), key.hex, short(key)):
        assert str(key) in terminal.says("directive", "show", typed)
    for typed in ("1", "khong-co", "", str(key)[:3]):
        assert "Không có văn bản nào" in terminal.refuses("directive", "show", typed)


def test_the_work_that_waits_for_an_officer_needs_the_officers_password(
    terminal: Terminal, front: Front
) -> None:
    front.submitted()
    user = give_account(front, Role.FORM_REVIEWER)

    said = terminal.says("directive", "next", "--as", user, "--stdin", typed=f"{PASSWORD}\n")

    assert "kiểm tra thể thức" in said
    assert "--as" in terminal.refuses("directive", "next", status=64)


def test_the_page_that_a_reviewer_reads_can_be_saved(
    terminal: Terminal, front: Front, tmp_path: Path
) -> None:
    key = front.submitted()
    target = tmp_path / "du-thao.pdf"

    terminal.says("directive", "show", short(key), "--save", str(target))

    assert target.read_bytes().startswith(b"%PDF-")
    refused = terminal.refuses("directive", "show", short(key), "--save", str(tmp_path))
    assert str(tmp_path) in refused


def test_a_directive_is_shown_with_its_legal_steps_and_whether_its_journal_is_whole(
    terminal: Terminal, front: Front
) -> None:
    key = front.numbered()
    said = terminal.says("directive", "show", short(key))
    assert "  Phê duyệt | xong | Trần Văn Ký" in said
    assert "  Lãnh đạo ký số | đang chờ" in said
    assert "  Nhiệm vụ đã báo cáo | chưa đến" in said
    assert "Nhật ký: 6 việc ghi ở đây khớp mã băm" in said


def test_the_dossier_of_evidence_is_written_whole_or_not_at_all(
    terminal: Terminal, front: Front, tmp_path: Path
) -> None:
    key = front.submitted()
    target = tmp_path / "chung-cu.zip"

    assert str(target) in terminal.says("directive", "evidence", short(key), "--out", str(target))

    with zipfile.ZipFile(target) as packed:
        assert "nhat-ky.jsonl" in packed.namelist()
    assert str(tmp_path) in terminal.refuses(
        "directive", "evidence", short(key), "--out", str(tmp_path)
    )
    terminal.refuses("directive", "evidence", "không có", "--out", str(tmp_path / "b.zip"))
    assert not (tmp_path / "b.zip").exists()


def test_an_unknown_state_is_wrong_usage(terminal: Terminal, front: Front) -> None:
    del front
    assert "numbered" in terminal.refuses("directive", "list", "--state", "xong", status=64)


def test_from_signature_to_issue_at_the_terminal(terminal: Terminal, signing_front: Front) -> None:
    """The signatory signs, the clerk seals and issues; each saw what it was first."""
    front = signing_front
    key = front.frozen()
    signatory = give_account(front, Role.SIGNATORY)
    clerk = give_account(front, Role.REGISTRY_CLERK)
    digest = front.directive(key).frozen_sha256 or ""
    sign = ("directive", "sign", short(key), "--as", signatory)

    wrong = terminal.run(*sign, typed=f"{PASSWORD}\nc\nma-pin-sai\n")
    assert wrong.exit_code == 1
    assert "Mã PIN không đúng" in wrong.stderr
    stale = terminal.refuses(*sign, "--stdin", "--sha256", "0" * 64, typed=f"{PASSWORD}\n{PIN}\n")
    assert "không còn là bản hiện hành" in stale
    assert "--sha256" in terminal.refuses(*sign, "--stdin", status=64)
    said = terminal.says(*sign, typed=f"{PASSWORD}\nc\n{PIN}\n")
    assert "Đạt: Chưa bị thu hồi" in said
    for shown in (digest, front.directive(key).number_text or "", "K/T TRƯỞNG BAN", "Chứng thư:"):
        assert said.index(shown) < said.index("Mã PIN")
    assert PIN not in said
    complete_signature(front.desk, key)

    seen = front.directive(key).signed_sha256 or ""
    seal = ("directive", "seal", short(key), "--as", clerk, "--stdin", "--sha256", seen)
    assert "Đã đóng dấu" in terminal.says(*seal, typed=f"{PASSWORD}\n{PIN}\n")
    complete_seal(front.desk, key)

    issued = terminal.says(
        "directive", "issue", short(key), "--as", clerk, typed=f"{PASSWORD}\nc\n"
    )
    assert issued.index("Nơi nhận ngày") < issued.index("Đã phát hành")
    assert front.state(key) == "issued"


def test_a_certificate_that_must_not_be_used_is_warned_of_before_the_pin(
    terminal: Terminal, signing_front: Front, authority: Authority
) -> None:
    key = signing_front.frozen()
    authority.register(signing_front, "revoked", officer_id="signatory")
    user = give_account(signing_front, Role.SIGNATORY)

    done = terminal.run(
        "directive", "sign", short(key), "--as", user, typed=f"{PASSWORD}\nc\n{PIN}\n"
    )

    assert done.exit_code == 1
    assert "Không được: Chứng thư đã bị thu hồi" in done.stdout
    assert "mã PIN chưa được hỏi" in done.stderr
    assert "Ký số văn bản này?" not in done.stdout
    assert "Mã PIN" not in done.stdout
    assert signing_front.state(key) == "numbered"


def test_whoever_may_not_sign_is_not_asked_for_a_pin(
    terminal: Terminal, signing_front: Front
) -> None:
    key = signing_front.frozen()
    user = give_account(signing_front, Role.DRAFTER)

    done = terminal.run(
        "directive", "sign", short(key), "--as", user, typed=f"{PASSWORD}\nc\n{PIN}\n"
    )

    assert done.exit_code == 1
    assert "không có quyền ký văn bản" in done.stderr
    assert "Mã PIN" not in done.stdout
