"""Revising a returned draft: only its drafter, with a note, and nothing typed is lost."""

import re

from models.base import DirectiveId
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE

_INPUT = re.compile(r'<(?:input|textarea) name="(t:[^"]+)"')


def returned(browsing: Browsing) -> DirectiveId:
    key = browsing.seeded.submitted("Bản sẽ bị trả lại")
    browsing.sign_in(PEOPLE.form_reviewer)
    browsing.decide(key, "return", reason="Sửa trích yếu.")
    browsing.sign_in(PEOPLE.drafter)
    return key


def test_a_returned_draft_is_revised_and_handed_in_again(browsing: Browsing) -> None:
    key = returned(browsing)
    editor = browsing.get(f"/van-ban/{key}/sua")
    assert "Sửa trích yếu." in editor.text
    paragraph = next(name for name in _INPUT.findall(editor.text) if name.endswith(".text"))
    fields = {"t:title": "Trích yếu đã sửa", paragraph: "Đoạn\r\nmới.", "note": "Sửa trích yếu."}
    saved = browsing.post(f"/van-ban/{key}/sua", **fields)
    assert saved.status_code == 303, words_of(saved)
    page = words_of(browsing.get(f"/van-ban/{key}"))
    assert "Trích yếu đã sửa" in page
    assert "bản 2" in page
    assert browsing.decide(key, "submit").status_code == 303
    assert browsing.state(key) == "in_review"
    again = browsing.seeded.directive(key)
    assert again.revision == 2


def test_without_a_note_nothing_is_stored_and_the_words_stay(browsing: Browsing) -> None:
    key = returned(browsing)
    refused = browsing.post(f"/van-ban/{key}/sua", **{"t:title": "Trích yếu mới", "note": " "})
    assert refused.status_code == 422
    assert 'value="Trích yếu mới"' in refused.text
    assert browsing.seeded.directive(key).revision == 1


def test_a_paragraph_that_gives_a_task_is_left_as_it_is(browsing: Browsing) -> None:
    key = returned(browsing)
    before = browsing.seeded.content(key)
    editor = browsing.get(f"/van-ban/{key}/sua")
    assert "không sửa tại đây" in editor.text
    path = browsing.seeded.locked_path(key)
    assert path not in _INPUT.findall(editor.text)
    browsing.post(f"/van-ban/{key}/sua", **{path: "Lén sửa.", "note": "Thử."})
    after = browsing.seeded.content(key)
    assert after.sections == before.sections


def test_nobody_else_revises(browsing: Browsing) -> None:
    key = returned(browsing)
    for officer in (PEOPLE.signatory, PEOPLE.clerk, PEOPLE.form_reviewer):
        browsing.sign_in(officer)
        assert browsing.get(f"/van-ban/{key}/sua").status_code == 403
        refused = browsing.post(f"/van-ban/{key}/sua", **{"t:title": "Khác", "note": "Khác"})
        assert refused.status_code == 403
    assert browsing.seeded.directive(key).revision == 1
