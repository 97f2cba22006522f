"""Three hundred units on two channels, walked through three months, read by independent parsers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stories.conftest import Played
from tests.stories.large_story import THREE_MONTHS, Cast, cast, write_story
from tests.stories.reading_large import (
    every_unit_got_the_document,
    message_ids_are_single,
    the_figures_add_up,
    the_tables_say_where_units_stand,
    the_workbook_holds_every_answer,
)

pytestmark = pytest.mark.timeout(7200)
SIZE = 300


@pytest.fixture(scope="module")
def parts() -> Cast:
    return cast(SIZE)


@pytest.fixture(scope="module")
def played(
    play_story: Callable[[Path], Played], parts: Cast, tmp_path_factory: pytest.TempPathFactory
) -> Played:
    folder = tmp_path_factory.mktemp("three-hundred")
    return play_story(write_story(folder, parts, THREE_MONTHS))


def test_three_hundred_units_are_reached_and_followed(played: Played, parts: Cast) -> None:
    the_figures_add_up(played, parts)
    every_unit_got_the_document(played, parts)
    message_ids_are_single(played)
    the_tables_say_where_units_stand(played, parts)
    the_workbook_holds_every_answer(played, parts)
