"""The texts of the portal and their English: `make strings` brings new ones into `en.po`.

Texts are found in the templates (`_`, `ngettext`, `trans`) and in the portal's Python (`gettext`,
`ngettext`, `noted`); what the rooms below say on pages is listed in `rooms.txt`. The catalogue
keeps no places: it changes only where a text does.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from portal.i18n.catalogue import CATALOGUE

ROOMS = CATALOGUE.with_name("rooms.txt")
JOINED = CATALOGUE.with_name("joined.txt")
PORTAL = Path(__file__).resolve().parents[2] / "portal"
METHODS = [("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {"_": None, "gettext": None, "noted": None, "ngettext": (1, 2)}
HEADER = (
    "# English texts of the portal. The Vietnamese text is the key; `make strings` brings new ones."
)
UNSAID = tuple(
    f'"{name}'
    for name in (
        "POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Last-Translator", "Language-Team",
        "Report-Msgid-Bugs-To", "Project-Id-Version",
    )
)  # fmt: skip
"""Lines of the head that would change without a text changing."""

Text = str | tuple[str, str]
"""A text, or the two forms of one that counts."""


def texts() -> Iterator[Text]:
    """Every text that the portal says of itself."""
    found = extract_from_dir(
        PORTAL, method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS, strip_comment_tags=True
    )
    for _place, _line, text, _comments, _context in found:
        if isinstance(text, tuple):
            yield text[0], text[1]
        elif text:
            yield text
    yield from said()


def said() -> list[str]:
    """What other rooms say on pages, by its template; what they put together of pieces."""
    return [
        line for name in (ROOMS, JOINED) for line in name.read_text(encoding="utf-8").splitlines()
    ]


def catalogue() -> Catalog:
    """The English catalogue as it stands."""
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="en", domain="portal")


def brought_up() -> Catalog:
    """The English catalogue with every text of today and no other."""
    old, new = (
        catalogue(),
        Catalog(locale="en", domain="portal", header_comment=HEADER, fuzzy=False),
    )
    for text in texts():
        known = old.get(text if isinstance(text, str) else text[0])
        new.add(text, known.string if known is not None and known.id == text else None)
    return new


def written(whole: Catalog) -> bytes:
    """A catalogue as a file: in the order of the texts, without the hour of writing."""
    out = BytesIO()
    write_po(out, whole, width=100, sort_output=True, no_location=True, omit_header=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(UNSAID)).encode()


def main() -> int:
    """Writes the catalogue and says what still wants a translation."""
    whole = brought_up()
    CATALOGUE.write_bytes(written(whole))
    holes = [message.id for message in whole if message.id and not any(
        message.string if isinstance(message.string, tuple) else (message.string,)
    )]  # fmt: skip
    for hole in holes:
        print(hole)
    print(f"{len(holes)} texts want an English one in {CATALOGUE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
