"""Templates of the office: what they keep of a draft, who uses them, who may change them."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from actions.auditing import Actor
from actions.desk import doing, local_day
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError
from actions.working.beginning import empty
from actions.working.body import Attached, Body, Line, Task, paragraph
from actions.working.building import build
from actions.working.faults import faults_of
from actions.working.keeping import KIND, add, body_of, drafting_office, working_draft
from actions.working.tasks import follow_text, task_of
from actions.working.templates import (
    begin_from_template,
    blank,
    may_keep,
    rename_template,
    save_template,
    template_of,
    templates_of,
    withdraw_template,
)
from models.working import DraftTemplate, WorkingDraft
from tests.support.front import Front

DATED = "Các huyện ủy báo cáo kết quả trước ngày 31/10/2022."
MONTHLY = "Các huyện ủy báo cáo tình hình trước ngày 20 hằng tháng."


def written(front: Front) -> UUID:
    """A draft of the drafter's with two tasks, a file and people."""
    with doing(front.desk, front.drafter, "begin_draft", kind=KIND) as deed:
        office = drafting_office(deed)
        body = empty(deed.session, office, "Hướng dẫn", deed.day)
        body.title = "Tổ chức học tập nghị quyết"
        body.urgency = "KHẨN"
        body.lines.insert(0, Line(raw="Các huyện ủy", role="action", groups=["huyen"]))
        body.outline += [paragraph(f"Thực hiện ngay. {DATED}"), paragraph(MONTHLY)]
        body.outline.append(paragraph(DATED))
        last = len(body.outline) - 1
        body.tasks = [task_of(body, "b", last), task_of(body, "b", last - 1)]
        body.attachments = [Attached(name="a.pdf", media_type="x/y", sha256="0" * 64, size_bytes=1)]
        body.authority_id, body.content_reviewer = "ky-thay", "content"
        return add(deed, office, body)


def body(front: Front, key: UUID) -> Body:
    with front.desk.database.reading() as session:
        return body_of(working_draft(session, front.drafter, key))


def kept(front: Front, key: UUID, actor: Actor | None = None) -> DraftTemplate:
    with front.desk.database.reading() as session:
        row = template_of(session, actor or front.drafter, key, local_day(front.clock()))
        assert row.body
        return row


def test_a_template_keeps_the_text_and_nothing_of_one_paper(front: Front) -> None:
    draft = written(front)
    key = save_template(front.desk, front.drafter, draft, "  Học tập   nghị quyết ")
    row = kept(front, key)
    assert (row.name, row.doc_type) == ("Học tập nghị quyết", "Hướng dẫn")
    made, before = Body.model_validate(row.body), body(front, draft)
    assert made.title == before.title
    assert made.lines == before.lines
    assert (made.attachments, made.authority_id, made.content_reviewer, made.urgency) == (
        [], "", "", "",
    )  # fmt: skip
    dated, monthly = made.tasks
    assert dated.sentence == "Các huyện ủy báo cáo kết quả trước ngày …/…/…."
    assert (dated.deadline_raw, dated.named_date) == ("trước ngày …/…/…", None)
    assert monthly == before.tasks[1]
    texts = [item.text for _, item in made.paragraphs()]
    assert "Thực hiện ngay. Các huyện ủy báo cáo kết quả trước ngày …/…/…." in texts
    assert not [text for text in texts if "31/10/2022" in text]
    assert before.tasks[0].named_date == date(2022, 10, 31)
    event = front.last_event()
    assert (event.deed, event.subject_id, event.detail["name"]) == (
        "save_template", str(key), "Học tập nghị quyết",
    )  # fmt: skip


def test_a_draft_from_a_template_wants_its_day_before_it_is_handed_in(front: Front) -> None:
    key = save_template(front.desk, front.drafter, written(front), "Mẫu")
    begun = begin_from_template(front.desk, front.drafter, key)
    assert front.last_event().detail["template"] == str(key)
    made = body(front, begun)
    assert made.symbol == "HD/BTNTU"
    assert made.parent_issuer
    with front.desk.database.reading() as session:
        day = local_day(front.clock())
        assert "Thời hạn chưa có ngày" in " ".join(
            one.sentence for one in faults_of(session, made, day) if one.stops
        )
        old = made.outline[-1]
        filled = old.text.replace("…/…/…", "15/11/2022")
        follow_text(made, old, filled)
        old.text = filled
        assert made.tasks[0].named_date == date(2022, 11, 15)
        assert "Thời hạn chưa có ngày" not in str(faults_of(session, made, day))
        assert build(session, made).content.title == "Tổ chức học tập nghị quyết"
    other = body(front, begin_from_template(front.desk, front.drafter, key))
    assert other.outline[-1].text.endswith("trước ngày …/…/….")


@pytest.mark.parametrize(
    ("words", "blanked"),
    [
        ("trong tháng 10 năm 2022", "trong tháng … năm …"),
        ("chậm nhất ngày 15 tháng 11 năm 2022", "chậm nhất ngày … tháng … năm …"),
        ("trong quý IV năm 2022", "trong quý … năm …"),
    ],
)
def test_every_calendar_deadline_loses_its_figures(words: str, blanked: str) -> None:
    made = Body(regime="party", doc_type="Kế hoạch", outline=[paragraph(f"Các  huyện {words}.")])
    made.tasks = [task_of(made, "b", 0)]
    assert made.tasks[0].deadline_raw, words
    after = blank(made)
    assert after.tasks[0].deadline_raw in blanked
    assert not any(one.isdigit() for one in after.outline[0].text)
    assert made.outline[0].text == f"Các  huyện {words}."
    relative = Task(kind="relative", deadline_raw="trong 10 ngày kể từ ngày nhận", sentence="x")
    made.tasks = [relative]
    assert blank(made).tasks == [relative]


def test_templates_are_the_offices_and_changed_by_their_maker_clerk_or_administrator(
    front: Front,
) -> None:
    key = save_template(front.desk, front.drafter, written(front), "Mẫu một")
    day = local_day(front.clock())
    with pytest.raises(NotAuthorisedError):
        kept(front, key, front.signatory)
    with pytest.raises(NotAuthorisedError):
        rename_template(front.desk, front.signatory, key, "Khác")
    with pytest.raises(NotAuthorisedError):
        begin_from_template(front.desk, front.clerk, key)
    with pytest.raises(NotFoundError):
        save_template(front.desk, front.drafter, uuid4(), "Không có dự thảo này")
    assert kept(front, key, front.clerk).name == "Mẫu một"
    rename_template(front.desk, front.clerk, key, "Mẫu hai")
    detail = front.last_event().detail
    assert (detail["before"], detail["name"]) == ("Mẫu một", "Mẫu hai")
    with front.desk.database.reading() as session:
        row = templates_of(session, kept(front, key).organisation_id)[0]
        assert may_keep(session, front.drafter, row, day)
        assert not may_keep(session, front.signatory, row, day)
    withdraw_template(front.desk, front.drafter, key)
    for act in (
        lambda: withdraw_template(front.desk, front.drafter, key),
        lambda: begin_from_template(front.desk, front.drafter, key),
        lambda: kept(front, key),
    ):
        with pytest.raises(NotFoundError):
            act()
    # The name is free again, and the withdrawn row stays.
    save_template(front.desk, front.drafter, written(front), "Mẫu hai")
    assert front.count(DraftTemplate) == 2


def test_a_name_is_used_once_and_secret_drafts_are_not_shared(lone_front: Front) -> None:
    draft = written(lone_front)
    save_template(lone_front.desk, lone_front.drafter, draft, "Mẫu")
    for name, said in (("Mẫu", "đã có mẫu tên này"), (" ", "ngắn gọn"), ("x" * 121, "ngắn gọn")):
        with pytest.raises(InvalidInputError, match=said):
            save_template(lone_front.desk, lone_front.drafter, draft, name)
    with lone_front.desk.database.writing() as session:
        row = session.get_one(WorkingDraft, draft)
        row.body = {**row.body, "outline": [paragraph("TỐI MẬT").model_dump(mode="json")]}
    with pytest.raises(InvalidInputError, match="độ mật"):
        save_template(lone_front.desk, lone_front.drafter, draft, "Mẫu mật")
    assert lone_front.count(DraftTemplate) == 1
