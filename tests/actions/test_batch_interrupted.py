"""A batch that is stopped or loses its key: what is signed stays, the rest is not begun."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import update

from actions.batch_running import carry_out, run_batch
from actions.batching import begin_batch, end_batch, stop_batch
from actions.errors import (
    NotFoundError,
    UnavailableError,
    WrongStateError,
)
from models.base import DirectiveId
from models.officer import RegisteredCertificate, Role
from signing.errors import KeyUnavailableError
from tests.actions.batch_office import (
    FILES,
    Waiting,
    Watch,
    outcomes,
    run,
    seen,
    summed,
    survives_kills,
)
from tests.actions.test_batching import front, keys, states, watch
from tests.support.front import Front
from tests.support.signing_office import PIN, signs

__all__ = ["front", "keys", "watch"]


def test_what_was_signed_by_itself_meanwhile_is_not_signed_again(
    front: Front, keys: tuple[DirectiveId, ...]
) -> None:
    batch = summed(front, keys)
    signs(front, keys[1])
    done = run(front, batch)
    assert outcomes(done) == ["signed", "refused", "signed"]
    assert "không thực hiện lại" in done.lines[1].problem
    assert states(front)[keys[1]] == ["keyed"]


def test_a_key_that_is_lost_leaves_the_rest_not_begun_and_says_so(
    front: Front, keys: tuple[DirectiveId, ...], watch: Watch
) -> None:
    def pull_out(at: int) -> None:
        if at == 2:
            raise KeyUnavailableError("thẻ", "Không thấy thẻ. Việc cần làm: cắm lại thẻ.")

    watch.before_signing = pull_out
    done = run(front, summed(front, keys))
    assert (done.state, outcomes(done)) == ("finished", ["signed", "refused", "not_begun"])
    assert "cắm lại thẻ" in done.lines[1].problem
    assert done.lines[2].problem.startswith("Khoá không còn trả lời nên chưa đến văn bản này.")
    watch.before_signing = lambda _at: None
    rest = run(front, summed(front, keys[1:]))
    assert outcomes(rest) == ["signed", "signed"]
    assert [states(front)[key].count("keyed") for key in keys] == [1] * FILES


def test_the_person_stops_it_between_two_files(
    front: Front, keys: tuple[DirectiveId, ...], watch: Watch
) -> None:
    batch = summed(front, keys)
    begin_batch(front.desk, front.signatory, batch.id)
    carry_out(
        front.desk, front.signatory, batch.id, PIN,
        signed=lambda _key: stop_batch(front.desk, front.signatory, batch.id),
    )  # fmt: skip
    done = seen(front, batch.id)
    assert (done.state, outcomes(done)) == ("stopped", ["signed", "not_begun", "not_begun"])
    assert "Đã dừng theo yêu cầu" in done.lines[1].problem
    assert len(watch.signed) == 1
    assert {tuple(states(front)[key]) for key in keys[1:]} == {("abandoned",)}


def test_a_process_that_ends_stops_between_two_files(
    front: Front, keys: tuple[DirectiveId, ...]
) -> None:
    batch = summed(front, keys)
    begin_batch(front.desk, front.signatory, batch.id)
    over: list[DirectiveId] = []
    carry_out(
        front.desk, front.signatory, batch.id, PIN,
        signed=over.append, halted=lambda: len(over) == 2,
    )  # fmt: skip
    done = seen(front, batch.id)
    assert (done.state, outcomes(done)) == ("stopped", ["signed", "signed", "not_begun"])
    assert "Máy chủ dừng" in done.lines[2].problem


def test_what_was_ended_from_outside_begins_nothing_further(
    front: Front, keys: tuple[DirectiveId, ...]
) -> None:
    batch = summed(front, keys)
    begin_batch(front.desk, front.signatory, batch.id)
    carry_out(
        front.desk, front.signatory, batch.id, PIN,
        signed=lambda _key: end_batch(front.desk, front.signatory, batch.id, reason="Bị ngắt."),
    )  # fmt: skip
    done = seen(front, batch.id)
    assert (done.state, outcomes(done)) == ("stopped", ["signed", "not_begun", "not_begun"])
    assert done.lines[1].problem == "Bị ngắt."


def test_a_batch_is_begun_once(front: Front, keys: tuple[DirectiveId, ...], watch: Watch) -> None:
    batch = summed(front, keys)

    def attempt(_at: int) -> bool:
        try:
            run_batch(front.desk, front.signatory, batch.id, PIN)
        except WrongStateError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(attempt, range(2))) == [False, True]
    assert watch.pins == [PIN]
    assert outcomes(seen(front, batch.id)) == ["signed"] * FILES
    with pytest.raises(WrongStateError, match="đã xong"):
        run_batch(front.desk, front.signatory, batch.id, PIN)


@pytest.mark.parametrize("deed", [begin_batch, stop_batch, end_batch])
def test_a_batch_is_its_persons_own(
    front: Front, keys: tuple[DirectiveId, ...], deed: Callable[..., None]
) -> None:
    batch = summed(front, keys)
    more = {"reason": "x"} if deed is end_batch else {}
    for actor in (front.clerk, front.office.actor(Role.ADMINISTRATOR)):
        with pytest.raises(NotFoundError):
            deed(front.desk, actor, batch.id, **more)
    if deed is not begin_batch:
        with pytest.raises(WrongStateError, match="chưa bắt đầu"):
            deed(front.desk, front.signatory, batch.id, **more)


def test_a_missing_key_puts_the_batch_back(front: Front, keys: tuple[DirectiveId, ...]) -> None:
    front.change(lambda s: s.execute(update(RegisteredCertificate).values(key_location="no.p12")))
    batch = summed(front, keys)
    with pytest.raises(UnavailableError):
        run(front, batch)
    assert seen(front, batch.id).state == "summarised"


def test_a_kill_at_any_point_never_signs_twice_and_loses_nothing(
    waiting: Waiting, tmp_path: Path
) -> None:
    """Each third point here; every one in the long tests."""
    assert survives_kills(waiting, tmp_path, every=3) > 20
