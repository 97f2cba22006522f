"""Versions side by side, and what changed since somebody's last look."""

import time
from dataclasses import replace

from actions.drafting import revise, submit
from actions.reviewing import return_draft
from documents.content import Paragraph, Section
from models.base import DirectiveId
from models.discussion import DraftLook
from models.lifecycle import ReviewStep
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE, Seeded

NEW_WORDS = "Các đơn vị gửi thêm ảnh tư liệu <b>nếu có</b> về Ban."


def with_paragraph(seeded: Seeded, key: DirectiveId, title: str, text: str) -> None:
    """The next version: another subject, and a further paragraph in the first part."""
    draft = seeded.draft(title)
    first = draft.content.sections[0]
    longer = replace(first, blocks=(*first.blocks, Paragraph(text=text)))
    content = replace(draft.content, sections=(longer, *draft.content.sections[1:]))
    note = "Sửa theo ý kiến."
    revise(
        seeded.office.desk, seeded.actor(PEOPLE.drafter), key,
        draft=replace(draft, content=content), note=note,
    )  # fmt: skip


def returned_and_revised(seeded: Seeded, title: str) -> DirectiveId:
    key = seeded.submitted(title)
    return_draft(
        seeded.office.desk, seeded.actor(PEOPLE.content_reviewer), key, reason="Thiếu.", revision=1
    )
    with_paragraph(seeded, key, f"{title}, đã sửa", NEW_WORDS)
    submit(seeded.office.desk, seeded.actor(PEOPLE.drafter), key)
    return key


def test_two_versions_stand_side_by_side_with_what_changed(browsing: Browsing) -> None:
    key = returned_and_revised(browsing.seeded, "So hai bản")
    browsing.sign_in(PEOPLE.form_reviewer)
    shown = browsing.get(f"/van-ban/{key}/so-sanh")
    words = words_of(shown)
    assert "1 chỗ sửa, 1 chỗ thêm." in words
    assert "Sửa · trích yếu" in words
    assert "So hai bản [thêm: , đã sửa ]" in words
    assert "Sửa theo ý kiến." in words
    assert "&lt;b&gt;nếu có&lt;/b&gt;" in shown.text
    assert "đoạn không đổi" in words
    backwards = words_of(browsing.get(f"/van-ban/{key}/so-sanh?tu=2&den=1"))
    assert "1 chỗ sửa, 1 chỗ bỏ." in backwards
    same = words_of(browsing.get(f"/van-ban/{key}/so-sanh?tu=2&den=2"))
    assert "giống nhau" in same
    assert (
        f"/van-ban/{key}/so-sanh?tu=1&amp;den=2"
        in browsing.get(f"/van-ban/{key}?the=phien-ban").text
    )


def test_a_version_that_is_not_there_is_named(browsing: Browsing) -> None:
    key = browsing.seeded.submitted("Chỉ có một bản")
    browsing.sign_in(PEOPLE.form_reviewer)
    assert "Văn bản mới có một bản." in words_of(browsing.get(f"/van-ban/{key}/so-sanh"))
    missing = browsing.get(f"/van-ban/{key}/so-sanh?tu=1&den=7")
    assert missing.status_code == 404
    assert "bản dự thảo “7”" in words_of(missing)
    for hostile in ("?tu=-1", "?tu=x", "?den=99999999999999999999999", "?tu=1'--"):
        assert browsing.get(f"/van-ban/{key}/so-sanh{hostile}").status_code == 422


def test_who_decides_sees_what_changed_since_the_last_look(browsing: Browsing) -> None:
    seeded = browsing.seeded
    key = seeded.submitted("Xem lần trước")
    browsing.sign_in(PEOPLE.form_reviewer)
    assert "xem trước:" not in words_of(browsing.get(f"/van-ban/{key}"))
    return_draft(
        seeded.office.desk, seeded.actor(PEOPLE.content_reviewer), key, reason="Thiếu.", revision=1
    )
    with_paragraph(seeded, key, "Xem lần trước", NEW_WORDS)
    submit(seeded.office.desk, seeded.actor(PEOPLE.drafter), key)
    for _ in range(2):  # it stays for this version, however often the page is opened
        page = words_of(browsing.get(f"/van-ban/{key}"))
        assert "Từ lần đồng chí xem trước: 1 chỗ thêm" in page
        assert "Lần trước là bản 1" in page
    browsing.sign_in(PEOPLE.signatory)
    assert "xem trước:" not in words_of(browsing.get(f"/van-ban/{key}"))
    browsing.sign_in(PEOPLE.content_reviewer)  # decided on the first version without the page
    assert "Từ lần đồng chí xem trước: 1 chỗ thêm" in words_of(browsing.get(f"/van-ban/{key}"))
    browsing.sign_in(PEOPLE.clerk)
    assert "xem trước:" not in words_of(browsing.get(f"/van-ban/{key}"))
    with seeded.office.database.reading() as session:
        assert session.get(DraftLook, (key, PEOPLE.clerk)) is None
        kept = session.get_one(DraftLook, (key, PEOPLE.form_reviewer))
    assert (kept.before, kept.revision) == (1, 2)


def test_the_signatory_reads_before_the_pin_whether_anything_changed(browsing: Browsing) -> None:
    seeded = browsing.seeded
    key = seeded.numbered("Xem trước khi ký")
    browsing.sign_in(PEOPLE.signatory)
    assert "Từ lần xem trước Nội dung không đổi" in words_of(browsing.get(f"/van-ban/{key}/ky"))
    return_draft(seeded.office.desk, seeded.actor(PEOPLE.signatory), key, reason="Sửa.", revision=1)
    with_paragraph(seeded, key, "Xem trước khi ký", NEW_WORDS)
    submit(seeded.office.desk, seeded.actor(PEOPLE.drafter), key)
    seeded.passes(key, ReviewStep.APPROVAL)
    seeded.passes(key, ReviewStep.CONTENT, ReviewStep.FORM)
    seeded.machine.run(key)
    words = words_of(browsing.get(f"/van-ban/{key}/ky"))
    assert "Từ lần xem trước Nội dung đã đổi: 1 chỗ thêm." in words


def test_a_long_directive_is_compared_while_one_waits(browsing: Browsing) -> None:
    seeded = browsing.seeded
    key = seeded.start("Văn bản dài")
    draft = seeded.draft("Văn bản dài")
    for turn in ("một", "hai"):
        parts = tuple(
            Section(
                label=f"{at}.", title=f"Phần {at}",
                blocks=tuple(Paragraph(text=f"Đoạn {turn} {n}, phần {at}. " * 8) for n in range(8)),
            )
            for at in range(1, 40)
        )  # fmt: skip
        long = replace(draft, content=replace(draft.content, sections=parts), tasks=())
        revise(seeded.office.desk, seeded.actor(PEOPLE.drafter), key, draft=long, note=turn)
    browsing.sign_in(PEOPLE.drafter)
    began = time.perf_counter()
    assert browsing.get(f"/van-ban/{key}/so-sanh").status_code == 200
    assert time.perf_counter() - began < 20  # a second, where nothing else works
