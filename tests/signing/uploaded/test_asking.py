"""An upload is read in a child process; the parent believes only an answer of the right shape."""

import json
from collections.abc import Iterator

import pytest

from signing.errors import KeyRefusedError
from signing.names import OFFICER_FIELD
from signing.policy import INTEGRITY
from signing.sandbox import Sandbox
from signing.trust import TrustStore
from signing.uploaded import errors
from signing.uploaded.asking import ask_upload
from signing.uploaded.errors import REFUSALS, UploadRefusedError
from signing.uploaded.outcome import UploadedSignature, dump, load
from signing.worker import Limits
from tests.signing.office import TODAY, Office
from tests.signing.test_sandbox import nested, table_bomb
from tests.signing.uploaded.bench import Bench
from tests.signing.uploaded.cheats import CHEATS

STRANGE = "tests.signing.uploaded.strange_child:Strange"
SMALL = 1 << 20


@pytest.fixture(scope="module")
def bench(office: Office) -> Bench:
    return Bench(office)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=Limits(file_bytes=SMALL)) as box:
        yield box


def ask(sandbox: Sandbox, bench: Bench, uploaded: bytes) -> UploadedSignature:
    return ask_upload(
        sandbox,
        bench.frozen,
        uploaded,
        field=OFFICER_FIELD,
        certificate=bench.certificate,
        at=TODAY,
    )


def test_the_child_says_what_the_checks_say(sandbox: Sandbox, bench: Bench) -> None:
    found = ask(sandbox, bench, bench.signed)
    assert (found.level, found.certifies) == ("B-B", True)


@pytest.mark.parametrize("name", ["another document", "two signatures", "by somebody else"])
def test_a_refusal_comes_back_as_itself(sandbox: Sandbox, bench: Bench, name: str) -> None:
    make, refusal = CHEATS[name]
    with pytest.raises(refusal):
        ask(sandbox, bench, make(bench))


def test_a_file_over_the_limit_is_not_even_sent(sandbox: Sandbox, bench: Bench) -> None:
    with pytest.raises(errors.UploadTooLargeError, match="1"):
        ask(sandbox, bench, bench.frozen + bytes(SMALL))


@pytest.mark.parametrize("bomb", [nested(20_000), table_bomb(3_000_000)])
def test_a_bomb_is_refused_and_the_sandbox_lives_on(
    sandbox: Sandbox, bench: Bench, bomb: bytes
) -> None:
    with pytest.raises(UploadRefusedError):
        ask(sandbox, bench, bench.frozen + bomb)
    assert ask(sandbox, bench, bench.signed).certifies


def test_verdicts_and_uploads_share_a_sandbox(sandbox: Sandbox, bench: Bench) -> None:
    def judge() -> str:
        report = sandbox.verify(
            bench.signed, policy=INTEGRITY, trust=TrustStore(anchors=()), at=TODAY
        )
        return report.verdict.value

    assert (judge(), ask(sandbox, bench, bench.signed).level, judge()) == (
        "passed",
        "B-B",
        "passed",
    )


def test_an_unfit_certificate_is_refused_before_anything_is_sent(
    sandbox: Sandbox, office: Office
) -> None:
    with pytest.raises(KeyRefusedError):
        ask_upload(
            sandbox, b"", b"", field="x", certificate=office.key("expired").certificate, at=TODAY
        )


GOOD = dump(
    UploadedSignature(
        raw_signature=b"1",
        mechanism="rsa-pkcs1/sha256",
        claimed_time=TODAY,
        has_time_stamp=False,
        level="B-B",
        certifies=True,
    )
)


def altered(**values: object) -> bytes:
    return json.dumps({**json.loads(GOOD), **values}).encode()


LIES = [
    b"die",
    b"sleep",
    b"",
    b"{}",
    b"[]",
    b"[" * 50_000,
    altered(raw_signature=""),
    altered(raw_signature="A" * 9000),
    altered(raw_signature=7),
    altered(level="B-LTA"),
    altered(certifies=1),
    altered(claimed_time="2026-01-01T00:00:00"),
    altered(mechanism="x" * 60),
    json.dumps({"refused": "no_such_code", "facts": {}}).encode(),
    json.dumps({"refused": "upload_not_pdf", "facts": {"more": "x"}}).encode(),
]


def test_an_answer_of_another_shape_is_no_answer(bench: Bench) -> None:
    limits = Limits(wall_seconds=2.0)
    with Sandbox(entry=STRANGE, limits=limits) as box:
        for lie in LIES:
            with pytest.raises(errors.UploadUnreadableError):
                ask(box, bench, lie)


def test_a_child_that_accepts_another_document_is_not_believed(bench: Bench) -> None:
    """The parent compares the first bytes itself."""
    with Sandbox(entry=STRANGE) as box, pytest.raises(errors.UploadUnreadableError):
        ask(box, bench, GOOD)


def test_what_was_said_is_said_again_by_the_parent() -> None:
    assert load(GOOD).claimed_time == TODAY
    told = errors.OtherSignerError(name="Ai\x00 đó\n" + "x" * 500, serial="7", expected="B")
    with pytest.raises(errors.OtherSignerError) as caught:
        load(dump(told))
    assert caught.value.facts == told.facts
    assert len(told.facts["name"]) == 200
    assert told.facts["name"].startswith("Ai đó x")


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_refusal_says_what_to_do(code: str) -> None:
    assert code.startswith("upload_")
    assert "Việc cần làm: " in REFUSALS[code].template
