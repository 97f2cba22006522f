"""The report as ETSI TS 119 102-2 XML (version 1.2.1 of its namespace), unsigned.

1. `total-passed` is said of a signature only where the whole file passed under a policy that judges
   trust. A good signature in a file that did not pass is `indeterminate`; so is every signature
   under a policy that does not ask who signed.
2. `total-failed` is said wherever we say failed. Where EN 319 102-1 knows a cause only as
   indeterminate (key usage, registration), its sub-indication is named all the same.
3. A file without a readable signature gets one report of its own, `indeterminate`.

The bindings of the standard are slow to import, so this module is imported where it is used.
Every finding is `ReportData` under its code. Certificates are named by digest, not included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from pyhanko.generated.etsi import ts_11910202 as ts
from pyhanko.generated.etsi import xades
from pyhanko.generated.w3c import xmldsig_core as ds
from xsdata.formats.dataclass.models.generics import AnyElement
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.formats.dataclass.serializers.config import SerializerConfig
from xsdata.models.datatype import XmlDateTime

from signing.language import Language
from signing.outcome import SignatureReport, VerificationReport, sentence
from signing.policy import PROFILES
from signing.report.indications import sub_indication
from signing.saying import say_finding
from signing.verdict import Verdict, worst
from signing.visible import made_visible
from signing.words import shifted

NAMESPACES: Final = {
    "vr": "http://uri.etsi.org/19102/v1.2.1#",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "XAdES": "http://uri.etsi.org/01903/v1.3.2#",
    "xs": "http://www.w3.org/2001/XMLSchema",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
SHA256: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
OURS: Final = "urn:x-trinhky:"
"""Prefix of what the standard has no name for: findings, verdict, sentence, digest of the file."""

_MAIN: Final = {
    Verdict.PASSED: "urn:etsi:019102:mainindication:total-passed",
    Verdict.FAILED: "urn:etsi:019102:mainindication:total-failed",
}
_INDETERMINATE: Final = "urn:etsi:019102:mainindication:indeterminate"
_SUB: Final = "urn:etsi:019102:subindication:"
_IMPLIED: Final = "{http://uri.etsi.org/01903/v1.3.2#}SignaturePolicyImplied"
_SHA256_HEX: Final = re.compile("[0-9a-f]{64}")
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What may stand in no XML document, escaped or not. Source: XML 1.0, 2.2."""


def to_etsi(report: VerificationReport, language: Language = Language.VI) -> str:
    """The report as an XML document.

    Args:
        report: Of any verdict.
        language: Of sentence and messages; every other value is the same.
    """
    report = made_visible(report)
    parts = tuple(_part(report, one, language) for one in report.signatures)
    objects = _objects(report.signatures)
    made = ts.ValidationReport(
        signature_validation_report=parts or (_whole(report, language),),
        signature_validation_objects=ts.ValidationObjectListType(objects) if objects else None,
    )
    config = SerializerConfig(indent="  ")
    return XmlSerializer(config=config).render(made, ns_map=dict(NAMESPACES))


def _part(
    report: VerificationReport, one: SignatureReport, language: Language
) -> ts.SignatureValidationReportType:
    return ts.SignatureValidationReportType(
        signature_identifier=ts.SignatureIdentifierType(
            hash_only=False, doc_hash_only=False, daidentifier=_clean(one.field)
        ),
        validation_constraints_evaluation_report=_policy(report),
        validation_time_info=_times(report.at, one.proven_time),
        signature_attributes=_attributes(one),
        signer_information=_signer(one),
        signature_validation_status=_status(report, one, language),
    )


def _whole(report: VerificationReport, language: Language) -> ts.SignatureValidationReportType:
    return ts.SignatureValidationReportType(
        validation_constraints_evaluation_report=_policy(report),
        validation_time_info=_times(report.at, None),
        signature_validation_status=_status(report, None, language),
    )


def _policy(report: VerificationReport) -> ts.ValidationConstraintsEvaluationReportType:
    return ts.ValidationConstraintsEvaluationReportType(
        signature_validation_policy=ts.SignatureValidationPolicyType(
            # Our policies are data of this software, without a document to be hashed.
            signature_policy_identifier=xades.SignaturePolicyIdentifierType(
                signature_policy_implied=AnyElement(qname=_IMPLIED)
            ),
            policy_name=f"{report.policy_name} {report.policy_version}",
        )
    )


def _times(at: datetime, proven: datetime | None) -> ts.ValidationTimeInfoType:
    best = None
    if proven is not None:
        best = ts.POEType(
            poetime=XmlDateTime.from_datetime(proven.astimezone(UTC)),
            type_of_proof="urn:etsi:019102:poetype:validation",
        )
    checked = XmlDateTime.from_datetime(at.astimezone(UTC))
    return ts.ValidationTimeInfoType(validation_time=checked, best_signature_time=best)


def _attributes(one: SignatureReport) -> ts.SignatureAttributesType | None:
    """What the file says of the signature; claims. None of a time stamp, which claims nothing."""
    claims = one.claimed_time if one.kind == "signature" else None
    if claims is None and not one.reason:
        return None
    times = [] if claims is None else [XmlDateTime.from_datetime(shifted(claims, UTC))]
    reasons = [_clean(one.reason)] if one.reason else []
    return ts.SignatureAttributesType(
        signing_time=tuple(ts.SASigningTimeType(signed=True, time=each) for each in times),
        reason=tuple(ts.SAReasonType(signed=True, reason_element=each) for each in reasons),
    )


def _signer(one: SignatureReport) -> ts.SignerInformationType | None:
    if not _SHA256_HEX.fullmatch(one.certificate_sha256_hex):
        return None
    reference = ts.VOReferenceType(voreference=(_id(one.certificate_sha256_hex),))
    signer = "; ".join(words for words in (one.signer, one.organisation) if words)
    return ts.SignerInformationType(signer_certificate=reference, signer=_clean(signer) or None)


def _status(
    report: VerificationReport, one: SignatureReport | None, language: Language
) -> ts.ValidationStatusType:
    findings = (*report.findings, *(one.findings if one is not None else ()))
    verdict = _verdict(report, one)
    sub = () if verdict is Verdict.PASSED else (_SUB + sub_indication(findings, verdict),)
    own = one.verdict if one is not None else report.verdict
    data = [
        ("sentence", sentence(report, language)),
        ("verdict", report.verdict.value),
        ("signature-verdict", own.value),
        ("file-sha256", report.sha256_hex),
        ("level", one.level if one is not None else ""),
        ("covers", one.covers if one is not None else ""),
        *((f"finding:{each.code}", say_finding(each, language)) for each in findings),
    ]
    told = tuple(
        ts.TypedDataType(type_value=OURS + name, value=_clean(words))
        for name, words in data
        if words
    )
    return ts.ValidationStatusType(
        main_indication=_MAIN.get(verdict, _INDETERMINATE),
        sub_indication=sub,
        associated_validation_report_data=(
            ts.ValidationReportDataType(
                additional_validation_report_data=ts.AdditionalValidationReportDataType(told)
            ),
        ),
    )


def _verdict(report: VerificationReport, one: SignatureReport | None) -> Verdict:
    """What the standard is told of a signature: never more than we say ourselves."""
    if one is None:
        return Verdict.FAILED if report.verdict is Verdict.FAILED else Verdict.INDETERMINATE
    file = [each.effect for each in report.findings if each.effect in _MAIN]
    own = worst((one.verdict, *file))
    if own is not Verdict.PASSED:
        return own
    policy = PROFILES.get(report.policy_name)
    trusting = policy is not None and policy.trust
    whole = report.verdict is Verdict.PASSED
    return Verdict.PASSED if trusting and whole else Verdict.INDETERMINATE


def _objects(signatures: Iterable[SignatureReport]) -> tuple[ts.ValidationObjectType, ...]:
    """Each certificate once, by its digest."""
    digests = dict.fromkeys(
        digest
        for one in signatures
        for digest in (one.certificate_sha256_hex, *(link.sha256_hex for link in one.chain))
        if _SHA256_HEX.fullmatch(digest)
    )
    return tuple(_certificate(digest) for digest in digests)


def _certificate(sha256_hex: str) -> ts.ValidationObjectType:
    digest = xades.DigestAlgAndValueType(
        digest_method=ds.DigestMethod(algorithm=SHA256),
        digest_value=ds.DigestValue(value=bytes.fromhex(sha256_hex)),
    )
    return ts.ValidationObjectType(
        id=_id(sha256_hex),
        object_type="urn:etsi:019102:validationObject:certificate",
        validation_object_representation=ts.ValidationObjectRepresentationType(
            digest_alg_and_value=digest
        ),
    )


def _id(sha256_hex: str) -> str:
    return f"cert-{sha256_hex}"


def _clean(words: str) -> str:
    return _NOT_XML.sub("\ufffd", words)
