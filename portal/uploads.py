"""Files that strangers send: read as a stream, given up as soon as they are too large."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from portal.errors import BadUploadError, UnstorableTextError, UploadTooLargeError
from portal.storable import require_storable

FORM_BYTES = 64 * 1024
"""What may come around the file: names of fields, boundaries, a few words."""
MOST_FIELDS = 20
MOST_LETTERS = 300
_FILE_NAME = re.compile(rb'filename="([^"\r\n]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A form with one file; the file is in memory and nowhere else."""

    name: str
    """As the sender named it; shown, never a path."""
    content: bytes
    fields: dict[str, str]
    """The other fields of the form."""
    media_type: str = ""
    """What the sender says it is."""


async def read_upload(request: Request, *, limit_bytes: int, field: str = "file") -> Upload:
    """Reads a multipart form while it comes in.

    Args:
        request: the request; nobody may have read its body.
        limit_bytes: of the file.
        field: name of the file's field.

    Raises:
        UploadTooLargeError: known from its header, or seen while reading; nothing is kept.
        BadUploadError: no multipart form, or no file in it.
    """
    most = limit_bytes + FORM_BYTES
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        name = await _let_run_out(request, int(declared), most)
        raise UploadTooLargeError(limit_bytes, name)
    form = await _parse(request, most, limit_bytes)
    request.state.typed = form
    try:
        return await _taken(form, field, limit_bytes)
    finally:
        await form.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class OneFile:
    """One file of several."""

    field: str
    """Name of the form's field it came in."""
    name: str
    """As the sender named it; shown, never a path."""
    media_type: str
    """What the sender says it is."""
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """A form with several files, or none; in memory and nowhere else."""

    files: tuple[OneFile, ...]
    fields: dict[str, str]
    """The other fields of the form."""

    def of(self, field: str) -> tuple[OneFile, ...]:
        """Returns the files of one field, in the form's order."""
        return tuple(one for one in self.files if one.field == field)


async def read_uploads(
    request: Request, *, limit_bytes: int, most_files: int, most_fields: int
) -> Uploads:
    """Reads a multipart form with several files while it comes in.

    Args:
        request: the request; nobody may have read its body.
        limit_bytes: of all files together.
        most_files: files in all.
        most_fields: other fields.

    Raises:
        UploadTooLargeError: known from its header, or seen while reading; nothing is kept.
        BadUploadError: no multipart form, or more in it than may be.
    """
    most = limit_bytes + FORM_BYTES + most_fields * MOST_LETTERS
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        name = await _let_run_out(request, int(declared), most)
        raise UploadTooLargeError(limit_bytes, name)
    form = await _parse(request, most, limit_bytes, most_files=most_files, most_fields=most_fields)
    request.state.typed = form
    try:
        files = [
            OneFile(
                field=field, name=(file.filename or "")[:MOST_LETTERS],
                media_type=file.content_type or "", content=await file.read(),
            )
            for field, file in form.multi_items()
            if isinstance(file, UploadFile) and file.filename
        ]  # fmt: skip
    finally:
        await form.close()
    if sum(len(one.content) for one in files) > limit_bytes:
        raise UploadTooLargeError(limit_bytes, files[0].name)
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    return Uploads(files=tuple(files), fields=fields)


async def _parse(
    request: Request,
    most: int,
    limit_bytes: int,
    *,
    most_files: int = 1,
    most_fields: int = MOST_FIELDS,
) -> FormData:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise BadUploadError
    stream = _limited(request.stream(), most, limit_bytes)
    parser = MultiPartParser(request.headers, stream, max_files=most_files, max_fields=most_fields)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as err:  # KeyError: no boundary in the header
        raise BadUploadError from err
    try:
        require_storable(form.multi_items())
    except UnstorableTextError:
        await form.close()
        raise
    return form


async def _taken(form: FormData, field: str, limit_bytes: int) -> Upload:
    file = form.get(field)
    if not isinstance(file, UploadFile) or not file.filename:
        raise BadUploadError
    if file.size is not None and file.size > limit_bytes:
        raise UploadTooLargeError(limit_bytes, file.filename[:MOST_LETTERS])
    return Upload(
        name=file.filename[:MOST_LETTERS],
        content=await file.read(),
        fields={key: value for key, value in form.items() if isinstance(value, str)},
        media_type=file.content_type or "",
    )


async def _limited(
    stream: AsyncIterator[bytes], most: int, limit_bytes: int
) -> AsyncGenerator[bytes, None]:
    seen, name = 0, ""
    async for chunk in stream:
        name = name if seen else _name_in(chunk)
        seen += len(chunk)
        if seen > most:
            raise UploadTooLargeError(limit_bytes, name)
        yield chunk


async def _let_run_out(request: Request, declared: int, most: int) -> str:
    """A browser shows our answer only after it could send all: let it, where that is not much.

    Returns the name of the file, as far as the first bytes tell it.
    """
    name = None
    async for chunk in request.stream():
        name = _name_in(chunk) if name is None else name
        if declared > 2 * most:
            break
    return name or ""


def _name_in(chunk: bytes) -> str:
    found = _FILE_NAME.search(chunk[:FORM_BYTES])
    return found[1].decode("utf-8", "replace")[:MOST_LETTERS] if found else ""
