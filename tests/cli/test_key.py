"""`trinhky key` as an operator types it."""

import shutil
from pathlib import Path

import pytest

from models.officer import RegisteredCertificate, Role
from tests.cli.conftest import PASSWORD, Terminal, give_account
from tests.support.front import Front
from tests.support.signing_office import PIN, Authority

PKCS11 = ("--kind", "pkcs11", "--module", "token", "--token", "Ký", "--key", "ky-so")


@pytest.fixture
def pem(authority: Authority) -> Path:
    return authority.pki.certificate("signatory")


def add(pem: Path, *more: str) -> tuple[str, ...]:
    return ("key", "add", "--officer", "signatory", "--certificate", str(pem), *more)


def test_a_token_is_registered_by_names_alone(
    terminal: Terminal, front: Front, authority: Authority, pem: Path
) -> None:
    username = give_account(front, Role.ADMINISTRATOR)
    said = terminal.says(
        *add(pem, *PKCS11, "--mechanism", "rsa-pss/sha512", "--from", "2022-09-01"),
        "--as", username, "--stdin", typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert "thử nghiệm: không có giá trị pháp lý" in said
    with front.desk.database.reading() as session:
        row = session.get_one(RegisteredCertificate, authority.fingerprint("signatory"))
    assert row.key_settings == {"module": "token", "token": "Ký", "key": "ky-so"}
    assert (row.mechanism, row.key_kind) == ("rsa-pss/sha512", "pkcs11")
    assert front.last_event().actor_id == "administrator"
    (line,) = [one for one in terminal.says("key", "list").splitlines() if "PKCS#11" in one]
    assert "Trần Văn Ký" in line
    assert "chưa ký thử" in line


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ((), "Thiếu --kind"),
        (("--organisation", "ban", *PKCS11), "đúng một trong hai"),
        ((*PKCS11, "--from", "2022-02-30"), "không phải ngày có thật"),
    ],
)
def test_a_call_that_says_too_little_or_too_much_is_wrong_usage(
    terminal: Terminal, front: Front, pem: Path, more: tuple[str, ...], sentence: str
) -> None:
    del front
    assert sentence in terminal.refuses(*add(pem, *more), status=64)


def test_settings_that_a_kind_does_not_know_are_refused(
    terminal: Terminal, front: Front, pem: Path
) -> None:
    assert "thiếu credential" in terminal.refuses(*add(pem, "--kind", "csc", "--service", "một"))
    assert "không dùng “token”" in terminal.refuses(*add(pem, "--kind", "agent", "--token", "x"))
    assert front.last_event().outcome == "refused"


def test_the_certificate_of_a_key_file_is_read_with_its_pin(
    terminal: Terminal, front: Front, authority: Authority
) -> None:
    keys = terminal.home / "keys"
    keys.mkdir()
    shutil.copyfile(authority.pki.key("signatory"), keys / "ky.p12")
    line = ("key", "add", "--officer", "signatory", "--kind", "pkcs12", "--file", "ky.p12",
            "--stdin")  # fmt: skip
    refused = terminal.refuses(*line, typed="pin-sai-0042\n", status=64)
    assert "Mã PIN không đúng" in refused
    assert "pin-sai-0042" not in refused
    assert "Đã đăng ký" in terminal.says(*line, typed=f"{PIN}\n")
    assert front.last_event().subject_id == authority.fingerprint("signatory")
    missing = ("key", "add", "--officer", "signatory", "--kind", "pkcs12", "--file", "x.p12")
    assert "x.p12" in terminal.refuses(*missing, "--stdin", typed=f"{PIN}\n", status=64)


def test_what_is_to_change_must_be_said(terminal: Terminal, front: Front, pem: Path) -> None:
    terminal.says(*add(pem, *PKCS11))
    short = front.last_event().subject_id[:16]
    assert "Ghi điều cần đổi" in terminal.refuses("key", "change", short, status=64)
    terminal.says("key", "change", short, "--mechanism", "rsa-pkcs1/sha384")
    with front.desk.database.reading() as session:
        row = session.get_one(RegisteredCertificate, front.last_event().subject_id)
    assert (row.mechanism, row.key_kind) == ("rsa-pkcs1/sha384", "pkcs11")
    assert "Chỉ dùng một trong hai" in terminal.refuses(
        "key", "try", short, "--out", "a.pdf", "--signed", "b.pdf", status=64
    )
