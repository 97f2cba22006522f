"""Another office and kind of paper, many units on two channels: read by independent parsers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stories import reading_large as reading
from tests.stories.conftest import Played
from tests.stories.large_story import SHORT, Cast, cast, write_story

pytestmark = pytest.mark.timeout(1800)
SIZE = 24


@pytest.fixture(scope="module")
def parts() -> Cast:
    return cast(SIZE)


@pytest.fixture(scope="module")
def played(
    play_story: Callable[[Path], Played], parts: Cast, tmp_path_factory: pytest.TempPathFactory
) -> Played:
    return play_story(write_story(tmp_path_factory.mktemp("large"), parts, SHORT))


def test_the_figures_add_up(played: Played, parts: Cast) -> None:
    reading.the_figures_add_up(played, parts)


def test_every_unit_got_the_very_document_by_its_own_channel(played: Played, parts: Cast) -> None:
    reading.every_unit_got_the_document(played, parts)


def test_each_message_id_is_there_once(played: Played) -> None:
    reading.message_ids_are_single(played)


def test_the_tables_say_where_each_unit_stands(played: Played, parts: Cast) -> None:
    reading.the_tables_say_where_units_stand(played, parts)


def test_the_workbook_holds_a_line_with_its_source_for_every_answer(
    played: Played, parts: Cast
) -> None:
    reading.the_workbook_holds_every_answer(played, parts)


def test_nobody_who_has_answered_is_reminded_afterwards(played: Played, parts: Cast) -> None:
    reading.nobody_is_reminded_after_an_answer(played, parts)


def test_the_report_upwards_lies_with_its_drafter(played: Played) -> None:
    assert any("soạn báo cáo lên cấp trên" in words for words in played.told)
