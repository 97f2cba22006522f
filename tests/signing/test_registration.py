"""Whose certificate it is, by the office's data; and who only looks like somebody there."""

from datetime import UTC, date, datetime, timedelta

import pytest

from signing.certificates import read_facts
from signing.judge.signer import judge_registration
from signing.names import OFFICER_FIELD
from signing.records.plain import from_plain, sha256_hex, to_plain
from signing.trust import HolderKind, RegisteredHolder, TrustStore
from tests.signing.judge_crypto.pki import Plan, make_root

ROOT = make_root(Plan("CA gốc Một", kind="rsa:root").authority_of())
HOLDER = RegisteredHolder(kind=HolderKind.OFFICER, name="BAN TUYÊN GIÁO")
STORE = TrustStore(registered={"00": HOLDER})


def code(name: str) -> str:
    facts = read_facts(ROOT.issue(Plan(name, kind="rsa:officer")).der)
    (found,) = judge_registration(facts, field=OFFICER_FIELD, trust=STORE)
    return found.code


@pytest.mark.parametrize(
    "name",
    [
        "BAN TUYÊN GIÁO",
        "Ban  Tuyên giáo",
        "ВАN TUYÊN GIÁO",
        "BAN TUYÊN GI\u200bÁO",
        "ＢＡＮ TUYÊN GIÁO",
        "BAN ΤUYÊN GIÁΟ",
    ],
)
def test_a_strangers_certificate_with_a_name_that_looks_registered_is_refused(name: str) -> None:
    assert code(name) == "registered_to_other"


@pytest.mark.parametrize("name", ["BAN TUYEN GIAO", "Ban Dân vận"])
def test_another_name_is_only_unknown(name: str) -> None:
    assert code(name) == "registration_unknown"


OWN = read_facts(ROOT.issue(Plan("Trần Văn Ký", kind="rsa:officer")).der)
LAST = date(2022, 9, 20)
MIDNIGHT = datetime(2022, 9, 20, 17, 0, tzinfo=UTC)
"""When 21 September begins in Việt Nam."""
BEFORE, AFTER = MIDNIGHT - timedelta(seconds=1), MIDNIGHT


@pytest.mark.parametrize(
    ("until", "proven", "expected"),
    [
        (None, AFTER, "registered"),
        (LAST, BEFORE, "registered"),
        (LAST, AFTER, "registration_ended"),
        (LAST, None, "registration_ended_unproven"),
    ],
)
def test_a_certificate_that_was_ended_counts_until_the_end_of_its_last_day(
    until: date | None, proven: datetime | None, expected: str
) -> None:
    holder = RegisteredHolder(kind=HolderKind.OFFICER, name="Trần Văn Ký", until=until)
    store = TrustStore(registered={OWN.sha256_hex: holder})
    (found,) = judge_registration(
        OWN, field=OFFICER_FIELD, trust=store, proven=proven, at=AFTER + timedelta(days=300)
    )
    assert found.code == expected


def test_the_last_day_of_a_certificate_is_kept_with_the_record_of_a_judgement() -> None:
    holder = RegisteredHolder(kind=HolderKind.OFFICER, name="Trần Văn Ký", until=LAST)
    kept = to_plain(holder, sha256_hex)
    assert from_plain(RegisteredHolder, kept, str.encode) == holder
    del kept["until"]  # as records of before have it
    assert from_plain(RegisteredHolder, kept, str.encode).until is None
