"""Directives numbered after the signature: only a certification, and no seal by other tools."""

import pytest

from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.policy import INTEGRITY
from signing.trust import TrustStore
from signing.uploaded import errors
from signing.uploaded.reading import read_upload
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing.numbered import open_page
from tests.signing.office import TODAY, Office
from tests.signing.uploaded import tools
from tests.signing.uploaded.bench import Bench


@pytest.fixture(scope="module")
def bench(office: Office) -> Bench:
    return Bench(office)


def test_a_certification_is_taken_and_passes_our_judge(bench: Bench) -> None:
    frozen = open_page()
    uploaded = tools.sign(frozen, bench.officer)
    found = read_upload(
        frozen, uploaded, field=OFFICER_FIELD, certificate=bench.certificate, at=TODAY
    )
    assert found.certifies
    report = verify(uploaded, name="", policy=INTEGRITY, trust=TrustStore(anchors=()), at=TODAY)
    assert report.verdict is Verdict.PASSED


def test_an_ordinary_signature_would_bar_number_and_date(bench: Bench) -> None:
    frozen = open_page()
    uploaded = tools.sign(frozen, bench.officer, certify=False)
    with pytest.raises(errors.NotCertifiedError):
        read_upload(frozen, uploaded, field=OFFICER_FIELD, certificate=bench.certificate, at=TODAY)


def test_a_seal_without_number_and_date_is_refused(bench: Bench, office: Office) -> None:
    signed = tools.sign(open_page(), bench.officer)
    with pytest.raises(errors.NumberMissingError):
        read_upload(
            signed,
            tools.seal(signed, bench.agency),
            field=SEAL_FIELD,
            certificate=office.key("agency").certificate,
            at=TODAY,
        )
