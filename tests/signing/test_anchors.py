"""The list beside the anchors, and what it has against a chain."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from signing.anchors import LIST, add_anchor, read_anchors, read_trust, remove_anchor
from signing.certificates import read_facts
from signing.errors import TrustStoreError
from signing.judge.anchoring import judge_anchor
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.policy import OFFICIAL
from signing.trust import Anchor, Purpose, TrustStore
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing.judge_crypto.pki import Plan, make_root
from tests.signing.office import TODAY, Office

ROOT = make_root(Plan("CA gốc Một", kind="rsa:root").authority_of())
PERSON = ROOT.issue(Plan("Trần Trung Hiếu", kind="rsa:officer"))
PATH = (read_facts(ROOT.der), read_facts(PERSON.der))
AT = datetime(2022, 9, 20, 17, 30, tzinfo=UTC)
"""In Việt Nam already the 21st."""


def against(anchor: Anchor, *purposes: Purpose) -> list[str]:
    store = TrustStore(anchors=(anchor,))
    found = judge_anchor(PATH, store, purposes=purposes or (Purpose.OFFICER,), at=AT)
    return [one.code for one in found]


def test_an_anchor_without_terms_is_good_for_everything() -> None:
    assert against(Anchor(der=ROOT.der)) == []


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"purposes": frozenset({Purpose.STAMP})}, "anchor_purpose"),
        ({"since": date(2022, 9, 22)}, "anchor_days"),
        ({"until": date(2022, 9, 20)}, "anchor_days"),
        ({"organisations": ("Sở Khác",)}, "anchor_organisation"),
    ],
)
def test_an_anchor_is_held_to_its_terms(terms: dict[str, object], code: str) -> None:
    assert against(Anchor(der=ROOT.der, **terms)) == [code]  # type: ignore[arg-type]  # a row of the table


def test_the_first_and_the_last_day_count_and_names_are_compared_as_people_read_them() -> None:
    day = date(2022, 9, 21)
    name = PATH[-1].organisation or PATH[-1].name
    anchor = Anchor(
        der=ROOT.der, since=day, until=day, organisations=(f"  {name.upper()} ",),
        purposes=frozenset({Purpose.OFFICER}),
    )  # fmt: skip
    assert against(anchor) == []
    assert against(anchor, Purpose.AGENCY, Purpose.OFFICER) == []


def test_what_is_said_of_an_anchor_comes_back(tmp_path: Path) -> None:
    anchor = Anchor(
        der=ROOT.der, test_only=True, name="Gốc", source="đĩa", reason="vì thế",
        since=date(2020, 1, 1),
        purposes=frozenset({Purpose.AGENCY, Purpose.STAMP}), organisations=("Sở Một",),
    )  # fmt: skip
    add_anchor(tmp_path / "trust", anchor)
    assert read_trust(tmp_path / "trust").anchors == (anchor,)
    remove_anchor(tmp_path / "trust", anchor.sha256_hex)
    assert read_anchors(tmp_path / "trust") == ()
    assert read_trust(tmp_path / "nowhere") == TrustStore()


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"00": {}}'])
def test_a_list_that_cannot_be_understood_trusts_nobody(tmp_path: Path, text: str) -> None:
    add_anchor(tmp_path, Anchor(der=ROOT.der))
    (tmp_path / LIST).write_text(text, encoding="utf-8")
    with pytest.raises(TrustStoreError):
        read_trust(tmp_path)


def codes(office: Office, **terms: object) -> tuple[Verdict, dict[str, set[str]]]:
    anchors = tuple(replace(one, **terms) for one in office.trust.anchors)
    trust = replace(office.registered("officer", "agency"), anchors=anchors)
    report = verify(office.archived, name="x", policy=OFFICIAL, trust=trust, at=TODAY)
    return report.verdict, {
        one.field: {each.code for each in one.findings} for one in report.signatures
    }


def test_a_directive_under_an_anchor_for_other_uses_is_left_open(office: Office) -> None:
    assert codes(office, purposes=frozenset(Purpose))[0] is Verdict.PASSED
    verdict, found = codes(office, purposes=frozenset({Purpose.OFFICER, Purpose.STAMP}))
    assert verdict is Verdict.INDETERMINATE
    assert "anchor_purpose" in found[SEAL_FIELD]
    assert "anchor_purpose" not in found[OFFICER_FIELD]


def test_stamps_under_an_anchor_that_is_not_for_stamps_prove_nothing(office: Office) -> None:
    verdict, found = codes(office, purposes=frozenset({Purpose.OFFICER, Purpose.AGENCY}))
    assert verdict is Verdict.INDETERMINATE
    assert "time_proven" not in found[OFFICER_FIELD]
    assert "anchor_purpose" in set().union(*found.values())


def test_an_anchor_that_is_trusted_from_later_on_proves_nothing_of_before(office: Office) -> None:
    verdict, found = codes(office, since=date(2023, 1, 1))
    assert verdict is Verdict.INDETERMINATE
    assert "anchor_days" in set().union(*found.values())
