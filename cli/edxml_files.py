"""Messages between document systems on a terminal: looks only."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import typer

from actions.answers.status_codes import status_words
from cli.errors import FileUnreadableError
from cli.visible import visible
from delivery.edxml.errors import EdxmlUnreadableError
from delivery.edxml.message import BusinessType, EdxmlMessage, StatusMessage
from delivery.edxml.reading import read_edxml
from delivery.edxml.schema import problems_of

BUSINESS_WORDS: Final = {
    BusinessType.NEW: "văn bản mới",
    BusinessType.RECALL: "thu hồi",
    BusinessType.UPDATE: "cập nhật",
    BusinessType.REPLACE: "thay thế",
}


def check_files(files: Sequence[Path]) -> None:
    """Prints what is wrong with each file; ends with 1 where anything is.

    Raises:
        FileUnreadableError: a file cannot be read.
    """
    wrong = False
    for file in files:
        problems = problems_of(_read(file))
        wrong = wrong or bool(problems)
        typer.echo(visible(f"{file}: {'đúng cấu trúc' if not problems else 'có lỗi'}"))
        for line in problems:
            typer.echo(visible(f"  {line}"))
    if wrong:
        raise typer.Exit(1)


def show_files(files: Sequence[Path]) -> None:
    """Prints what each message says; ends with 1 where one cannot be read.

    Raises:
        FileUnreadableError: a file cannot be read.
    """
    failed = False
    for file in files:
        typer.echo(visible(str(file)))
        try:
            message = read_edxml(_read(file))
        except EdxmlUnreadableError as fault:
            failed = True
            typer.echo(visible(f"  {fault.diagnosis()}"))
            continue
        for line in _lines(message):
            typer.echo(visible(f"  {line}"))
    if failed:
        raise typer.Exit(1)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as err:
        raise FileUnreadableError(str(file), there=file.exists()) from err


def _lines(message: EdxmlMessage) -> Iterator[str]:
    yield f"Nơi gửi: {message.sender.name} ({message.sender.organ_id or 'không có mã'})"
    if isinstance(message, StatusMessage):
        yield f"Trạng thái {message.code}. {status_words(message.code, message.description)}"
        yield f"Của văn bản: {message.response_for.code}, mã {message.response_for.document_id}"
        return
    for receiver in message.receivers:
        yield f"Nơi nhận: {receiver.name} ({receiver.organ_id or 'không có mã'})"
    day = f", {message.promulgation_date:%d/%m/%Y}" if message.promulgation_date else ""
    yield f"{message.type_name or 'Văn bản'} {message.code}{day}: {message.subject}"
    yield f"Nghiệp vụ: {BUSINESS_WORDS[message.business.type]}. {message.business.reason}".strip()
    for one in message.response_for:
        yield f"Trả lời văn bản: {one.code}, mã {one.document_id}"
    for file in message.files:
        yield f"Tệp: {file.name}, {len(file.content)} byte"
    if message.weak_signature:
        yield "Có chữ ký XML kiểu cũ (rsa-sha1), không có giá trị chứng minh."
