"""{good, expired, revoked, wrong usage, weak, wrong person, ...} by level, as the steps judge it.

Each case is judged twice, by chains of our own and by the library's; our own never says less bad.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from typing_extensions import override

from signing.certificates import read_facts
from signing.judge.answers import ChainAnswer, Chains
from signing.judge.crypto.cms import read_message
from signing.judge.crypto.mathematics import CADES, STAMP, judge_message
from signing.judge.crypto.paths import OwnChains
from signing.judge.part import FileEvidence, SignedMessage, SignedPart
from signing.judge.signer import judge_registration, judge_signer
from signing.judge.times import StampedRevision, judge_stamp, prove_time
from signing.library.chain import LibraryChains
from signing.names import OFFICER_FIELD
from signing.policy import OFFICIAL
from signing.trust import Anchor, HolderKind, RegisteredHolder, TrustStore
from signing.verdict import Finding, Verdict, worst
from tests.signing.judge_crypto.makers import (
    CONTENT,
    Maker,
    digest_of,
    make_token,
    signature_of,
    stamped,
)
from tests.signing.judge_crypto.pki import (
    Authority,
    Holder,
    Plan,
    Struck,
    answer,
    make_root,
    revocation_list,
)

SIGNED = datetime(2024, 5, 6, 7, 8, tzinfo=UTC)
ARCHIVED = SIGNED + timedelta(days=1)
TODAY = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
PASSED, UNSURE, FAILED = Verdict.PASSED, Verdict.INDETERMINATE, Verdict.FAILED
CA = Authority.make()
PERSON = Plan("Trần Trung Hiếu", kind="rsa:officer")


@dataclass(frozen=True)
class Case:
    """One kind of signer, and what becomes of him by level."""

    verdicts: tuple[Verdict, Verdict, Verdict, Verdict]
    signer: Holder = field(default_factory=lambda: CA.issuing.issue(PERSON))
    revoked_at: datetime | None = None
    anchors: tuple[bytes, ...] = (CA.root.der,)
    registered: Callable[[Holder], dict[str, RegisteredHolder]] = lambda _: {}
    judged: datetime = SIGNED + timedelta(days=2)
    code: str = ""
    """Of a finding that must be there at B-LT."""


def officer(holder: Holder, name: str = "Trần Trung Hiếu") -> dict[str, RegisteredHolder]:
    facts = read_facts(holder.der)
    return {facts.sha256_hex: RegisteredHolder(kind=HolderKind.OFFICER, name=name)}


def another_person(_: Holder) -> dict[str, RegisteredHolder]:
    """The office knows another certificate under this name."""
    return officer(CA.issuing.issue(replace(PERSON, kind="rsa:real")))


def agency(holder: Holder) -> dict[str, RegisteredHolder]:
    facts = read_facts(holder.der)
    named = RegisteredHolder(kind=HolderKind.ORGANISATION, name="Ban Tuyên giáo")
    return {facts.sha256_hex: named}


def ended(holder: Holder, *, days: int) -> dict[str, RegisteredHolder]:
    """The office accepts it until so many days from the day of signing."""
    until = SIGNED.date() + timedelta(days=days)
    return {key: replace(one, until=until) for key, one in officer(holder).items()}


STRANGERS = make_root(Plan("Gốc lạ", kind="rsa:impostor").authority_of())
CASES = {
    "good": Case((PASSED, PASSED, PASSED, PASSED), code="chain_trusted"),
    "good and registered": Case(
        (PASSED, PASSED, PASSED, PASSED), registered=officer, code="registered"
    ),
    "expired before": Case(
        (UNSURE, FAILED, FAILED, FAILED),
        signer=CA.issuing.issue(replace(PERSON, until=SIGNED - timedelta(days=9))),
        code="certificate_expired",
    ),
    "revoked before": Case(
        (UNSURE, FAILED, FAILED, FAILED),
        revoked_at=SIGNED - timedelta(days=9),
        code="certificate_revoked",
    ),
    "revoked afterwards": Case(
        (UNSURE, PASSED, PASSED, PASSED),
        revoked_at=SIGNED + timedelta(hours=30),
        code="chain_trusted",
    ),
    "wrong usage": Case(
        (FAILED, FAILED, FAILED, FAILED),
        signer=CA.issuing.issue(replace(PERSON, usages=("key_encipherment",))),
        code="wrong_key_usage",
    ),
    "weak": Case(
        (UNSURE, UNSURE, UNSURE, UNSURE),
        signer=CA.issuing.issue(replace(PERSON, kind="rsa1024")),
        code="short_key",
    ),
    "wrong person": Case(
        (FAILED, FAILED, FAILED, FAILED), registered=another_person, code="registered_to_other"
    ),
    "wrong agency": Case(
        (FAILED, FAILED, FAILED, FAILED), registered=agency, code="registered_to_other"
    ),
    "token lost before": Case(
        (UNSURE, FAILED, FAILED, FAILED),
        registered=partial(ended, days=-1),
        code="registration_ended",
    ),
    "token lost that day": Case(
        (UNSURE, PASSED, PASSED, PASSED), registered=partial(ended, days=0), code="registered"
    ),
    "officer leaves later": Case(
        (PASSED, PASSED, PASSED, PASSED), registered=partial(ended, days=30), code="registered"
    ),
    "unknown root": Case(
        (UNSURE, UNSURE, UNSURE, UNSURE), anchors=(STRANGERS.der,), code="issuer_unknown"
    ),
    # Years later, all with the evidence of then. Only an archive keeps its proof.
    "aged": Case((UNSURE, UNSURE, UNSURE, PASSED), judged=TODAY),
}


@dataclass(frozen=True)
class Made:
    """A signature of a level, with its evidence."""

    part: SignedPart
    stamp: SignedPart | None
    evidence: FileEvidence


def make(case: Case, level: str) -> Made:
    maker = Maker(kind=case.signer.kind, certificate=case.signer.der, others=(CA.issuing.der,))
    contents = maker.der() if level == "B-B" else stamped(maker, _token)
    part = _judged(contents, CADES, revision=1)
    stamp = _judged(_token(CONTENT, ARCHIVED), STAMP, revision=3) if level == "B-LTA" else None
    return Made(part, stamp, _evidence(case))


def _token(imprinted: bytes, at: datetime = SIGNED) -> bytes:
    return make_token(
        imprinted, at, kind=CA.stamps.kind, certificate=CA.stamps.der, others=(CA.root.der,)
    )


def _judged(contents: bytes, subfilter: str, revision: int) -> SignedPart:
    findings, message, tokens = judge_message(
        read_message(contents), digest_of(CONTENT), subfilter, OFFICIAL
    )
    return SignedPart(
        field=OFFICER_FIELD,
        subfilter=subfilter,
        revision=revision,
        message=message,
        tokens=tokens,
        findings=findings,
    )


def _evidence(case: Case) -> FileEvidence:
    """Gathered two days after signing."""
    since = SIGNED + timedelta(days=1, hours=12)
    struck = [Struck(case.signer, case.revoked_at)] if case.revoked_at else []
    lists = (revocation_list(CA.root, since), revocation_list(CA.issuing, since, *struck))
    said = answer(CA.issuing, CA.responder, since)  # about somebody else
    return FileEvidence(ocsps=(said,), crls=lists)


class SureChains(OwnChains):
    """Our own, which must be sure in every case of the matrix."""

    @override
    def at(
        self,
        message: SignedMessage,
        moment: datetime,
        *,
        stamping: bool = False,
        retroactive: bool = False,
    ) -> ChainAnswer:
        found = super().at(message, moment, stamping=stamping, retroactive=retroactive)
        assert found is not None
        return found


def judge(case: Case, made: Made, kind: type[SureChains | LibraryChains]) -> list[Finding]:
    """Steps 4 to 7 of `signing.verify`."""
    trust = TrustStore(
        anchors=tuple(Anchor(der=one) for one in case.anchors),
        registered=case.registered(case.signer),
    )
    chains: Chains = kind(trust=trust, policy=OFFICIAL, evidence=made.evidence)
    stamps = tuple(_stamps(made, chains, case.judged))
    times = prove_time(made.part, stamps=stamps, chains=chains, at=case.judged)
    message = made.part.message
    assert message is not None
    facts = read_facts(message.certificate)
    _, findings = judge_signer(
        made.part, message, facts, proven=times.proven, chains=chains, at=case.judged
    )
    registration = judge_registration(
        facts, field=OFFICER_FIELD, trust=trust, proven=times.proven, at=case.judged
    )
    return [*made.part.findings, *times.findings, *findings, *registration]


def _stamps(made: Made, chains: Chains, at: datetime) -> Iterable[StampedRevision]:
    if made.stamp is None or made.stamp.message is None:
        return
    answered = judge_stamp(made.stamp.message, control=at, chains=chains, archived=True)
    if answered.proven is not None:
        yield StampedRevision(made.stamp.revision, answered.proven)


def verdict(findings: Iterable[Finding]) -> Verdict:
    return worst(one.effect for one in findings)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", CASES)
def test_the_matrix(name: str, level: str) -> None:
    case = CASES[name]
    made = make(case, level)
    ours = judge(case, made, SureChains)
    assert verdict(ours) is case.verdicts[LEVELS.index(level)], [str(one) for one in ours]
    theirs = judge(case, made, LibraryChains)
    assert verdict(ours) is verdict(theirs), [str(one) for one in theirs]
    if level == "B-LT" and case.code:
        assert case.code in {one.code for one in ours}


def test_a_time_stamp_of_another_signature_proves_nothing() -> None:
    """Else a revoked key's signature of today could be dated back."""
    case = CASES["good"]
    maker = Maker(kind=case.signer.kind, certificate=case.signer.der, others=(CA.issuing.der,))
    foreign = _token(signature_of(replace(maker, signed_content=b"another paper").der()))
    part = _judged(stamped(maker, lambda _: foreign), CADES, revision=1)
    assert part.tokens == ()
    assert verdict(judge(case, Made(part, None, _evidence(case)), SureChains)) is FAILED
