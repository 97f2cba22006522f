"""When a signature existed: what trusted time stamps prove, newest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from signing.judge.anchoring import judge_anchor
from signing.judge.answers import ChainAnswer, Chains
from signing.judge.part import SignedMessage, SignedPart
from signing.trust import Purpose
from signing.verdict import Finding, Verdict
from signing.words import finding, say_day, say_time

_AGED: Final = frozenset({"evidence_missing", "evidence_stale"})
"""What rule 3 of a stamp excuses: nothing but that its evidence has grown old."""


@dataclass(frozen=True, slots=True)
class StampAnswer:
    """What one time stamp proves."""

    proven: datetime | None
    """The instant, or None where the stamp is not trusted."""

    findings: tuple[Finding, ...]
    chain: ChainAnswer | None = None


def judge_stamp(
    token: SignedMessage, *, control: datetime, chains: Chains, archived: bool
) -> StampAnswer:
    """Judges one time stamp whose mathematics holds.

    1. The stamp must not be later than `control`.
    2. Its authority's certificate must be good at `control`, by evidence fresh then.
    3. Else, where the policy has the rule `last_archive_stamp_evidence` and the certificate still
       lives at `control`, evidence from when the stamp was made is accepted.

    Args:
        token: The time stamp.
        control: The instant at which the stamp is known to exist: of a later good stamp that covers
            it, else the time of judgement.
        chains: Chains with the file's evidence.
        archived: Whether the stamp is a document time stamp or lies under one; only then 3 applies.
    """
    moment = token.stamped_at
    if moment is None:
        return StampAnswer(None, (finding("timestamp_untrusted", detail="không ghi thời điểm"),))
    if moment > control + chains.policy.clock_tolerance:
        return StampAnswer(None, (finding("timestamp_in_future", time=say_time(moment)),))
    # Within the clocks' tolerance a stamp may be a little later than the time of judgement.
    answer = chains.at(token, max(control, moment), stamping=True)
    if answer.good:
        return _held_to_anchor(StampAnswer(moment, (), answer), chains)
    if archived and chains.policy.last_archive_stamp_evidence:
        then = chains.at(token, moment, stamping=True, retroactive=True)
        if then.good and then.within_life(control) and answer.code in _AGED:
            named = finding("last_archive_stamp_evidence", renew=say_day(then.ends()))
            return _held_to_anchor(StampAnswer(moment, (named,), then), chains)
    return StampAnswer(None, (finding("timestamp_untrusted", detail=_why(answer)),))


def _held_to_anchor(answer: StampAnswer, chains: Chains) -> StampAnswer:
    """The same, or that the anchor of a good chain is not trusted for time stamps then."""
    if answer.chain is None or answer.proven is None:
        return answer
    against = judge_anchor(
        answer.chain.path, chains.trust, purposes=(Purpose.STAMP,), at=answer.proven
    )
    return StampAnswer(None, against, answer.chain) if against else answer


def _why(answer: ChainAnswer) -> str:
    reasons = {
        "revoked": "chứng thư dấu thời gian đã bị thu hồi",
        "expired": "chứng thư dấu thời gian đã hết hạn",
        "issuer_unknown": "chưa có chứng thư gốc của cơ quan cấp dấu thời gian",
        "evidence_missing": "thiếu bằng chứng thu hồi còn hạn của cơ quan cấp dấu thời gian",
        "evidence_stale": "bằng chứng thu hồi của cơ quan cấp dấu thời gian đã cũ",
        "wrong_usage": "chứng thư không được cấp để đóng dấu thời gian",
        "algorithm": "dấu thời gian dùng thuật toán không còn được chấp nhận",
    }
    return reasons.get(answer.code, "chuỗi chứng thư dấu thời gian không hợp lệ")


@dataclass(frozen=True, slots=True)
class StampedRevision:
    """A document time stamp that is good: everything up to its revision existed then."""

    revision: int
    moment: datetime


def covering(stamps: tuple[StampedRevision, ...], revision: int) -> StampedRevision | None:
    """The earliest good document time stamp after a revision."""
    later = [stamp for stamp in stamps if stamp.revision > revision]
    return min(later, key=lambda stamp: stamp.moment, default=None)


def prove_time(
    part: SignedPart,
    *,
    stamps: tuple[StampedRevision, ...],
    chains: Chains,
    at: datetime,
) -> StampAnswer:
    """The earliest instant at which a signature is proven to have existed.

    Args:
        part: A signature whose mathematics holds, with its own time stamps.
        stamps: The good document time stamps.
        chains: Chains with the file's evidence.
        at: The time of judgement.
    """
    cover = covering(stamps, part.revision)
    control = cover.moment if cover is not None else at
    answers = [
        judge_stamp(token, control=control, chains=chains, archived=cover is not None)
        for token in _with_helpers(part)
    ]
    proven = [answer.proven for answer in answers if answer.proven is not None]
    findings = [one for answer in answers for one in answer.findings]
    if cover is not None:
        proven.append(cover.moment)
    if not proven:
        return StampAnswer(None, (*findings, finding("time_not_proven")))
    best = min(proven)
    return StampAnswer(best, (*findings, finding("time_proven", time=say_time(best))))


def _with_helpers(part: SignedPart) -> list[SignedMessage]:
    """The tokens; what travels in the signature around them may help to build their chains."""
    around = part.message.certificates if part.message is not None else ()
    return [replace(token, certificates=(*token.certificates, *around)) for token in part.tokens]


def is_trusted(answer: StampAnswer) -> bool:
    """Whether a stamp proves its time."""
    return answer.proven is not None and all(
        one.effect is Verdict.PASSED for one in answer.findings
    )
