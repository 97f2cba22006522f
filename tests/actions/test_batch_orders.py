"""An office that signs first and numbers after: its batches, from signature to seal."""

from sqlalchemy import update

from actions import sealing, signing_off
from actions.freezing import freeze
from actions.numbering import take_number
from actions.readiness import readiness
from models.base import DirectiveId
from models.organisation import Office
from signing.verdict import Verdict
from tests.actions.batch_office import SEAL, outcomes, run, summed
from tests.support.front import Front, with_content


def _waiting(front: Front) -> list[DirectiveId]:
    front.change(lambda s: s.execute(update(Office).values(number_after_signing=True)))
    keys = [front.approved(with_content(title=f"Ký trước {at}")) for at in (1, 2)]
    for key in keys:
        freeze(front.desk, key)
    return keys


def test_many_are_signed_without_numbers_and_sealed_with_them(one_front: Front) -> None:
    front = one_front
    keys = _waiting(front)
    before = readiness(front.desk, front.signatory, keys[0], signing_off.ACT)
    assert before.takes_pin, before.stops
    assert any("điền khi đóng dấu" in check.words for check in before.good)
    batch = summed(front, keys)
    assert [line.number for line in batch.lines] == ["Chưa cấp số"] * 2
    assert outcomes(run(front, batch)) == ["signed", "signed"]
    for key in keys:
        signing_off.complete(front.desk, key)

    unnumbered = readiness(front.desk, front.clerk, keys[0], sealing.ACT)
    assert {"number", "state"} & {check.key for check in unnumbered.stops}
    assert outcomes(summed(front, keys, SEAL)) == ["refused", "refused"]
    for key in keys:
        take_number(front.desk, front.clerk, key)
    sealed = run(front, summed(front, keys, SEAL))
    assert outcomes(sealed) == ["signed", "signed"]
    for key in keys:
        sealing.complete(front.desk, key)
        directive = front.directive(key)
        assert directive.state == "sealed"
        pdf = front.desk.archive.get(directive.sealed_sha256 or "")
        assert front.desk.judge(pdf, "x", front.clock()).verdict is Verdict.PASSED
