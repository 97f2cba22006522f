"""ETSI's XML: well-formed, of the standard's shape, and never kinder than we are."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from pyhanko.generated.etsi import ts_11910202 as ts
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from signing.language import Language
from signing.outcome import VerificationReport
from signing.policy import INTEGRITY, OFFICIAL, PROFILES, VerificationPolicy
from signing.report.etsi import OURS, to_etsi
from signing.report.indications import SUB_INDICATIONS
from signing.verdict import Verdict
from signing.words import RULES, finding
from tests.signing.report.made import OFFICER, SEAL, nasty, report

VR = "{http://uri.etsi.org/19102/v1.2.1#}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
GOOD = report(signatures=(OFFICER, SEAL))


def tree(whole: VerificationReport) -> ET.Element:
    return ET.fromstring(to_etsi(whole))  # noqa: S314 (same)


def indications(whole: VerificationReport) -> list[str]:
    return [str(one.text).rpartition(":")[2] for one in tree(whole).iter(f"{VR}MainIndication")]


def subs(whole: VerificationReport) -> list[str]:
    return [str(one.text).rpartition(":")[2] for one in tree(whole).iter(f"{VR}SubIndication")]


@pytest.mark.parametrize(
    "whole",
    [GOOD, report(finding("unsigned")), report(finding("saved_anew")), nasty()],
    ids=["good", "unsigned", "saved anew", "nasty"],
)
def test_the_bindings_of_the_standard_read_it_back_strictly(whole: VerificationReport) -> None:
    strict = ParserConfig(
        fail_on_unknown_properties=True,
        fail_on_unknown_attributes=True,
        fail_on_converter_warnings=True,
    )
    read = XmlParser(config=strict).from_string(to_etsi(whole), ts.ValidationReport)
    assert len(read.signature_validation_report) == max(1, len(whole.signatures))
    for one in read.signature_validation_report:
        assert one.signature_validation_status is not None


def test_elements_stand_in_the_order_of_the_schema() -> None:
    (first, *_) = tree(GOOD)
    assert [one.tag.removeprefix(VR) for one in first] == [
        "SignatureIdentifier", "ValidationConstraintsEvaluationReport", "ValidationTimeInfo",
        "SignatureAttributes", "SignerInformation", "SignatureValidationStatus",
    ]  # fmt: skip


def test_root_and_digests_bear_the_namespaces_of_the_standard() -> None:
    root = tree(GOOD)
    assert root.tag == f"{VR}ValidationReport"
    assert len(list(root.iter(f"{DS}DigestValue"))) == 3
    assert "<!" not in to_etsi(nasty()).replace("&lt;!", "")


def test_every_reference_leads_to_an_object_that_is_there() -> None:
    root = tree(GOOD)
    ids = [one.get("id") or one.get("Id") for one in root.iter(f"{VR}ValidationObject")]
    references = [one.get("VOReference") for one in root.iter(f"{VR}SignerCertificate")]
    assert len(ids) == len(set(ids)) == 3
    assert len(references) == 2
    assert set(references) <= set(ids)


def test_what_passed_under_the_official_policy_is_total_passed_without_a_sub_indication() -> None:
    assert GOOD.verdict is Verdict.PASSED
    assert indications(GOOD) == ["total-passed", "total-passed"]
    assert subs(GOOD) == []


def test_under_a_policy_that_does_not_ask_who_signed_nothing_is_total_passed() -> None:
    integrity = report(signatures=(OFFICER,), policy=INTEGRITY)
    unknown = replace(GOOD, policy_name="of somebody else")
    assert integrity.verdict is Verdict.PASSED
    assert set(indications(integrity) + indications(unknown)) == {"indeterminate"}
    assert subs(integrity) == ["NO_CERTIFICATE_CHAIN_FOUND"]


def test_a_good_signature_beside_a_bad_one_is_not_total_passed() -> None:
    bad = replace(SEAL, findings=(finding("content_changed"),))
    mixed = report(signatures=(OFFICER, bad))
    assert indications(mixed) == ["indeterminate", "total-failed"]
    assert subs(mixed)[1] == "HASH_FAILURE"


@pytest.mark.parametrize("code", RULES)
@pytest.mark.parametrize("policy", PROFILES.values(), ids=lambda one: one.name)
@pytest.mark.parametrize("place", ["file", "signature"])
def test_no_finding_makes_the_xml_kinder_than_the_verdict(
    code: str, policy: VerificationPolicy, place: str
) -> None:
    effect = RULES[code].effect
    if place == "signature" and effect in {Verdict.UNREADABLE, Verdict.UNSIGNED}:
        return  # these are said of files alone
    places = dict.fromkeys(re.findall(r"{(\w+)}", RULES[code].template), "x")
    found = finding(code, **places)
    one = OFFICER if place == "file" else replace(OFFICER, findings=(found,))
    whole = report(*([found] if place == "file" else []), signatures=(one, SEAL), policy=policy)
    said = indications(whole)
    if whole.verdict is not Verdict.PASSED or policy is not OFFICIAL:
        assert "total-passed" not in said
    if effect is Verdict.FAILED:
        assert "total-failed" in said
    assert len(subs(whole)) == len([one for one in said if one != "total-passed"])


def test_a_file_that_no_signature_can_be_read_from_is_one_report() -> None:
    assert indications(report(finding("not_pdf"))) == ["indeterminate"]
    assert indications(report(finding("unsigned"))) == ["indeterminate"]
    assert indications(report(finding("saved_anew"))) == ["total-failed"]


def test_every_sub_indication_belongs_to_a_finding_that_decides() -> None:
    for code in SUB_INDICATIONS:
        assert RULES[code].effect is not Verdict.PASSED, code


def test_findings_and_digest_travel_as_report_data_in_the_language() -> None:
    root = ET.fromstring(to_etsi(GOOD, Language.EN))  # noqa: S314 (as above)
    data = {
        str(one.findtext(f"{VR}Type")): one.findtext(f"{VR}Value")
        for one in root.iter(f"{VR}ReportData")
    }
    assert data[f"{OURS}finding:signature_intact"] == "The signature matches the signed content."
    assert data[f"{OURS}file-sha256"] == "0" * 64
    assert data[f"{OURS}verdict"] == "passed"


def test_a_fingerprint_that_is_none_is_not_written() -> None:
    odd = report(signatures=(replace(OFFICER, certificate_sha256_hex='"><x', chain=()),))
    assert list(tree(odd).iter(f"{VR}ValidationObject")) == []
    assert list(tree(odd).iter(f"{VR}SignerInformation")) == []
