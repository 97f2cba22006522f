"""An authority with one officer, and how a chain is asked of our own judge and of the library."""

from datetime import UTC, datetime, timedelta

from signing.judge.answers import ChainAnswer
from signing.judge.crypto.paths import OwnChains
from signing.judge.part import FileEvidence, SignedMessage
from signing.library.chain import LibraryChains
from signing.policy import OFFICIAL
from signing.trust import Anchor, TrustStore
from tests.signing.judge_crypto.pki import (
    Authority,
    Holder,
    Plan,
    answer,
    revocation_list,
)

T = datetime(2024, 5, 6, 7, 8, tzinfo=UTC)
DAY = timedelta(days=1)
CA = Authority.make()
OFFICER = CA.issuing.issue(Plan("Người ký", kind="rsa:officer"))
MESSAGE = SignedMessage(certificate=OFFICER.der, certificates=(CA.issuing.der,))
TRUST = TrustStore(anchors=(Anchor(der=CA.root.der, test_only=True),))
GOOD = answer(CA.issuing, OFFICER, T, by=CA.responder)
LIST = revocation_list(CA.root, T)
EVIDENCE = FileEvidence(ocsps=(GOOD,), crls=(LIST,))


def message(holder: Holder, *others: Holder) -> SignedMessage:
    around = (CA.issuing, *others)
    return SignedMessage(certificate=holder.der, certificates=tuple(one.der for one in around))


def own(
    asked: SignedMessage = MESSAGE,
    moment: datetime = T,
    *,
    evidence: FileEvidence = EVIDENCE,
    trust: TrustStore = TRUST,
    stamping: bool = False,
    retroactive: bool = False,
) -> ChainAnswer | None:
    chains = OwnChains(trust, OFFICIAL, evidence)
    return chains.at(asked, moment, stamping=stamping, retroactive=retroactive)


def both(
    asked: SignedMessage = MESSAGE,
    moment: datetime = T,
    *,
    evidence: FileEvidence = EVIDENCE,
    trust: TrustStore = TRUST,
    stamping: bool = False,
    retroactive: bool = False,
) -> str:
    """The code that our own judge and the library agree on."""
    ours = own(
        asked, moment, evidence=evidence, trust=trust, stamping=stamping, retroactive=retroactive
    )
    library = LibraryChains(trust, OFFICIAL, evidence)
    theirs = library.at(asked, moment, stamping=stamping, retroactive=retroactive)
    assert ours is not None
    assert (ours.code, ours.path, ours.test_only) == (theirs.code, theirs.path, theirs.test_only)
    if ours.code == "revoked":
        assert ours.when == theirs.when
    return ours.code


def with_ocsp(*ocsps: bytes) -> FileEvidence:
    return FileEvidence(ocsps=ocsps, crls=(LIST,))


def with_crl(*crls: bytes) -> FileEvidence:
    return FileEvidence(crls=(LIST, *crls))
