"""Who signed: the signer's certificate at the proven time, its algorithm, and its registration."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from signing.certificates import CertificateFacts
from signing.judge.anchoring import judge_anchor
from signing.judge.answers import ChainAnswer, Chains
from signing.judge.part import SignedMessage, SignedPart
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.policy import VerificationPolicy
from signing.trust import HolderKind, Purpose, RegisteredHolder, TrustStore
from signing.verdict import Finding
from signing.words import VIETNAM, finding, say_date, say_day, say_time

_LOOKALIKES = str.maketrans(
    "авеіјкмнорѕтухԁһαβεζηικμνορτυχ",
    "abeijkmhopstyxdhabezhikmnoptyx",
)
"""By the looks of their capitals, after case folding."""

_EXPECTED = {OFFICER_FIELD: HolderKind.OFFICER, SEAL_FIELD: HolderKind.ORGANISATION}


def judge_signer(
    part: SignedPart,
    message: SignedMessage,
    facts: CertificateFacts,
    *,
    proven: datetime | None,
    chains: Chains,
    at: datetime,
) -> tuple[ChainAnswer, list[Finding]]:
    """Judges the signer's certificate.

    Where a time is proven, the certificate is judged then, and evidence from then or later counts;
    else it is judged at `at`, by evidence fresh at `at`.

    Args:
        part: The signature.
        message: Its CMS.
        facts: Of the signer's certificate.
        proven: Since when the signature is known to exist.
        chains: Chains with the file's evidence.
        at: The time of judgement.
    """
    moment = proven or at
    answer = chains.at(message, moment, retroactive=proven is not None)
    findings = [_chain_finding(answer, facts, proven)]
    if answer.good:
        purposes = purposes_of(facts, field=part.field, trust=chains.trust)
        findings += judge_anchor(answer.path, chains.trust, purposes=purposes, at=moment)
    findings += _algorithms(message, facts, proven, chains.policy)
    claimed = part.claimed_time
    if _is_later(claimed, proven, chains.policy) and claimed is not None:
        findings.append(finding("claimed_time_differs", claimed=say_time(claimed)))
    return answer, findings


def _is_later(
    claimed: datetime | None, proven: datetime | None, policy: VerificationPolicy
) -> bool:
    if claimed is None or proven is None or claimed.tzinfo is None:
        return False
    return claimed > proven + policy.clock_tolerance


def _chain_finding(
    answer: ChainAnswer, facts: CertificateFacts, proven: datetime | None
) -> Finding:
    if answer.good:
        issuer, root = answer.path[-2:][0].name, answer.path[0].name
        return finding("chain_trusted", issuer=issuer, root=root)
    day = say_day(answer.when) if answer.when is not None else "không rõ"
    if answer.code == "revoked":
        code = "certificate_revoked" if proven is not None else "revoked_time_unproven"
        return finding(code, day=day)
    if answer.code == "expired":
        if proven is None:
            return finding("certificate_expired_time_unproven")
        return finding("certificate_expired", time=say_time(proven))
    return _other_finding(answer, facts)


def _other_finding(answer: ChainAnswer, facts: CertificateFacts) -> Finding:
    plain = {
        "not_yet_valid": "certificate_not_yet_valid",
        "wrong_usage": "wrong_key_usage",
        "evidence_missing": "evidence_missing",
        "evidence_stale": "evidence_stale",
        "algorithm": "algorithm_disallowed",
    }
    if answer.code in plain:
        return finding(plain[answer.code])
    if answer.code == "issuer_unknown":
        return finding("issuer_unknown", issuer=facts.issuer)
    return finding("chain_invalid", detail=answer.detail)


def _algorithms(
    message: SignedMessage,
    facts: CertificateFacts,
    proven: datetime | None,
    policy: VerificationPolicy,
) -> list[Finding]:
    findings = []
    if message.hash_name == "sha1":
        old = proven is not None and proven < policy.sha1_until
        cutoff = say_day(policy.sha1_until)
        findings.append(
            finding("sha1_historic") if old else finding("sha1_after_cutoff", cutoff=cutoff)
        )
    short = facts.key in {"rsa", "rsassa_pss"} and facts.key_bits < policy.rsa_bits
    if short and (proven is None or proven >= policy.short_rsa_until):
        findings.append(finding("short_key", bits=facts.key_bits))
    return findings


def purposes_of(facts: CertificateFacts, *, field: str, trust: TrustStore) -> frozenset[Purpose]:
    """What a signer's certificate is used for: by its registration, else by its field, else either.

    Args:
        facts: Of the certificate.
        field: The signature field; two are ours.
        trust: With the registrations.
    """
    holder = trust.registered.get(facts.sha256_hex)
    kind = holder.kind if holder is not None else _EXPECTED.get(field)
    if kind is None:
        return frozenset({Purpose.OFFICER, Purpose.AGENCY})
    return frozenset({Purpose.OFFICER if kind is HolderKind.OFFICER else Purpose.AGENCY})


def judge_registration(
    facts: CertificateFacts,
    *,
    field: str,
    trust: TrustStore,
    proven: datetime | None = None,
    at: datetime | None = None,
) -> tuple[Finding, ...]:
    """Compares a certificate with the office's own registrations.

    A stranger's certificate stays unknown, which changes nothing. A certificate that bears the name
    of somebody registered, but is not that one's, is refused; so is an officer's in the seal's
    field, and the other way round; so is one that the office had ended before the signature.

    Args:
        facts: Of the certificate.
        field: The signature field.
        trust: With the registrations.
        proven: Time before which the signature was made, by a time stamp.
        at: Instant of the judgement; without a proven time the signature is no older.
    """
    holder = trust.registered.get(facts.sha256_hex)
    if holder is None:
        alike = _same_name(facts.name, trust)
        if alike is not None:
            return (finding("registered_to_other", name=alike),)
        return (finding("registration_unknown"),)
    if _EXPECTED.get(field, holder.kind) is not holder.kind:
        wanted = "lãnh đạo" if holder.kind is HolderKind.ORGANISATION else "cơ quan"
        return (finding("registered_to_other", name=wanted),)
    return _ended(holder, proven, at) or (finding("registered", name=holder.name),)


def _ended(
    holder: RegisteredHolder, proven: datetime | None, at: datetime | None
) -> tuple[Finding, ...]:
    """Without a proven time nobody can say on which side of the end the signature was made."""
    moment = proven or at
    if holder.until is None or moment is None:
        return ()
    if moment.astimezone(VIETNAM).date() <= holder.until:
        return ()
    code = "registration_ended" if proven is not None else "registration_ended_unproven"
    return (finding(code, name=holder.name, day=say_date(holder.until)),)


def _same_name(name: str, trust: TrustStore) -> str | None:
    wanted = _plain(name)
    for holder in trust.registered.values():
        if wanted and _plain(holder.name) == wanted:
            return holder.name
    return None


def _plain(name: str) -> str:
    """What a name looks like: wide and look-alike letters as Latin ones, invisible signs gone.

    It only finds whoever bears another's name, so that it may take more names for alike than are.
    Source: Unicode TS 39, 4 (confusable detection); the table holds the letters of names here.
    """
    looks = unicodedata.normalize("NFKD", name.casefold()).translate(_LOOKALIKES)
    seen = "".join(one for one in looks if unicodedata.category(one) not in {"Cf", "Cc", "Cn"})
    return " ".join(unicodedata.normalize("NFC", seen).split())
