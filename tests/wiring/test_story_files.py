"""Files of a story that cannot be read: the place and the reason, in words."""

from pathlib import Path

import pytest

from wiring.stories.errors import StoryError
from wiring.stories.script import read_story


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "không tìm thấy tệp"),
        (b"starts 2022", "dòng 1, cột 8: không đúng cú pháp TOML"),
        (b"\xff\xfe", "bảng mã UTF-8"),
        (b"x = 1", "thiếu mục bắt buộc này"),
    ],
)
def test_what_is_wrong_with_a_story_file_is_said_in_words(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "story.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(StoryError) as refusal:
        read_story(file)
    assert said in refusal.value.diagnosis()


def test_the_story_of_the_demo_is_read() -> None:
    assert read_story(Path("demo/story.toml")).step
