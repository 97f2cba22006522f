"""Files that are there whole or not at all."""

import os
import tempfile
from pathlib import Path

from cli.errors import FolderUnwritableError


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file in one step: whoever looks finds the old one, or the new one whole.

    Raises:
        FolderUnwritableError: it cannot be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as stream:
            made = Path(stream.name)
            try:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
                made.chmod(0o644)
                made.replace(path)
            except OSError:
                made.unlink()
                raise
    except OSError as error:
        raise FolderUnwritableError(str(path.parent), error.strerror or "") from error
