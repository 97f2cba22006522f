"""Files behind a password: told, and judged with it."""

import re
from collections.abc import Iterator

import pytest

from signing.compare.comparing import Comparing
from signing.policy import INTEGRITY
from signing.sandbox import Sandbox
from signing.trust import TrustStore
from signing.verdict import Verdict
from tests.signing import makers
from tests.signing.attacks import letter
from tests.signing.office import TODAY, Office
from tests.support.encrypted_paper import encrypted_and_signed
from wiring.demo_pki.build import DEMO_PIN

PASSWORD = "mat khau"


@pytest.fixture(scope="module")
def paper(office: Office) -> bytes:
    return encrypted_and_signed(
        letter.unsigned(), key=office.pki.key("officer"), pin=DEMO_PIN, password=PASSWORD
    )


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


def judge(sandbox: Sandbox, paper: bytes, password: bytes) -> tuple[Verdict, set[str]]:
    report = sandbox.verify(
        paper, name="x", policy=INTEGRITY, trust=TrustStore(), at=TODAY, password=password
    )
    return report.verdict, {one.code for one in report.findings}


def test_a_file_behind_a_password_is_told_without_it(sandbox: Sandbox, paper: bytes) -> None:
    assert judge(sandbox, paper, b"") == (Verdict.UNREADABLE, {"encrypted"})


def test_a_wrong_password_is_told(sandbox: Sandbox, paper: bytes) -> None:
    assert judge(sandbox, paper, b"other") == (Verdict.UNREADABLE, {"password_wrong"})


def test_with_its_password_the_file_is_judged(sandbox: Sandbox, paper: bytes) -> None:
    assert judge(sandbox, paper, PASSWORD.encode()) == (Verdict.PASSED, {"decrypted"})


def test_a_changed_byte_in_an_encrypted_file_never_passes(sandbox: Sandbox, paper: bytes) -> None:
    *_, signed = re.findall(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", paper)
    gap, resumes, rest = map(int, signed)
    assert resumes + rest == len(paper)
    for at in [*range(9, gap, gap // 15), *range(resumes, len(paper), rest // 5)]:
        broken = bytearray(paper)
        broken[at] ^= 1
        assert judge(sandbox, bytes(broken), PASSWORD.encode())[0] is not Verdict.PASSED


def test_one_password_opens_no_other_file(sandbox: Sandbox, paper: bytes) -> None:
    assert judge(sandbox, paper, PASSWORD.encode())[0] is Verdict.PASSED
    assert judge(sandbox, paper, b"")[0] is Verdict.UNREADABLE


def test_an_unencrypted_file_is_judged_whatever_password_is_given(sandbox: Sandbox) -> None:
    assert judge(sandbox, letter.signed(), b"any") == (Verdict.PASSED, set())


def test_an_encrypted_file_is_compared_with_its_password(paper: bytes) -> None:
    with Comparing() as comparing:
        longer = makers.revise(paper, {}, trailer=_trailer(paper))
        shut = comparing.compare(longer, signed_length=len(paper))
        opened = comparing.compare(longer, signed_length=len(paper), password=PASSWORD.encode())
    assert shut.fault is not None
    assert shut.fault.code == "pages_unreadable"
    assert opened.is_same


def _trailer(pdf: bytes) -> bytes:
    """The keys of the last trailer that lead to the catalog and to the encryption."""

    keys = [re.findall(rb"/%s\s*\d+ 0 R" % name, pdf)[-1] for name in (b"Root", b"Encrypt")]
    return b"".join(keys) + re.findall(rb"/ID\s*\[.*?\]", pdf, re.DOTALL)[-1]
