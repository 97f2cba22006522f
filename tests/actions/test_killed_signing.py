"""kill -9 at each step of signing, sealing and finishing, in real processes, on both databases.

Each attempt is killed one step later than the one before, until one gets through: no signature, or
one that is found and used; never two.
"""

import json
from functools import partial
from pathlib import Path

import pytest
from asn1crypto import cms

from actions.sealing import complete as complete_seal
from actions.sealing import seal
from actions.signing_off import complete, hand_in, plan_elsewhere, sign
from models.base import DirectiveId
from models.directive import Document
from models.numbering import RegisterEntry
from signing.keys.software import open_pkcs12
from signing.request import PreparedSignature
from tests.actions.signature_rows import next_deed, signatures_of
from tests.actions.test_signing_elsewhere import use_key_at
from tests.support.front import Front
from tests.support.killing import killed_at
from tests.support.signing_office import PIN, Authority, signed


def rows_of(front: Front, kind: str) -> list[str]:
    return sorted(row.state for row in signatures_of(front) if row.kind == kind)


def used_signature(front: Front, kind: str) -> tuple[bytes, bytes]:
    """What the key gave as it is stored, and what stands in the finished document."""
    row = next(one for one in signatures_of(front) if one.kind == kind and one.state == "completed")
    prepared = PreparedSignature.from_json(json.dumps(row.plan), pdf=b"")
    pdf = front.desk.archive.get(row.document_sha256 or "")
    container = bytes.fromhex(pdf[prepared.region_start + 1 : prepared.region_end - 1].decode())
    info = cms.ContentInfo.load(container)["content"]["signer_infos"][0]
    return row.raw_signature or b"", info["signature"].native


@pytest.mark.postgres_in_soak
def test_kill_at_each_step_of_signing_and_finishing_leaves_one_signature(
    signing_front: Front, tmp_path: Path, authority: Authority
) -> None:
    front = signing_front
    key = front.frozen()
    seen = front.directive(key).frozen_sha256 or ""
    kill = partial(killed_at, front=front, folder=tmp_path, authority=authority)

    step = 0
    while next_deed(front, key) == "sign":
        step += 1
        kill(step, deed=sign, actor=front.signatory, directive_id=key, seen_sha256=seen, pin=PIN)
        living = [state for state in rows_of(front, "officer") if state != "abandoned"]
        assert living in ([], ["planned"], ["keyed"]), step
        assert front.state(key) == "numbered"
    assert step > 8
    made = next(row.raw_signature for row in signatures_of(front) if row.state == "keyed")
    step = 0
    while front.state(key) == "numbered":
        step += 1
        assert front.count(Document, Document.kind == "signed") == 0
        kill(step, deed=complete, directive_id=key)
    assert step > 5
    complete(front.desk, key)
    assert used_signature(front, "officer") == (made, made)
    assert front.count(Document, Document.kind == "signed") == 1
    assert front.count(RegisterEntry) == 1


def test_kill_at_each_step_of_sealing_and_finishing_leaves_one_seal(
    one_front: Front, tmp_path: Path, authority: Authority
) -> None:
    front = one_front
    key = signed(front)
    seen = front.directive(key).signed_sha256 or ""
    kill = partial(killed_at, front=front, folder=tmp_path, authority=authority)

    step = 0
    while next_deed(front, key) == "seal":
        step += 1
        kill(step, deed=seal, actor=front.clerk, directive_id=key, seen_sha256=seen, pin=PIN)
        assert front.state(key) == "signed", step
    assert step > 8
    made = next(
        row.raw_signature
        for row in signatures_of(front)
        if (row.kind, row.state) == ("seal", "keyed")
    )
    step = 0
    while front.state(key) == "signed":
        step += 1
        kill(step, deed=complete_seal, directive_id=key)
    complete_seal(front.desk, key)
    assert used_signature(front, "seal") == (made, made)
    assert front.count(Document, Document.kind == "sealed") == 1


def test_kill_at_each_step_of_handing_in_keeps_what_the_token_made(
    one_front: Front, tmp_path: Path, authority: Authority
) -> None:
    front = one_front
    use_key_at(front, "agent")
    key: DirectiveId = front.frozen()
    seen = front.directive(key).frozen_sha256 or ""
    step = 1
    kill = partial(killed_at, front=front, folder=tmp_path, authority=authority)
    whose = {"actor": front.signatory, "directive_id": key}
    while kill(step, deed=plan_elsewhere, **whose, seen_sha256=seen):
        step += 1
    plan = plan_elsewhere(front.desk, front.signatory, key, seen_sha256=seen)
    with open_pkcs12(authority.pki.key("signatory"), PIN) as token:
        raw = token.sign(plan.prepared.signed_attributes)
    step = 1
    while kill(step, deed=hand_in, **whose, signature_id=plan.id, raw_signature=raw):
        step += 1
    complete(front.desk, key)
    assert used_signature(front, "officer") == (raw, raw)
    assert front.state(key) == "signed"
