"""Time stamps from services that answer, lie, sleep or are dead; real sockets, real threads."""

import asyncio
import fcntl
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import cms

from signing.completing import Level, complete_signature
from signing.errors import TimestampFailure, TimestampUnavailableError
from signing.mechanism import Digest
from signing.policy import OFFICIAL
from signing.request import SignatureKind
from signing.services import TrustServices, open_session
from signing.slots import slot
from signing.timestamps import TimestampService
from signing.verify import verify
from tests.signing.office import SIGNED_AT, Office
from tests.signing.stamping_services import StampingServices, stamping

DATA = b"chu ky"
DEAD = TimestampService(url="http://127.0.0.1:9/", name="dead", tries=2, pause_s=0.01)


@pytest.fixture
def services(office: Office) -> Iterator[StampingServices]:
    with stamping(office, SIGNED_AT) as running:
        yield running


def trust(office: Office, *asked: TimestampService, **changes: object) -> TrustServices:
    """Those services under the office's anchor."""
    return replace(office.services(SIGNED_AT), proxy=None, timestamps=asked, **changes)


async def stamped(whom: TrustServices, digest: Digest = Digest.SHA256) -> cms.ContentInfo:
    async with open_session(whom, at=SIGNED_AT) as session:
        return await session.time_stamp(digest.of(DATA), digest)


def info_of(token: cms.ContentInfo) -> dict[str, object]:
    found: dict[str, object] = token["content"]["encap_content_info"]["content"].parsed.native
    return found


def failures(whom: TrustServices) -> tuple[TimestampFailure, ...]:
    with pytest.raises(TimestampUnavailableError) as refused:
        asyncio.run(stamped(whom))
    assert refused.value.transient
    return refused.value.failures


@pytest.mark.parametrize("digest", list(Digest))
def test_an_honest_service_stamps_each_hash(
    office: Office, services: StampingServices, digest: Digest
) -> None:
    token = asyncio.run(stamped(trust(office, services.service("honest")), digest))
    imprint = info_of(token)["message_imprint"]
    assert imprint["hash_algorithm"]["algorithm"] == digest.value  # type: ignore[index]
    assert imprint["hashed_message"] == digest.of(DATA)  # type: ignore[index]
    assert info_of(token)["gen_time"] == SIGNED_AT


@pytest.mark.parametrize(
    ("name", "code", "asked"),
    [
        ("late", "too_slow", 2),
        ("other_imprint", "wrong_imprint", 1),
        ("other_hash", "wrong_imprint", 1),
        ("other_nonce", "wrong_nonce", 1),
        ("no_nonce", "wrong_nonce", 1),
        ("no_usage", "wrong_usage", 1),
        ("stranger", "untrusted", 1),
        ("forged", "wrong_signature", 1),
        ("yesterday", "wrong_time", 1),
        ("tomorrow", "wrong_time", 1),
        ("garbage", "unreadable", 2),
        ("empty", "unreadable", 2),
        ("trailing", "unreadable", 2),
        ("huge", "too_large", 1),
        ("refusing", "refused", 1),
        ("broken", "http_status", 2),
        ("gone", "http_status", 1),
    ],
)
def test_each_way_to_fail_is_refused_with_its_own_reason(
    office: Office, services: StampingServices, name: str, code: str, asked: int
) -> None:
    """What passes by itself is asked again; what lies or refuses is not."""
    patience = {"timeout_s": 0.2} if name == "late" else {}
    (failure,) = failures(trust(office, services.service(name, **patience)))
    assert (failure.service, failure.code, failure.url) == (
        name,
        code,
        f"{services.address}/{name}",
    )
    assert services.answers.asked[name] == asked


def test_no_answer_leads_to_another_address(office: Office, services: StampingServices) -> None:
    (failure,) = failures(trust(office, services.service("elsewhere")))
    assert failure.code == "http_status"
    assert services.answers.asked["honest"] == 0


@pytest.mark.parametrize("name", ["stumbling", "moody"])
def test_a_fault_that_passes_costs_one_more_try(
    office: Office, services: StampingServices, name: str
) -> None:
    asyncio.run(stamped(trust(office, services.service(name))))
    assert services.answers.asked[name] == 2


def test_clocks_that_differ_by_minutes_are_borne(
    office: Office, services: StampingServices
) -> None:
    token = asyncio.run(stamped(trust(office, services.service("a_little_off"))))
    assert info_of(token)["gen_time"] == SIGNED_AT - timedelta(minutes=4)


def test_a_lying_clock_is_named_with_both_times(office: Office, services: StampingServices) -> None:
    (failure,) = failures(trust(office, services.service("tomorrow")))
    assert "06:54:00 22/09/2022" in failure.sentence
    assert "06:54:00 21/09/2022" in failure.sentence


def test_the_next_service_is_asked_where_one_fails(
    office: Office, services: StampingServices
) -> None:
    chain = (DEAD, services.service("other_nonce"), services.service("honest"))
    asyncio.run(stamped(trust(office, *chain)))
    assert services.answers.asked == {"other_nonce": 1, "honest": 1}


def test_the_first_service_that_answers_is_the_only_one_asked(
    office: Office, services: StampingServices
) -> None:
    asyncio.run(stamped(trust(office, services.service("honest"), services.service("busy"))))
    assert services.answers.asked == {"honest": 1}


def test_where_all_fail_each_is_named_with_its_own_reason(
    office: Office, services: StampingServices
) -> None:
    whom = trust(
        office, DEAD, services.service("late", timeout_s=0.2), services.service("no_usage")
    )
    with pytest.raises(TimestampUnavailableError) as refused:
        asyncio.run(stamped(whom))
    said = refused.value.diagnosis()
    assert "dead: không kết nối được" in said
    assert "late: không trả lời trong 0.2 giây" in said
    assert "no_usage: chứng thư của máy chủ không được cấp để đóng dấu thời gian" in said
    assert "Việc cần làm" in said


def test_without_services_nobody_is_asked(office: Office) -> None:
    assert failures(trust(office)) == ()


def test_a_signature_is_completed_by_the_second_service(office: Office) -> None:
    prepared = office.prepare(office.fielded, "officer", SignatureKind.OFFICER, SIGNED_AT)
    raw = office.key("officer").sign(prepared.signed_attributes)
    (good,) = office.services(SIGNED_AT).timestamps
    whom = replace(office.services(SIGNED_AT), timestamps=(replace(good, url=f"{good.url}x"), good))
    pdf = complete_signature(prepared, raw, services=whom, at=SIGNED_AT, level=Level.B_LT)
    report = verify(pdf, name="x", policy=OFFICIAL, trust=office.trust, at=SIGNED_AT)
    assert [(one.level, one.verdict.value) for one in report.signatures] == [("B-LT", "passed")]


@pytest.mark.parametrize("at_most", [1, 3])
def test_no_more_calls_at_once_than_the_service_allows(
    office: Office, services: StampingServices, at_most: int
) -> None:
    whom = trust(office, services.service("busy", at_most=at_most, timeout_s=10))
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: asyncio.run(stamped(whom)), range(6)))
    assert len({info_of(one)["nonce"] for one in made}) == 6
    assert services.answers.most_at_once == at_most


def test_whoever_waits_too_long_for_a_place_goes_to_the_next_service(
    office: Office, services: StampingServices, tmp_path: Path
) -> None:
    crowded = services.service("honest", at_most=1, timeout_s=0.5)
    whom = trust(office, crowded, services.service("a_little_off"), slots=tmp_path)

    async def crowd() -> None:
        async with slot(crowded.url, at_most=1, wait_s=1, folder=tmp_path):
            await stamped(whom)

    asyncio.run(crowd())
    assert services.answers.asked == {"a_little_off": 1}
    asyncio.run(stamped(whom))
    assert services.answers.asked["honest"] == 1


_HOLDER = """
import fcntl, sys
with open(sys.argv[1], "rb+") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.read()
"""


def test_other_processes_of_the_office_count_and_a_dead_one_does_not(tmp_path: Path) -> None:
    url = "http://tsa.example/"

    async def free() -> bool:
        try:
            async with slot(url, at_most=1, wait_s=0.1, folder=tmp_path):
                return True
        except TimeoutError:
            return False

    assert asyncio.run(free())
    (lock,) = tmp_path.iterdir()
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert not asyncio.run(free())
        other.kill()
        other.wait()
        assert asyncio.run(free())
    with lock.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_folder_that_cannot_be_used_costs_no_time_stamp(
    office: Office,
    services: StampingServices,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "slots").write_text("no folder")
    asyncio.run(stamped(trust(office, services.service("honest"), slots=tmp_path / "slots")))
    assert "counted in this process alone" in caplog.text
