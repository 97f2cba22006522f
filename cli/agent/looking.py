"""`agent list` and `agent show`: what waits, and one document as it will be signed."""

from pathlib import Path

import typer

from cli.agent.documents import fetch_document
from cli.agent.home import Home
from cli.agent.line import Line
from cli.agent.showing import (
    TEST_BANNER,
    Screen,
    folder_name,
    item_facts,
    show_work,
    write_pages,
)
from cli.agent.work import fetch_work, select


def list_work(home: Home) -> None:
    """Shows what waits."""
    with Line.of(home.pairing()) as line:
        show_work(Screen(), fetch_work(line))


def show_item(home: Home, typed: str, out: Path | None) -> None:
    """Fetches a document, checks its digest, writes its page images and tells where they are.

    Raises:
        WorkUnclearError: no such document waits, or several.
        DocumentDiffersError: what came is not what the portal announced.
    """
    screen = Screen()
    with Line.of(home.pairing()) as line:
        work = fetch_work(line)
        item = select(work.items, typed)
        pdf = fetch_document(line, home, item, progress=screen.progress)
    folder = out or home.pages / folder_name(item)
    pages = write_pages(folder, pdf)
    if work.test_only:
        screen.warn(TEST_BANNER)
    screen.facts([*item_facts(item, len(pdf)), ("Số trang", str(len(pages)))])
    screen.say("Ảnh các trang:")
    for page in pages:
        typer.echo(f"  {page}")
    if item.problem:
        screen.warn(item.problem)
    else:
        screen.say(f"Ký: trinhky agent sign {item.number or item.ordinal}")
