"""Mathematics of a signed message: digest, signature, and its own time stamps.

1. The content is where the format puts it: outside, or (adbe.pkcs7.sha1) its SHA-1 inside.
2. The hash is none of the broken ones.
3. The digest that was signed is that of the content.
4. The signature holds over the signed attributes, or over the content where there are none.
5. Each time-stamp token holds by the same rules, and stamps this very signature value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from signing.judge.crypto.algorithms import UnknownScheme, digest, holds, scheme_of
from signing.judge.crypto.cms import DATA, TOKEN_INFO, Message, read_message
from signing.judge.crypto.faults import RefusedMessage, unsure
from signing.judge.crypto.tokens import TokenInfo, read_token_info
from signing.judge.part import SignedMessage
from signing.policy import VerificationPolicy
from signing.verdict import Finding, Verdict
from signing.words import finding

CADES: Final = "ETSI.CAdES.detached"
PKCS7: Final = "adbe.pkcs7.detached"
PKCS7_SHA1: Final = "adbe.pkcs7.sha1"
BARE: Final = "adbe.x509.rsa_sha1"
STAMP: Final = "ETSI.RFC3161"
SUBFILTERS: Final = frozenset({CADES, PKCS7, PKCS7_SHA1, BARE, STAMP})
"""The formats that are judged here."""

_SHA1_FORMATS: Final = frozenset({PKCS7_SHA1, BARE})
"""What they sign is the SHA-1 of the range, whatever hash the message then uses for that."""

DigestOf = Callable[[str], bytes]
"""Digest of what is signed, by the hash's name as in `hashlib`; `shake_256` gives 64 octets."""

Judged = tuple[tuple[Finding, ...], SignedMessage, tuple[SignedMessage, ...]]


def judge_message(
    message: Message, digest_of: DigestOf, subfilter: str, policy: VerificationPolicy
) -> Judged:
    """Judges a signature or a document time stamp by its mathematics.

    Args:
        message: Taken apart by `signing.judge.crypto.cms`.
        digest_of: Of the signed byte range.
        subfilter: One of `SUBFILTERS`.
        policy: For the broken hashes.

    Returns:
        Findings, the message's facts, and those of its own time stamps that hold.

    Raises:
        RefusedMessage: No honest writer makes this.
        UnsureMessage: Not fully understood.
    """
    if subfilter == STAMP:
        info = _token_info(message)
        findings = _mathematics(message, digest_of, info, policy)
        return (*findings, *_padding(message)), _facts(message, info), ()
    _check_content(message, subfilter)
    findings = _mathematics(message, _signed_content(message, digest_of, subfilter), None, policy)
    if subfilter in _SHA1_FORMATS and message.hash_name != "sha1" and not policy.trust:
        findings.append(finding("sha1_historic"))
    tokens = [_judge_token(token, message.signature, policy) for token in message.tokens]
    good = tuple(token for token in tokens if token is not None)
    if len(good) < len(tokens):
        findings.append(finding("timestamp_mismatch"))
    facts = _facts(message, None)
    if subfilter in _SHA1_FORMATS:
        facts = replace(facts, hash_name="sha1")
    return (*findings, *_padding(message)), facts, good


def _check_content(message: Message, subfilter: str) -> None:
    """Source: ISO 32000-2, 12.8.3.3; ETSI EN 319 142-1, 4.1: nothing is encapsulated."""
    if message.content_type != DATA:
        raise unsure("one_signer", message.content_type)
    if message.signed_attributes is None and subfilter == CADES:
        raise unsure("attributes_absent")
    if subfilter == PKCS7_SHA1:
        return
    if message.content is not None:
        raise RefusedMessage("content_encapsulated")


def _signed_content(message: Message, digest_of: DigestOf, subfilter: str) -> DigestOf:
    """Under adbe.pkcs7.sha1 the content is the SHA-1 of the range.

    Source: ISO 32000-1, 12.8.3.3.1.
    """
    if subfilter != PKCS7_SHA1:
        return digest_of
    content = message.content
    if content is None:
        raise RefusedMessage("message_malformed", "eContent")
    intact = content == digest_of("sha1")
    # Where the range was changed, nothing in the message has the digest of what is there now.
    return lambda name: digest(name, content) if intact else b""


def _mathematics(
    message: Message, digest_of: DigestOf, info: TokenInfo | None, policy: VerificationPolicy
) -> list[Finding]:
    names = {message.hash_name} | ({info.hash_name} if info is not None else set())
    broken = names & policy.broken_hashes
    if broken:
        return [finding("broken_hash", algorithm=min(broken).upper())]
    try:
        findings = [_whether(message, digest_of, info)]
    except UnknownScheme as err:
        return [finding("algorithm_unknown", algorithm=err.oid)]
    if "sha1" in names and not policy.trust:
        findings.append(finding("sha1_historic"))
    return findings


def _whether(message: Message, digest_of: DigestOf, info: TokenInfo | None) -> Finding:
    scheme = scheme_of(message.algorithm)
    prehashed = message.signed_attributes is None
    actual = _actual_digest(message, digest_of, info)
    signed = actual if message.signed_attributes is None else message.signed_attributes
    if not prehashed and actual != message.stated_digest:
        return finding("content_changed")
    if not signed:
        return finding("content_changed")
    name = message.hash_name
    good = holds(
        message.certificate, scheme, message.signature, signed, hash_name=name, prehashed=prehashed
    )
    return finding("signature_intact" if good else "signature_invalid")


def _actual_digest(message: Message, digest_of: DigestOf, info: TokenInfo | None) -> bytes:
    """Digest of what the message signs; empty where what it signs is not of this content."""
    if info is None or message.content is None:
        return digest_of(message.hash_name)
    if digest_of(info.hash_name) != info.imprint:
        return b""
    return digest(message.hash_name, message.content)


def _token_info(message: Message) -> TokenInfo:
    if message.content_type != TOKEN_INFO or message.content is None:
        raise unsure("token", message.content_type)
    if message.signed_attributes is None or not message.names_certificate:
        raise unsure("token", "signing certificate")
    return read_token_info(message.content)


def _judge_token(
    token: bytes, signature: bytes, policy: VerificationPolicy
) -> SignedMessage | None:
    """Facts of a token that holds over this signature value, else None."""
    try:
        message = read_message(token)
        if message.padding_used:
            return None
        info = _token_info(message)
        found = _mathematics(message, lambda name: digest(name, signature), info, policy)
    except RefusedMessage:
        return None
    if any(one.effect is Verdict.INDETERMINATE for one in found):
        raise unsure("token", "algorithm")
    if any(one.effect is not Verdict.PASSED for one in found):
        return None
    return _facts(message, info)


def _facts(message: Message, info: TokenInfo | None) -> SignedMessage:
    return SignedMessage(
        certificate=message.certificate.encoded,
        certificates=message.others,
        hash_name=_weaker(message.hash_name, info.hash_name) if info else message.hash_name,
        stamped_at=info.stamped_at if info else None,
        der=message.encoded,
    )


def _weaker(of_message: str, of_imprint: str) -> str:
    """A token is as strong as the weaker of its two hashes."""
    return "sha1" if of_message == "sha1" else of_imprint


def _padding(message: Message) -> tuple[Finding, ...]:
    """Changes nothing that is shown, so it is a remark. Source: ISO 32000-2, 12.8.1."""
    return (finding("padding_used"),) if message.padding_used else ()
