"""Missing evidence is fetched from allowed hosts only, against a real responder on this machine."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from signing.gathering import AnswerCache, gather, judge_online
from signing.judge.part import FileEvidence
from signing.online import OnlinePolicy
from signing.outcome import VerificationReport
from signing.policy import OFFICIAL
from signing.report.json import to_json
from signing.sandbox import Sandbox
from signing.transport import dump_report, load_report
from signing.trust import Anchor, TrustStore
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing import makers
from tests.signing.attacks import letter
from tests.signing.judge_crypto.makers import Maker, make_token, stamped
from tests.signing.judge_crypto.pki import (
    TIME_STAMPING,
    WEEK,
    Holder,
    Plan,
    Struck,
    answer,
    make_root,
    revocation_list,
)

T = datetime(2026, 5, 6, 7, 8, tzinfo=UTC)
ROOT = make_root(Plan("Gốc", kind="rsa:root", ocsp_url="", crl_url="").authority_of())
TRUST = TrustStore(anchors=(Anchor(der=ROOT.der, test_only=True),))


@dataclass
class Responder:
    """A running server: what it answers, and what it was asked."""

    port: int = 0
    ocsp: bytes = b""
    crl: bytes = b""
    asked: list[str] = field(default_factory=list)

    def issue(self) -> Holder:
        """An officer whose certificate names this server."""
        base = f"http://127.0.0.1:{self.port}"
        plan = Plan("Người ký", kind="rsa:officer", ocsp_url=f"{base}/ocsp", crl_url=f"{base}/crl")
        return ROOT.issue(plan)

    @property
    def policy(self) -> OnlinePolicy:
        """Allows this server."""
        return OnlinePolicy(
            hosts=frozenset({("127.0.0.1", self.port)}),
            timeout_s=2,
            dangerous_allow_loopback=True,
        )


@pytest.fixture
def responder() -> Iterator[Responder]:
    state = Responder()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(state.crl)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._say(state.ocsp)

        def _say(self, body: bytes) -> None:
            state.asked.append(self.path)
            self.send_response(200 if body else 404)
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield state
        server.shutdown()


@dataclass
class _By:
    holder: Holder
    stamps: Holder | None

    def sign(self, data: bytes) -> bytes:
        holder = self.holder
        maker = Maker(kind=holder.kind, certificate=holder.der, signed_content=data)
        return maker.der() if self.stamps is None else stamped(maker, self._token)

    def _token(self, imprinted: bytes) -> bytes:
        assert self.stamps is not None
        return make_token(imprinted, T, kind=self.stamps.kind, certificate=self.stamps.der)


def signed_by(holder: Holder, stamps: Holder | None = None) -> bytes:
    pdf = letter.unsigned()
    value = makers.next_number(pdf)
    written = {
        letter.OFFICER: letter.officer(b"/V %d 0 R/AP<</N %d 0 R>>" % (value, value + 1)),
        value + 1: letter.look(b"Officer"),
        value: makers.signature_dictionary(subfilter=b"ETSI.CAdES.detached"),
    }
    return makers.fill(makers.revise(pdf, written, trailer=letter.TRAILER), _By(holder, stamps))


def judging(
    holder: Holder, stamps: Holder | None = None
) -> Callable[[FileEvidence | None], VerificationReport]:
    pdf = signed_by(holder, stamps)

    def judge(extra: FileEvidence | None) -> VerificationReport:
        return verify(pdf, name="x.pdf", policy=OFFICIAL, trust=TRUST, at=T, extra=extra)

    return judge


def online(holder: Holder, policy: OnlinePolicy | None) -> VerificationReport:
    return judge_online(judging(holder), policy, AnswerCache())[0]


def codes(report: VerificationReport) -> set[str]:
    return {one.code for one in report.signatures[0].findings}


def test_missing_evidence_is_named_with_its_addresses_and_never_shown(
    responder: Responder,
) -> None:
    officer = responder.issue()
    report = judging(officer)(None)
    (need,) = report.needs
    assert (need.certificate, need.issuer) == (officer.der, ROOT.der)
    assert need.ocsp_urls == (f"http://127.0.0.1:{responder.port}/ocsp",)
    assert need.crl_urls == (f"http://127.0.0.1:{responder.port}/crl",)
    assert load_report(dump_report(report)) == report
    assert "needs" not in to_json(report)


def test_the_judge_in_its_process_says_what_is_missing_and_takes_what_was_fetched(
    responder: Responder,
) -> None:
    officer = responder.issue()
    responder.ocsp = answer(ROOT, officer, T)
    pdf = signed_by(officer)
    with Sandbox() as sandbox:

        def judge(extra: FileEvidence | None) -> VerificationReport:
            return sandbox.verify(pdf, policy=OFFICIAL, trust=TRUST, at=T, extra=extra)

        report, extra = judge_online(judge, responder.policy, AnswerCache())
    assert report.verdict is Verdict.PASSED
    assert extra == FileEvidence(ocsps=(responder.ocsp,))


def test_nothing_is_asked_by_default_or_where_another_host_is_allowed(
    responder: Responder,
) -> None:
    officer = responder.issue()
    responder.ocsp = answer(ROOT, officer, T)
    other = replace(responder.policy, hosts=frozenset({("ocsp.example", 80)}))
    for policy in (None, OnlinePolicy(), other):
        report = online(officer, policy)
        assert report.verdict is Verdict.INDETERMINATE
        assert "evidence_missing" in codes(report)
    assert responder.asked == []


def test_a_good_answer_makes_it_pass(responder: Responder) -> None:
    officer = responder.issue()
    responder.ocsp = answer(ROOT, officer, T)
    assert online(officer, responder.policy).verdict is Verdict.PASSED
    assert responder.asked == ["/ocsp"]


def test_where_no_responder_answers_the_list_is_taken(responder: Responder) -> None:
    officer = responder.issue()
    responder.crl = revocation_list(ROOT, T)
    assert online(officer, responder.policy).verdict is Verdict.PASSED
    assert responder.asked == ["/ocsp", "/crl"]


@pytest.mark.parametrize("by_list", [False, True])
def test_a_revoked_certificate_fails(
    responder: Responder,
    by_list: bool,  # noqa: FBT001 (a table)
) -> None:
    officer, since = responder.issue(), T - timedelta(days=1)
    stamps = ROOT.issue(
        Plan(
            "Dấu thời gian",
            kind="secp256r1:stamps",
            usages=("digital_signature",),
            purposes=(TIME_STAMPING,),
            crl_url=f"http://127.0.0.1:{responder.port}/crl",
        )
    )
    responder.crl = revocation_list(ROOT, T, *([Struck(officer, since)] if by_list else []))
    responder.ocsp = b"" if by_list else answer(ROOT, officer, T, revoked_at=since)
    report, _ = judge_online(judging(officer, stamps), responder.policy, AnswerCache())
    assert report.verdict is Verdict.FAILED
    assert "certificate_revoked" in codes(report)
    # Without a time stamp nobody knows whether it was signed before: not passed, not failed.
    unproven = online(officer, responder.policy)
    assert "revoked_time_unproven" in codes(unproven)


def _of_another(officer: Holder) -> bytes:
    del officer
    return answer(ROOT, ROOT.issue(Plan("Người khác")), T)


def _of_an_impostor(officer: Holder) -> bytes:
    alike = make_root(Plan("Gốc", kind="rsa:impostor").authority_of())
    return answer(alike, officer, T)


def _of_an_impostor_naming_the_issuer(officer: Holder) -> bytes:
    whole = answer(ROOT, officer, T)
    return whole[:-1] + bytes([whole[-1] ^ 1])


def _stale(officer: Holder) -> bytes:
    return answer(ROOT, officer, T - 2 * WEEK)


def _garbage(officer: Holder) -> bytes:
    return officer.der


@pytest.mark.parametrize(
    "lie", [_of_another, _of_an_impostor, _of_an_impostor_naming_the_issuer, _stale, _garbage]
)
def test_a_lying_answer_changes_nothing(
    responder: Responder, lie: Callable[[Holder], bytes]
) -> None:
    officer = responder.issue()
    responder.ocsp = responder.crl = lie(officer)
    before = judging(officer)(None)
    after, extra = judge_online(judging(officer), responder.policy, AnswerCache())
    assert responder.asked == ["/ocsp", "/crl"]
    assert extra is None
    assert (after.verdict, codes(after)) == (before.verdict, codes(before))


def test_no_more_is_asked_than_allowed_for_one_file(responder: Responder) -> None:
    needs = [judging(responder.issue())(None).needs[0] for _ in range(3)]
    policy = replace(responder.policy, requests=4)
    assert gather(needs, policy, AnswerCache(), at=T) == FileEvidence()
    assert len(responder.asked) == 4


def test_an_answer_is_kept_until_the_next_one_is_due(responder: Responder) -> None:
    officer = responder.issue()
    needs, cache = judging(officer)(None).needs, AnswerCache()
    responder.ocsp = answer(ROOT, officer, T)
    kept = FileEvidence(ocsps=(responder.ocsp,))
    assert gather(needs, responder.policy, cache, at=T) == kept
    assert gather(needs, responder.policy, cache, at=T + timedelta(days=6)) == kept
    assert responder.asked == ["/ocsp"]
    gather(needs, responder.policy, cache, at=T + timedelta(days=8))
    assert responder.asked == ["/ocsp", "/ocsp", "/crl"]


def test_the_cache_holds_no_more_than_its_bound() -> None:
    cache = AnswerCache(most=2)
    for name in "abc":
        cache.put((name, b""), b"x")
    assert [cache.get((name, b"")) for name in "abc"] == [None, b"x", b"x"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:x/", "http://[::1", "ldap://a/b", "", "\x7f"])
def test_a_strange_address_is_no_evidence(responder: Responder, url: str) -> None:
    need = judging(responder.issue())(None).needs[0]
    strange = replace(need, ocsp_urls=(url,), crl_urls=(url,))
    assert gather((strange,), responder.policy, AnswerCache(), at=T) == FileEvidence()
    assert responder.asked == []


def test_a_host_that_never_answers_is_not_waited_for_beyond_the_whole_time(
    responder: Responder,
) -> None:
    need = judging(responder.issue())(None).needs[0]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        slow = replace(need, ocsp_urls=(f"http://127.0.0.1:{port}/",) * 4)
        policy = replace(responder.policy, hosts=frozenset({("127.0.0.1", port)}), total_s=0.3)
        started = time.monotonic()
        assert gather((slow,), policy, AnswerCache(), at=T) == FileEvidence()
    assert 0.2 < time.monotonic() - started < 1.5
