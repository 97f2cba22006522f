"""Hostile files are bounded, and the sandbox lives on."""

import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from signing.policy import INTEGRITY, OFFICIAL
from signing.sandbox import Sandbox, verify_file, verify_files
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.worker import Limits
from tests.signing.office import TODAY, Office, unsigned_directive

NOBODY = TrustStore()


def table_bomb(entries: int) -> bytes:
    packed = zlib.compress(b"\x01\0\0\0\x10\0\0" * entries, 9)
    size = b"/Size %d/W[1 4 2]/Root 2 0 R/Filter/FlateDecode/Length %d" % (entries, len(packed))
    stream = b"<</Type/XRef" + size + b">>\nstream\n" + packed
    return b"%PDF-1.7\n1 0 obj\n" + stream + b"\nendstream\nendobj\nstartxref\n9\n%%EOF"


def nested(levels: int) -> bytes:
    arrays = b"[" * levels + b"]" * levels
    body = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/AcroForm " + arrays + b">>\nendobj\n"
    table = b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
    end = b"trailer\n<</Size 2/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + table + end


def long_table(entries: int) -> bytes:
    rows = b"0000000010 00000 n \n" * entries
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n9\n%%%%EOF" % entries
    return b"%PDF-1.7\nxref\n0 " + str(entries).encode() + b"\n" + rows + end


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"hello", "not_pdf"),
        (nested(20_000), "structure_unreadable"),
        (table_bomb(3_000_000), "structure_unreadable"),
    ],
    ids=["empty", "no PDF", "nested arrays", "cross-reference bomb"],
)
def test_hostile_files_are_unreadable_with_the_reason(
    sandbox: Sandbox, content: bytes, code: str
) -> None:
    report = sandbox.verify(content, name="x", policy=INTEGRITY, trust=NOBODY, at=TODAY)
    assert report.verdict is Verdict.UNREADABLE
    assert [one.code for one in report.findings] == [code]


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(memory_bytes=300 << 20), "resource_limit"),
        (Limits(cpu_seconds=1), "resource_limit"),
        (Limits(wall_seconds=0.3), "time_limit"),
        (Limits(file_bytes=1 << 20), "too_large"),
    ],
    ids=["memory", "processor", "wall", "size"],
)
def test_a_limit_ends_the_process_and_the_next_file_is_judged(limits: Limits, code: str) -> None:
    with Sandbox(limits=limits) as box:
        report = box.verify(
            long_table(1_400_000), name="x", policy=INTEGRITY, trust=NOBODY, at=TODAY
        )
        assert report.verdict is Verdict.UNREADABLE
        assert [one.code for one in report.findings] == [code]
        if code == "resource_limit":
            after = box.verify(
                unsigned_directive(), name="y", policy=INTEGRITY, trust=NOBODY, at=TODAY
            )
            assert after.verdict is Verdict.UNSIGNED


def test_the_sandbox_says_what_the_judge_says(sandbox: Sandbox, office: Office) -> None:
    report = sandbox.verify(
        office.archived, name="x", policy=OFFICIAL, trust=office.trust, at=TODAY
    )
    assert report.require(OFFICIAL).signatures[0].signer == "Trần Trung Hiếu"


def test_reports_come_in_the_order_given(office: Office, tmp_path: Path) -> None:
    paths = []
    for number, content in enumerate((office.archived, b"hello", unsigned_directive())):
        paths.append(tmp_path / f"{number}.pdf")
        paths[-1].write_bytes(content)
    reports = list(verify_files(paths, policy=INTEGRITY, trust=NOBODY, at=TODAY, jobs=2))
    assert [one.name for one in reports] == [str(path) for path in paths]
    assert [one.verdict for one in reports] == [
        Verdict.PASSED,
        Verdict.UNREADABLE,
        Verdict.UNSIGNED,
    ]


def test_a_large_file_on_disk_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    path.write_bytes(b"%PDF-1.7\n" + bytes(2 << 20))
    report = verify_file(
        path, policy=INTEGRITY, trust=NOBODY, at=TODAY, limits=Limits(file_bytes=1 << 20)
    )
    assert [one.code for one in report.findings] == ["too_large"]
