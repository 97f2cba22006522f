"""Never sure of a file that the library refuses, except by a named rule."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from signing.judge.changes.rules import REFUSED
from signing.library.reading import read_with_library
from signing.policy import INTEGRITY
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing.attacks import content, forms, letter, structure
from tests.signing.attacks.crafted import CASES
from tests.signing.judge_changes.judged import PASS, answer
from tests.signing.judge_changes.sequels import BROKEN, KEPT
from tests.signing.office import TODAY

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "signed-pdfs"

_CHANGES = {"changed_after_signing", "form_value_changed", "coverage_partial"}

OVERRULED = {
    "note_kept": "It counts every text field as changed; ours compares the values.",
    "future_number_in_trailer_is_harmless_in_content_not": "A dangling reference in a trailer.",
    "future_number_blanks": "It does not read long blanks inside a reference.",
    "tagged": "The structure tree may grow by the element of a new field.",
}
"""Files of ours that our own judge passes and the library does not, each by a rule."""

OVERRULED_OF_CORPUS = {
    "itext-itext-java__outlinesNotModified.pdf": "structure",
}


def library_refuses(pdf: bytes) -> bool:
    """Whether it speaks against what came after a signature, or against the file as a whole."""
    reading = read_with_library(pdf, INTEGRITY)
    changed = any(
        one.code in _CHANGES or one.code == "signature_unreadable"
        for part in reading.parts
        for one in part.findings
    )
    return changed or any(one.effect is not Verdict.PASSED for one in reading.findings)


@pytest.mark.parametrize("name", sorted(KEPT))
def test_what_ours_passes_the_library_passes_but_for_named_rules(name: str) -> None:
    pdf = KEPT[name]()
    if answer(pdf) == PASS:
        assert library_refuses(pdf) == (name in OVERRULED)


_BYTES_ALONE = {"hidden_objects"}
"""Found in the bytes of a file, before the library reads it."""


@pytest.mark.parametrize("code", sorted(REFUSED.keys() - _BYTES_ALONE))
def test_the_library_too_refuses_what_no_honest_software_does(code: str) -> None:
    """Whoever makes our own judge unsure gains nothing."""
    for make in BROKEN[code]:
        assert library_refuses(make())


def plain_comment_in_gap(signed: bytes) -> bytes:
    return letter.renew_metadata(signed + b"% nothing\n")


@pytest.mark.parametrize(
    "attack",
    [
        forms.script_on_new_field,
        forms.page_sized_new_field,
        forms.need_appearances,
        structure.content_under_a_foreign_number,
        structure.unlisted_in_object_stream,
    ],
)
def test_an_attack_behind_something_unknown_does_not_pass_either(
    attack: Callable[[bytes], bytes],
) -> None:
    for unknown in (plain_comment_in_gap, content.info_title):
        pdf = attack(unknown(letter.sealed()))
        report = verify(pdf, name="x", policy=INTEGRITY, trust=TrustStore(), at=TODAY)
        assert report.verdict is Verdict.FAILED


ATTACKS = [
    *(lambda one=one: one(letter.sealed()) for one in content.ATTACKS),
    *(lambda one=one: one(letter.sealed()) for one in forms.ATTACKS),
    *(lambda one=one: one(letter.sealed()) for one in structure.ATTACKS),
    *(one.attack for one in CASES),
    *(one for makes in BROKEN.values() for one in makes),
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_passes_ours(attack: Callable[[], bytes]) -> None:
    assert answer(attack()) != PASS


@pytest.mark.skipif(not CORPUS.exists(), reason="../shared/signed-pdfs is absent")
def test_of_the_labelled_files_ours_passes_none_that_was_changed() -> None:
    """What the mathematics has to find passes here; every other bad file does not."""
    with (CORPUS / "labels.tsv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    answers = {row["file"]: answer((CORPUS / row["file"]).read_bytes()) for row in rows}
    passed = {name for name, one in answers.items() if one == PASS}
    wrong = [row["file"] for row in rows if row["must_be"] == "NOT_OK" and row["file"] in passed]
    assert wrong == [
        "tampered/esig-dss__PAdES-BpB-att-SHA256-SHA3_256withRSA.pdf",
        "tampered/hieu181104-security-digital-signature__tampered.pdf",
    ]
    good = [row["file"] for row in rows if row["must_be"] == "OK"]
    assert [name for name in good if name not in passed] == ["intact/esig-dss__encrypted.pdf"]
    overruled = [name for name in good if name in passed and _changed((CORPUS / name).read_bytes())]
    assert [Path(name).name for name in overruled] == list(OVERRULED_OF_CORPUS)


def _changed(pdf: bytes) -> bool:
    reading = read_with_library(pdf, INTEGRITY)
    return any(one.code in _CHANGES for part in reading.parts for one in part.findings)
