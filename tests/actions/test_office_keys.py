"""How an office file says where keys are, and what it may not say of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from actions.office_loading import check_office_file, load_office
from models.officer import RegisteredCertificate
from models.session import Database
from tests.actions.test_office_loading import AT, OPERATOR
from tests.support.office_texts import OFFICE, write_certificate

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_office(key: str) -> Path:
        path = tmp_path / "office.toml"
        entry = '[[certificate]]\nfile = "hieu.pem"\nofficer = "hieu"\nvalid_from = 2022-01-01\n'
        path.write_text(f"{OFFICE}{entry}{key}\n", encoding="utf-8")
        return path

    return write_office


@pytest.mark.parametrize(
    ("key", "columns"),
    [
        (
            (
                'kind = "pkcs11", module = "usb", token = "THE 01", key = "ky", '
                'mechanism = "ecdsa/sha384"'
            ),
            {
                "key_kind": "pkcs11",
                "key_settings": {"module": "usb", "token": "THE 01", "key": "ky"},
                "mechanism": "ecdsa/sha384",
            },
        ),
        (
            'kind = "csc", service = "ky-xa", credential = "a/1"',
            {"key_kind": "csc", "key_settings": {"service": "ky-xa", "credential": "a/1"}},
        ),
        ('kind = "agent"', {"key_kind": "agent", "key_settings": None}),
        ('kind = "upload"', {"key_kind": "upload", "key_settings": None}),
    ],
)
def test_each_way_to_a_key_is_taken_into_its_row(
    sqlite_database: Database, write: Write, tmp_path: Path, key: str, columns: dict[str, Any]
) -> None:
    write_certificate(tmp_path / "hieu.pem", "Trần Văn Hiếu", pem=True)
    source = write(f"key = {{ {key} }}")
    load_office(sqlite_database, source, at=AT, actor=OPERATOR)
    with sqlite_database.reading() as session:
        row = session.scalars(select(RegisteredCertificate)).one()
    expected = {"key_location": None, "mechanism": None, "trial": False, **columns}
    assert {name: getattr(row, name) for name in expected} == expected
    assert load_office(sqlite_database, source, at=AT, actor=OPERATOR).changed == ()


def test_a_way_that_changes_is_changed_in_the_row(
    sqlite_database: Database, write: Write, tmp_path: Path
) -> None:
    write_certificate(tmp_path / "hieu.pem", "Trần Văn Hiếu", pem=True)
    load_office(
        sqlite_database,
        write('key = { kind = "csc", service = "ky-xa", credential = "1" }'),
        at=AT,
        actor=OPERATOR,
    )
    load_office(sqlite_database, write('key = { kind = "agent" }'), at=AT, actor=OPERATOR)
    with sqlite_database.reading() as session:
        row = session.scalars(select(RegisteredCertificate)).one()
    assert (row.key_kind, row.key_settings) == ("agent", None)


@pytest.mark.parametrize(
    ("name", "said", "trial"),
    [("Hiếu", "", False), ("Hiếu", "trial = true", True), ("Hiếu THỬ NGHIỆM", "", True)],
)
def test_a_certificate_is_on_trial_by_its_own_words_or_by_the_files(
    sqlite_database: Database, write: Write, tmp_path: Path, name: str, said: str, *, trial: bool
) -> None:
    write_certificate(tmp_path / "hieu.pem", name, pem=True)
    load_office(sqlite_database, write(said), at=AT, actor=OPERATOR)
    with sqlite_database.reading() as session:
        assert session.scalars(select(RegisteredCertificate)).one().trial is trial


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ('kind = "pkcs11", module = "usb"', "kind, module, token, key"),
        ('kind = "pkcs12"', "kind, location"),
        ('kind = "agent", location = "a.p12"', "đúng các mục: kind"),
        ('kind = "pkcs11", module = "u", token = "t", key = "k", service = "s"', "đúng các mục"),
        ('kind = "the-nho"', "không phải giá trị được phép"),
        ('kind = "agent", pin = "1234"', "không có mục nào tên như vậy"),
        ('kind = "agent", mechanism = "md5"', "cách ký “md5” không có"),
        ('kind = "agent", mechanism = "rsa-pss/sha256"', "không dùng được với khoá ec"),
    ],
)
def test_a_way_that_leads_nowhere_is_refused(
    write: Write, tmp_path: Path, key: str, reason: str
) -> None:
    write_certificate(tmp_path / "hieu.pem", "Trần Văn Hiếu", pem=True)
    problems = check_office_file(write(f"key = {{ {key} }}"))
    assert [one for one in problems if reason in one.reason], problems
    assert all("1234" not in one.reason for one in problems)
