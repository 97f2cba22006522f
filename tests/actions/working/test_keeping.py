"""A draft that somebody writes: kept whatever happens, handed in once."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from actions.auditing import verify_chain
from actions.desk import Deed
from actions.draft_rows import draft_of
from actions.drafting import start_directive, submit
from actions.errors import (
    ActionRefusedError,
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    StaleRevisionError,
)
from actions.offices import office_facts
from actions.reviewing import return_draft
from actions.working import keeping
from actions.working.body import Body
from actions.working.building import from_draft, to_draft
from actions.working.faults import faults_of
from actions.working.keeping import Save
from actions.working.naming import choose, found_in, opened
from actions.working.tasks import due_shown
from actions.working.typed import put
from models.directive import Directive
from models.working import WorkingDraft
from tests.support.front import DRAFT, SENTENCE, Front

KIND = "Hướng dẫn"


def begun(front: Front) -> UUID:
    return keeping.begin(front.desk, front.drafter, KIND)


def body(front: Front, key: UUID) -> Body:
    with front.desk.database.reading() as session:
        return keeping.body_of(keeping.working_draft(session, front.drafter, key))


def version(front: Front, key: UUID) -> int:
    with front.desk.database.reading() as session:
        return keeping.working_draft(session, front.drafter, key).version


def titled(title: str) -> Callable[[Body], None]:
    return lambda one: put(one, {"h.title": title})


def filled(front: Front) -> UUID:
    """A draft with everything that the good one has."""
    key = begun(front)
    good = from_draft(DRAFT)

    def change(one: Body) -> None:
        for name in Body.model_fields:
            setattr(one, name, getattr(good, name))

    keeping.save(front.desk, front.drafter, key, change, Save(version=1))
    return key


def directives(front: Front) -> list[Directive]:
    with front.desk.database.reading() as session:
        return list(session.scalars(select(Directive)))


def copies(front: Front) -> list[WorkingDraft]:
    with front.desk.database.reading() as session:
        return list(session.scalars(select(WorkingDraft)))


def test_a_draft_and_its_body_say_the_same(front: Front) -> None:
    with front.desk.database.reading() as session:
        again = to_draft(session, from_draft(DRAFT))
    assert again.content.sections == DRAFT.content.sections
    assert (again.lines, again.tasks) == (DRAFT.lines, DRAFT.tasks)


def test_what_is_typed_stays_and_leaves_no_event_for_each_pause(front: Front) -> None:
    key = begun(front)
    for number in range(3):
        said = Save(version=number + 1)
        keeping.save(front.desk, front.drafter, key, titled(f"Lần {number}"), said)
    assert body(front, key).title == "Lần 2"
    assert version(front, key) == 4
    with front.desk.database.reading() as session:
        chain = verify_chain(session)
    assert (chain.events, chain.broken_at) == (1, None)


def test_a_save_of_an_older_page_is_refused_and_one_of_the_same_window_counts(
    front: Front,
) -> None:
    key, desk, actor = begun(front), front.desk, front.drafter
    keeping.save(desk, actor, key, titled("A"), Save(version=1, window="w1", sequence=10))
    # The answer got lost on the way: the window still believes in version 1.
    keeping.save(desk, actor, key, titled("B"), Save(version=1, window="w1", sequence=11))
    with pytest.raises(StaleRevisionError):
        keeping.save(desk, actor, key, titled("C"), Save(version=1, window="w2", sequence=99))
    with pytest.raises(StaleRevisionError):  # overtaken on the line by the one after it
        keeping.save(desk, actor, key, titled("D"), Save(version=1, window="w1", sequence=11))
    assert body(front, key).title == "B"


def test_nobody_reads_writes_or_ends_the_draft_of_another(front: Front) -> None:
    key = begun(front)
    for actor in front.everybody():
        if actor.id == front.drafter.id:
            continue
        for deed in (
            lambda who=actor: keeping.save(front.desk, who, key, titled("X"), Save(version=1)),
            lambda who=actor: keeping.discard(front.desk, who, key),
            lambda who=actor: keeping.hand_in(front.desk, who, key),
            lambda who=actor: keeping.take_back(front.desk, who, key),
        ):
            with pytest.raises(NotFoundError):
                deed()
        if actor.id != front.drafter.id:
            with pytest.raises(NotAuthorisedError):
                keeping.begin(front.desk, actor, KIND)
    assert body(front, key).title == ""


def test_a_slip_in_the_structure_is_taken_back(front: Front) -> None:
    key = filled(front)
    before = body(front, key)

    def lose(one: Body) -> None:
        one.outline.clear()

    keeping.save(front.desk, front.drafter, key, lose, Save(version=2), structure=True)
    assert body(front, key).outline == []
    keeping.take_back(front.desk, front.drafter, key)
    assert body(front, key) == before


def test_a_whole_draft_becomes_a_directive_and_the_copy_ends(front: Front) -> None:
    key = filled(front)
    directive_id = keeping.hand_in(front.desk, front.drafter, key)
    submit(front.desk, front.drafter, directive_id)
    with front.desk.database.reading() as session:
        stored = draft_of(session, session.get_one(Directive, directive_id))
    assert stored.content.sections == DRAFT.content.sections
    assert stored.lines == DRAFT.lines
    assert copies(front) == []
    with pytest.raises(NotFoundError):
        keeping.hand_in(front.desk, front.drafter, key)
    assert len(directives(front)) == 1


def test_what_is_not_whole_is_refused_with_every_place_and_stays(front: Front) -> None:
    key = begun(front)
    with pytest.raises(InvalidInputError) as refused:
        keeping.hand_in(front.desk, front.drafter, key)
    assert "Nơi nhận" in refused.value.diagnosis()
    assert directives(front) == []
    assert len(copies(front)) == 1
    with front.desk.database.reading() as session:
        faults = faults_of(session, body(front, key), front.clock().date())
    assert {"Trích yếu", "Nơi nhận, dòng 1"} <= {one.place for one in faults if one.stops}
    assert all(one.anchor for one in faults)


def test_a_kill_between_directive_and_copy_leaves_the_copy_alone(front: Front) -> None:
    filled(front)

    def killed(_deed: Deed) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start_directive(front.desk, front.drafter, draft=DRAFT, also=killed)
    assert directives(front) == []
    assert len(copies(front)) == 1


def test_a_window_that_saved_meanwhile_stops_the_handing_in(front: Front) -> None:
    key = filled(front)
    desk = front.desk
    put_first = desk.archive.put

    def slow(content: bytes) -> str:
        keeping.save(desk, front.drafter, key, titled("Sửa thêm"), Save(version=2))
        return put_first(content)

    with pytest.raises(AlreadyDoneError):
        # The draft is read, then somebody types on in another window, then it is stored.
        _with_hook(front, key, slow)
    assert directives(front) == []
    assert body(front, key).title == "Sửa thêm"


def _with_hook(front: Front, key: UUID, between: Callable[[bytes], str]) -> None:
    class Slow:
        def __getattr__(self, name: str) -> object:
            return getattr(front.desk.archive, name)

        def get(self, digest: str) -> bytes:
            between(b"x")
            return front.desk.archive.get(digest)

    digest = front.desk.archive.put(b"x")
    files = [{"name": "a.txt", "media_type": "text/plain", "sha256": digest, "size_bytes": 1}]
    with front.desk.database.writing() as session:
        row = session.get_one(WorkingDraft, key)
        row.body = {**row.body, "attachments": files}
    keeping.hand_in(replace(front.desk, archive=Slow()), front.drafter, key)  # type: ignore[arg-type]


def test_a_returned_directive_is_taken_up_and_becomes_its_next_revision(front: Front) -> None:
    directive_id = start_directive(front.desk, front.drafter, draft=DRAFT)
    submit(front.desk, front.drafter, directive_id)
    return_draft(
        front.desk, front.content_reviewer, directive_id, reason="Sửa trích yếu.", revision=1
    )
    key = keeping.begin_revision(front.desk, front.drafter, directive_id)
    assert keeping.begin_revision(front.desk, front.drafter, directive_id) == key
    keeping.save(front.desk, front.drafter, key, titled("Trích yếu mới"), Save(version=1))
    with pytest.raises(InvalidInputError, match="invalid_input"):
        keeping.hand_in(front.desk, front.drafter, key, note=" ")
    keeping.hand_in(front.desk, front.drafter, key, note="Sửa trích yếu.")
    with front.desk.database.reading() as session:
        directive = session.get_one(Directive, directive_id)
        assert (directive.revision, directive.subject) == (2, "Trích yếu mới")
        assert draft_of(session, directive).tasks == DRAFT.tasks
    assert copies(front) == []


def test_an_earlier_directive_is_a_beginning_without_its_number_and_days(front: Front) -> None:
    directive_id = start_directive(front.desk, front.drafter, draft=DRAFT)
    key = keeping.begin_copy(front.desk, front.drafter, directive_id)
    copy = body(front, key)
    assert copy.title == DRAFT.content.title
    assert [task.named_date for task in copy.tasks] == [None, None]
    assert [line.groups for line in copy.lines] == [list(line.groups) for line in DRAFT.lines]


def test_a_kind_that_the_office_does_not_write_is_refused(front: Front) -> None:
    with pytest.raises(ActionRefusedError) as refused:
        keeping.begin(front.desk, front.drafter, "Sắc lệnh")
    assert "Sắc lệnh" in refused.value.diagnosis()
    assert copies(front) == []


def test_a_task_follows_the_words_of_its_paragraph_or_is_said_to_be_gone(front: Front) -> None:
    one = from_draft(DRAFT)
    place = next(key for key, item in one.paragraphs() if item.text == SENTENCE)
    name = f"{place.replace('-', '.')}.x"
    put(one, {name: "Các huyện ủy xây dựng kế hoạch trước ngày 20/11/2022."})
    first = one.tasks[0]
    assert first.sentence == "Các huyện ủy xây dựng kế hoạch trước ngày 20/11/2022."
    with front.desk.database.reading() as session:
        day = front.clock().date()
        assert f"{due_shown(session, first, day).day:%d/%m/%Y}" == "18/11/2022"
        first.sentence = "Câu không có trong văn bản."
        said = [fault.sentence for fault in faults_of(session, one, day)]
    assert any("không còn trong văn bản" in sentence for sentence in said)


def test_that_nobody_is_chosen_to_sign_is_said_once(front: Front) -> None:
    one = from_draft(DRAFT)
    one.authority_id = ""
    with front.desk.database.reading() as session:
        found = faults_of(session, one, front.clock().date())
    assert [fault.place for fault in found if "người ký" in fault.place.casefold()] == ["Người ký"]


def test_units_are_found_by_their_names_and_opened_once_each(front: Front) -> None:
    with front.desk.database.reading() as session:
        day = front.clock().date()
        assert found_in(session, "các huyện uỷ", day) == ["g:huyen"]
        assert found_in(session, "Ban không có trong danh mục", day) == []
        one = from_draft(DRAFT)
        reach = opened(session, one, office_facts(session).organisation_id, day)
        assert len({unit.organisation_id for unit in reach.units}) == len(reach.units)
        assert reach.doubled == 1  # Huyện ủy A: named alone and in its group
        with pytest.raises(InvalidInputError):
            choose(session, one, "l.0", ["khong-co"])
        with pytest.raises(InvalidInputError):
            choose(session, one, "l.99", [])
