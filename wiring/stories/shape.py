"""Files of a story: TOML of a fixed shape; unknown keys are refused, each with its place."""

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from actions.office_file.reasons import parsing_place, reason_of
from wiring.stories.errors import StoryError


class Shape(BaseModel):
    """Frozen, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


_Shape = TypeVar("_Shape", bound=Shape)


def read_shape(path: Path, shape: type[_Shape]) -> _Shape:
    """Reads a file.

    Raises:
        StoryError: it cannot be read, or a value cannot be right; names the place.
    """
    try:
        return shape.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as err:
        raise StoryError(str(path), "không tìm thấy tệp; kiểm tra lại đường dẫn.") from err
    except OSError as err:
        raise StoryError(str(path), "không đọc được; phải là một tệp, có quyền đọc.") from err
    except UnicodeDecodeError as err:
        raise StoryError(str(path), "tệp phải dùng bảng mã UTF-8.") from err
    except tomllib.TOMLDecodeError as err:
        place = f"{path}, {parsing_place(str(err))}"
        raise StoryError(place, "không đúng cú pháp TOML.") from err
    except ValidationError as err:
        first = err.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise StoryError(f"{path}: {place}", f"{reason_of(first)}.") from err
