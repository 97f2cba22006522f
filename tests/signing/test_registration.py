"""Whose certificate it is, by the office's data; and who only looks like somebody there."""

import pytest

from signing.certificates import read_facts
from signing.judge.signer import judge_registration
from signing.names import OFFICER_FIELD
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
