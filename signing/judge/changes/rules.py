"""What a later revision may do, each rule with a name, a sentence and a source.

A revision that breaks one of these is not judged here: the library judges the file. What no honest
software does is refused by a finding instead; `REFUSED` lists those.
"""

from __future__ import annotations

from typing import Final

from signing.judge.faults import Rule
from signing.judge.file.faults import RefusedStructure, UnsureStructure

_ISO: Final = "ISO 32000-2, "
_DSS: Final = "ETSI EN 319 142-1, 5.4.2"

RULES: Final[dict[str, Rule]] = {
    # The revision as a whole.
    "unexplained_change": Rule(
        "Each object that a later revision redefines has one known role.", _ISO + "12.8.2.2"
    ),
    "size": Rule("/Size is over every number in use; others are hidden.", _ISO + "7.5.5"),
    "freed_object": Rule("No object in use is declared free.", _ISO + "7.5.4"),
    "section_number": Rule("A cross-reference stream has a number of its own.", _ISO + "7.5.8"),
    "container_number": Rule("An object stream has a number of its own.", _ISO + "7.5.7"),
    "future_number": Rule(
        "No revision names a number that only a later one defines.",
        "Mainka and others: Shadow Attacks (NDSS 2021), 4.2",
    ),
    "one_owner": Rule(
        "An array or stream that is redefined in place is named once, by its owner.",
        "Mainka and others: Shadow Attacks (NDSS 2021), 4.2",
    ),
    "one_role": Rule(
        "A dictionary that is redefined is nobody's map of fonts, forms or colours.",
        _ISO + "7.8.3",
    ),
    "overlap": Rule("Each object ends before the next one begins.", _ISO + "7.5.3"),
    # Catalog, metadata, information.
    "catalog_keys": Rule(
        "Of the catalog only form, DSS, extensions, metadata and version change.", _ISO + "7.7.2"
    ),
    "extensions": Rule("An extension says its version and level, no more.", _ISO + "7.12"),
    "metadata": Rule("Metadata is one stream of well-formed XMP.", _ISO + "14.3.2"),
    "info": Rule("Of /Info only /ModDate and /Producer change.", _ISO + "14.3.3"),
    # Evidence.
    "store": Rule("The DSS and /VRI have the standard's keys, and stay.", _DSS),
    "store_streams": Rule("Evidence is streams of one DER structure each.", _DSS),
    # Form, fields, pages.
    "structure": Rule("The structure tree only gets elements for new fields.", _ISO + "14.7"),
    "form_keys": Rule("Of the form only fields and flags change.", _ISO + "12.7.3"),
    "form_resources": Rule("/DA and /DR change where no text is shown.", _ISO + "12.7.3"),
    "form_fields": Rule("Fields are only added.", _ISO + "12.7.3"),
    "new_field": Rule("A new field is a signature field with a plain widget.", _ISO + "12.7.5.5"),
    "filled_field": Rule("An empty signature field gets a value and a look.", _ISO + "12.7.5.5"),
    "field_value": Rule(
        "The value is the signature of this very revision, and covers it.", _ISO + "12.8.1"
    ),
    "field_look": Rule("A look is one new form of the field's own.", _ISO + "12.5.5"),
    "input": Rule("Of a text field or button only value and look change.", _ISO + "12.7.5"),
    "page_annotations": Rule("A page only gets the widget of a new field.", _ISO + "12.5.2"),
}

REFUSED: Final[dict[str, Rule]] = {
    "hidden_objects": Rule(
        "Objects bear the numbers that the section lists, in object streams too.",
        _ISO + "7.5.4, 7.5.7",
    ),
    "object_shared": Rule(
        "The catalog whose metadata changes is nothing but the catalog.", _ISO + "7.7.2"
    ),
    "metadata_unsafe": Rule("Metadata has no DTD and is no drawing.", "XML 1.0, 2.8"),
    "looks_regenerated": Rule("Nobody asks viewers to draw signed fields anew.", _ISO + "12.7.3"),
    "script_added": Rule("A new field runs nothing.", _ISO + "12.6.3"),
    "look_without_signature": Rule(
        "A new field that shows something is signed.", _ISO + "12.7.5.5"
    ),
    "look_unframed": Rule("The look of a field says in what frame it draws.", _ISO + "table 93"),
    "stamp_shows": Rule(
        "A document time stamp made after a signature shows nothing: anybody can get one.",
        "ETSI EN 319 142-1, 5.4.3",
    ),
    "widget_covers_page": Rule(
        "The look of a later signature leaves most of the page alone.",
        "Mainka and others: Shadow Attacks (NDSS 2021), 4.1",
    ),
}
"""Each is a code of `signing.words.RULES`; there is no second opinion."""


def unsure(rule: str, detail: str = "") -> UnsureStructure:
    """Names the rule of this package that a file does not keep; the caller raises it."""
    if rule not in RULES:
        raise KeyError(rule)
    return UnsureStructure(rule, detail)


def refused(code: str, detail: str = "") -> RefusedStructure:
    """Names what no honest software does; the caller raises it."""
    if code not in REFUSED:
        raise KeyError(code)
    return RefusedStructure(code, detail)
