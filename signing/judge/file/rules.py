"""What this reader does not judge, each rule with a name, a sentence and a source.

A file that breaks one of these is no forgery by that alone: the library reads it in full instead.
What no honest writer makes is refused by a finding (`signing.judge.file.refusals`).
"""

from __future__ import annotations

from typing import Final

from signing.judge.faults import Rule

_ISO: Final = "ISO 32000-2, "

RULES: Final[dict[str, Rule]] = {
    # Objects.
    "syntax": Rule("Every object that is asked for is well formed to the letter.", _ISO + "7.3"),
    "nesting": Rule("Arrays and dictionaries nest at most 50 deep.", "a limit of our own"),
    "duplicate_key": Rule("A dictionary has each key once.", _ISO + "7.3.7"),
    "name_bytes": Rule("A name is UTF-8 without control characters, each # whole.", _ISO + "7.3.5"),
    "generation": Rule("Objects in use have generation 0 and a number over 0.", _ISO + "7.3.10"),
    "number_form": Rule("A number has at most 18 digits before its point.", _ISO + "annex C"),
    "object_header": Rule("An offset leads to `n 0 obj` of that number.", _ISO + "7.3.10"),
    "object_end": Rule("An object ends in `endobj` right behind its value.", _ISO + "7.3.10"),
    "stream_length": Rule(
        "/Length is a number that no later revision redefines; `endstream` stands there.",
        _ISO + "7.3.8",
    ),
    "filter": Rule("What must be decoded is plain or FlateDecode, complete.", _ISO + "7.4.4"),
    "predictor": Rule("The predictor is none or one of PNG, its rows complete.", _ISO + "7.4.4.4"),
    "inflate_cap": Rule("What is decoded stays under the caps.", "a limit of our own"),
    "reference_loop": Rule("References end at an object after a few steps.", _ISO + "7.3.10"),
    # Cross-reference sections and revisions.
    "header": Rule("The file begins with %PDF- at its first byte.", _ISO + "7.5.2"),
    "end": Rule("The file ends in startxref, an offset, %%EOF.", _ISO + "7.5.5"),
    "section_form": Rule("A cross-reference section is well formed.", _ISO + "7.5.4, 7.5.8"),
    "section_size": Rule("/Size is over every number of its section.", _ISO + "7.5.5"),
    "section_chain": Rule("/Prev leads to older sections only, back to one.", _ISO + "7.5.6"),
    "revision_end": Rule("Behind each section its own startxref and %%EOF.", _ISO + "7.5.6"),
    "revision_gap": Rule("Only blanks stand between the objects of an update.", _ISO + "7.5.6"),
    "linearised": Rule("A linearised file's two sections name each other.", _ISO + "annex F"),
    "caps": Rule("Sections and entries stay under the caps.", "a limit of our own"),
    "encrypted": Rule("The file is not encrypted.", _ISO + "7.6"),
    "hybrid": Rule("/XRefStm leads to one well formed stream, not further.", _ISO + "7.5.8.4"),
    "object_stream": Rule("An object stream lists each number once, in order.", _ISO + "7.5.7"),
    "root": Rule("The trailer's /Root leads to a catalog.", _ISO + "7.7.2"),
    # The form and its signatures.
    "form": Rule(
        "Each field is an object of its own, reached once; a look has no value.", _ISO + "12.7.4"
    ),
    "field_names": Rule("Each field has a printable name, no two the same.", _ISO + "12.7.4.2"),
    "signature_value": Rule(
        "A signature dictionary is the value of a signature field, and says so.", _ISO + "12.8.1"
    ),
    "one_signature": Rule("A revision has one signature, a signature one field.", _ISO + "12.8.1"),
    "transform": Rule("Of transforms only DocMDP and FieldMDP, well formed.", _ISO + "12.8.2"),
    "certification": Rule("/Perms names the signature that has DocMDP.", _ISO + "12.8.6"),
}
