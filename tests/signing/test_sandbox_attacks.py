"""A file that takes its process over harms neither the parent nor any other file's report."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from signing.outcome import VerificationReport
from signing.policy import INTEGRITY, OFFICIAL, VerificationPolicy
from signing.sandbox import Sandbox
from signing.trust import HolderKind, RegisteredHolder, TrustStore
from signing.verdict import Verdict
from signing.worker import Limits
from tests.signing.office import TODAY, Office, sha256_hex, unsigned_directive
from tests.signing.taken_over import NO_REPORTS

ENTRY = "tests.signing.taken_over:TakenOver"


def judged(
    box: Sandbox,
    data: bytes,
    *,
    name: str = "x",
    policy: VerificationPolicy = INTEGRITY,
    trust: TrustStore | None = None,
    at: datetime = TODAY,
) -> VerificationReport:
    return box.verify(data, name=name, policy=policy, trust=trust or TrustStore(), at=at)


def codes(report: VerificationReport) -> list[str]:
    return [one.code for one in report.findings]


def children(of: int | None = None) -> list[int]:
    """Processes that judge, of us or of another."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            command = (path.parent / "cmdline").read_bytes()
        except OSError:
            continue  # gone meanwhile
        if parent == (of or os.getpid()) and b"signing.worker" in command:
            found.append(int(path.parent.name))
    return found


@pytest.fixture
def started() -> Callable[[], list[int]]:
    """Which of them were started by this test."""
    before = set(children())
    return lambda: sorted(set(children()) - before)


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(entry=ENTRY) as opened:
        yield opened


@pytest.mark.parametrize("word", NO_REPORTS)
def test_an_answer_that_is_no_report_of_this_question_is_refused(box: Sandbox, word: str) -> None:
    report = judged(box, word.encode())
    assert report.verdict is Verdict.UNREADABLE
    assert codes(report) == ["report_refused"]
    assert report.sha256_hex == sha256_hex(word.encode())


def test_an_answer_in_order_is_taken_with_the_callers_name(box: Sandbox) -> None:
    report = judged(box, b"honest", name="công văn.pdf")
    assert (codes(report), report.name) == ([], "công văn.pdf")


def test_name_and_digest_are_never_what_the_process_says(box: Sandbox) -> None:
    report = judged(box, b"lying-digest", name="x")
    assert (report.name, report.sha256_hex) == ("x", sha256_hex(b"lying-digest"))


def test_what_a_library_prints_is_no_answer(box: Sandbox) -> None:
    assert codes(judged(box, b"print-first")) == []


def test_a_second_answer_is_never_taken_for_the_next_files(box: Sandbox) -> None:
    assert codes(judged(box, b"answer-twice")) == []
    time.sleep(0.2)
    unsigned = unsigned_directive()
    after = judged(box, unsigned)
    assert (codes(after), after.sha256_hex) == (["unsigned"], sha256_hex(unsigned))


def test_the_process_sees_nothing_of_our_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRINHKY_SECRET", "246810")
    with Sandbox(entry=ENTRY) as box:
        (told,) = judged(box, b"secrets").findings
    assert "TRINHKY_SECRET" not in told.message


@pytest.mark.parametrize(
    ("word", "limits", "code"),
    [
        (b"grow", Limits(memory_bytes=400 << 20), "resource_limit"),
        (b"spin", Limits(cpu_seconds=1), "resource_limit"),
        (b"spin", Limits(wall_seconds=0.5), "time_limit"),
        (b"sleep", Limits(wall_seconds=0.5), "time_limit"),
        (b"kill", Limits(), "resource_limit"),
        (b"end", Limits(), "judge_ended"),
        (b"fall-silent", Limits(), "report_refused"),
    ],
    ids=lambda value: value.decode() if isinstance(value, bytes) else None,
)
def test_a_process_that_goes_astray_is_an_answer_and_is_replaced(
    word: bytes, limits: Limits, code: str, started: Callable[[], list[int]]
) -> None:
    with Sandbox(entry=ENTRY, limits=limits) as box:
        before = judged(box, b"honest")
        old = started()
        report = judged(box, word)
        assert report.verdict is Verdict.UNREADABLE
        assert codes(report) == [code]
        assert codes(judged(box, b"honest")) == codes(before) == []
        assert set(old).isdisjoint(started())
    assert started() == []


def test_a_process_that_does_not_read_holds_nobody_up() -> None:
    limits = Limits(wall_seconds=0.5)
    with Sandbox(entry="tests.signing.taken_over:Deaf", limits=limits) as box:
        began = time.monotonic()
        report = judged(box, bytes(8 << 20))
        assert codes(report) == ["time_limit"]
        assert time.monotonic() - began < 5


def test_memory_that_files_leave_behind_is_never_the_next_files_fault(
    started: Callable[[], list[int]],
) -> None:
    with Sandbox(entry=ENTRY, limits=Limits(memory_bytes=400 << 20)) as box:
        assert codes(judged(box, b"honest")) == []
        first = started()
        assert codes(judged(box, b"honest")) == []
        assert started() == first
        for _ in range(4):
            assert codes(judged(box, b"hoard")) == []
        assert started() != first


def test_a_kill_from_outside_in_the_middle_is_an_answer(started: Callable[[], list[int]]) -> None:
    with Sandbox(entry=ENTRY, warm=True) as box, ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(judged, box, b"sleep")
        (child,) = started()
        time.sleep(0.3)
        os.kill(child, signal.SIGKILL)
        assert codes(waiting.result(timeout=5)) == ["resource_limit"]


def test_a_process_killed_while_idle_is_not_the_next_files_fault(
    started: Callable[[], list[int]],
) -> None:
    with Sandbox(entry=ENTRY) as box:
        assert codes(judged(box, b"honest")) == []
        (child,) = started()
        os.kill(child, signal.SIGKILL)
        time.sleep(0.1)
        assert codes(judged(box, b"honest")) == []
        assert started() != [child]


def test_eight_threads_with_good_and_killing_files_get_each_their_own_report(
    office: Office, started: Callable[[], list[int]]
) -> None:
    wall = Limits(wall_seconds=8, cpu_seconds=8)
    good = [office.archived, office.officer_only, unsigned_directive()]
    bad = [b"kill", b"end", b"no-json", b"answer-twice", b"other-file"]
    files = [
        (f"{number}", (bad if number % 2 else good)[number // 2 % (5 if number % 2 else 3)])
        for number in range(64)
    ]
    # Each file differs from all others, so that a report can belong to one alone.
    files = [(name, data + b" " * int(name)) for name, data in files]
    with (
        Sandbox(entry=ENTRY, processes=3, limits=wall) as box,
        ThreadPoolExecutor(8) as threads,
    ):
        reports = list(threads.map(lambda file: judged(box, file[1], name=file[0]), files))
    assert [one.name for one in reports] == [name for name, _ in files]
    assert [one.sha256_hex for one in reports] == [sha256_hex(data) for _, data in files]
    for (_, data), report in zip(files, reports, strict=True):
        blamed = set(codes(report)) & {"report_refused", "resource_limit", "judge_ended"}
        honest = data.startswith((b"%PDF", b"answer-twice"))
        assert bool(blamed) is not honest
    assert started() == []


def test_a_report_is_the_same_before_and_after_a_hostile_file(office: Office) -> None:
    def report(box: Sandbox) -> VerificationReport:
        found = judged(box, office.archived, policy=OFFICIAL, trust=office.trust)
        return replace(found, milliseconds=0.0)

    with Sandbox(entry=ENTRY) as box:
        first = report(box)
        for word in (b"no-json", b"honest", b"answer-twice"):
            judged(box, word)
            assert report(box) == first
    with Sandbox() as fresh:
        assert report(fresh) == first


def test_another_setting_holds_from_the_next_file_on(office: Office) -> None:
    registered: dict[str, RegisteredHolder] = {}
    trust = replace(office.trust, registered=registered)
    with Sandbox() as box:
        before = judged(box, office.archived, policy=OFFICIAL, trust=trust)
        fingerprint = office.key("officer").certificate.facts.sha256_hex
        registered[fingerprint] = RegisteredHolder(kind=HolderKind.OFFICER, name="Người Khác")
        after = judged(box, office.archived, policy=OFFICIAL, trust=trust)
        nobody = judged(box, office.archived, policy=OFFICIAL)
    found = [
        {one.code for part in report.signatures for one in part.findings}
        for report in (before, after, nobody)
    ]
    assert "registered" not in found[0]
    assert "registered" in found[1]
    assert "issuer_unknown" in found[2]


def test_a_warm_sandbox_has_its_processes_before_the_first_file(
    started: Callable[[], list[int]],
) -> None:
    with Sandbox(processes=2, warm=True):
        assert len(started()) == 2
    with Sandbox(processes=2):
        assert started() == []


def test_where_no_process_can_be_started_the_report_says_so_and_the_next_file_is_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Sandbox(entry=ENTRY) as box:
        with monkeypatch.context() as broken:
            broken.setattr(sys, "executable", "/nowhere/python")
            assert codes(judged(box, b"honest")) == ["judge_ended"]
        assert codes(judged(box, b"honest")) == []


def test_who_waits_for_a_sandbox_that_closes_is_turned_away(
    started: Callable[[], list[int]],
) -> None:
    box = Sandbox(entry=ENTRY, limits=Limits(wall_seconds=1))
    refused = threading.Event()

    def wait() -> None:
        try:
            judged(box, b"honest")
        except RuntimeError:
            refused.set()

    with ThreadPoolExecutor(2) as threads:
        at_work = threads.submit(judged, box, b"sleep")
        time.sleep(0.2)
        closing = threading.Thread(target=box.close)
        closing.start()
        time.sleep(0.2)
        threads.submit(wait)
        assert codes(at_work.result(timeout=5)) == ["time_limit"]
        closing.join(timeout=5)
    assert refused.is_set()
    assert started() == []


def test_who_only_hands_files_to_the_sandbox_loads_no_judge() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, signing.sandbox; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.partition(".")[0] for name in told.stdout.split()}
    assert loaded.isdisjoint({"pyhanko", "pyhanko_certvalidator", "asn1crypto", "cryptography"})
    assert "signing" in loaded


ORPHAN = """
from datetime import UTC, datetime
from signing.policy import INTEGRITY
from signing.sandbox import Sandbox
from signing.trust import TrustStore
from signing.worker import Limits
box = Sandbox(entry="tests.signing.taken_over:TakenOver", limits=Limits(wall_seconds=1))
at = datetime(2026, 11, 25, 3, tzinfo=UTC)
box.verify(b"honest", policy=INTEGRITY, trust=TrustStore(), at=at)
print("ready", flush=True)
box.verify(b"sleep", policy=INTEGRITY, trust=TrustStore(), at=at)
"""


def lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_parent_that_was_killed_leaves_no_process_behind() -> None:
    with subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        (child,) = children(parent.pid)
        time.sleep(0.5)
        parent.kill()
    assert lives(child)
    deadline = time.monotonic() + 15
    while lives(child) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not lives(child)
