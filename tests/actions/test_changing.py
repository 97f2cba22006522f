"""The guarded change: the database decides who was first."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import text

from actions.auditing import MACHINE
from actions.changing import amend, expect_state, get_directive, move
from actions.desk import Deed, doing
from actions.errors import NotFoundError, StaleRevisionError, WrongStateError
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from tests.support.front import Front

pytestmark = pytest.mark.both_databases

S = DirectiveState


def _second(
    front: Front, key: DirectiveId, meanwhile: str, act: Callable[[Deed, Directive], None]
) -> None:
    """Looks at the directive, lets somebody else be quicker, then acts."""
    with doing(front.desk, MACHINE, "x", subject=key) as deed:
        directive = get_directive(deed.session, key)
        deed.session.execute(text(meanwhile))
        act(deed, directive)


def test_a_move_that_is_none_is_refused(front: Front) -> None:
    key = front.start()
    with pytest.raises(WrongStateError):
        _second(
            front,
            key,
            "SELECT 1",
            lambda deed, directive: move(deed, directive, S.ISSUED, expected=S.DRAFTING),
        )
    assert front.state(key) == "drafting"


def test_who_comes_second_is_refused_and_told_the_state(front: Front) -> None:
    key = front.start()
    with pytest.raises(WrongStateError) as refusal:
        _second(
            front,
            key,
            "UPDATE directive SET state = 'cancelled'",
            lambda deed, directive: move(deed, directive, S.IN_REVIEW, expected=S.DRAFTING),
        )
    assert refusal.value.actual == "cancelled"
    assert front.state(key) == "drafting"


def test_who_looked_at_an_older_revision_is_refused(front: Front) -> None:
    key = front.start()
    with pytest.raises(StaleRevisionError, match="không còn là bản hiện hành"):
        _second(
            front,
            key,
            "UPDATE directive SET revision = 2",
            lambda deed, directive: amend(deed, directive, expected=S.DRAFTING, subject="Khác"),
        )
    assert front.directive(key).subject != "Khác"


def test_an_amendment_sets_columns_and_keeps_the_state(front: Front) -> None:
    key = front.start()
    front.clock.advance(minutes=1)
    with doing(front.desk, MACHINE, "x", subject=key) as deed:
        amend(deed, get_directive(deed.session, key), expected=S.DRAFTING, urgency="Khẩn")
    directive = front.directive(key)
    assert (directive.urgency, directive.state) == ("Khẩn", "drafting")
    assert directive.updated_at == front.clock()


def test_a_state_is_expected_and_a_directive_found(front: Front) -> None:
    key = front.start()
    with front.desk.database.reading() as session:
        directive = get_directive(session, key)
        expect_state(directive, S.DRAFTING, S.RETURNED)
        with pytest.raises(WrongStateError):
            expect_state(directive, S.RETURNED)
        with pytest.raises(NotFoundError):
            get_directive(session, DirectiveId(uuid.uuid4()))
