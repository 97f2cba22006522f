"""What the catalogues say: texts by gettext, where the Vietnamese text is its own key.

The English catalogue is the readable `en.po`, compiled in memory when the portal starts: nothing to
build, nothing built to keep current. A text that is missing stays Vietnamese; a test finds it.

Vietnamese has no plural, so most texts that count have one form; their English says both as
`%(n)s {unit|units}`, and the value before the braces chooses.
"""

import re
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from portal.i18n.choosing import spoken
from signing.language import Language

PLACE: Final = re.compile(r"%\((\w+)\)s")
_FORMS: Final = re.compile(r"\{([^{}|]*)\|([^{}|]*)\}")
CATALOGUE: Final = Path(__file__).resolve().parent / "en.po"


@cache
def translations(language: Language) -> NullTranslations:
    """Returns the texts of a language."""
    if language is Language.VI:
        return NullTranslations()
    with CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale=language.value, domain="portal")
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def gettext(text: str, **values: object) -> str:
    """Returns a text in the language of the request; `%(name)s` stands for a value."""
    said = translations(spoken()).gettext(text) if text else text
    return agreed(said, values) % values if values else said


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """Returns a text that counts; Vietnamese has one form, so both are mostly the same."""
    said = translations(spoken()).ngettext(one, many, n)
    return said % {"num": n, "n": n, **values}


def agreed(text: str, values: Mapping[str, object]) -> str:
    """Chooses the forms of a text whose values are not filled in yet: one where a value is 1."""

    def chosen(forms: re.Match[str]) -> str:
        counted = PLACE.findall(text[: forms.start()])[-1]
        return forms[1] if str(values[counted]) == "1" else forms[2]

    return _FORMS.sub(chosen, text)


def noted(text: str) -> str:
    """Marks a text that is kept in a table and said later by `gettext`."""
    return text
