"""Attacks through fields, looks, permissions and evidence."""

from tests.signing import makers
from tests.signing.attacks import letter
from tests.signing.attacks.content import FORGED, SCRIPT, Attack, append
from tests.signing.makers import revise, stream


def _find(signed: bytes, number: int) -> bytes:
    """The newest body of an object of the letter."""
    at = signed.rindex(b"\n%d 0 obj\n" % number) + len(b"\n%d 0 obj\n" % number)
    return signed[at : signed.index(b"\nendobj", at)]


def seal_look_overridden(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    return append(signed, {new - 1: letter.look(b"Forged")})


def officer_look_replaced(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    body = _find(signed, letter.OFFICER)
    at = body.index(b"/AP<<")
    changed = body[:at] + b"/AP<</N %d 0 R>>>>" % new
    return append(signed, {letter.OFFICER: changed, new: letter.look(b"Forged")})


def officer_value_replaced(signed: bytes) -> bytes:
    """An earlier signature gives way to a new, valid one of somebody else."""
    new = makers.next_number(signed)
    body = letter.officer(b"/V %d 0 R/AP<</N %d 0 R>>" % (new, new + 1))
    written = {letter.OFFICER: body, new + 1: letter.look(b"Other")}
    return makers.sign(signed, written, value=new, trailer=letter.TRAILER)


def officer_value_removed(signed: bytes) -> bytes:
    return append(signed, {letter.OFFICER: letter.officer()})


def officer_moved(signed: bytes) -> bytes:
    body = _find(signed, letter.OFFICER).replace(b"300 100 400 140", b"300 700 400 740")
    return append(signed, {letter.OFFICER: body})


def officer_hidden(signed: bytes) -> bytes:
    return append(
        signed, {letter.OFFICER: _find(signed, letter.OFFICER).replace(b"/F 132", b"/F 2")}
    )


def field_dropped_from_form(signed: bytes) -> bytes:
    return append(signed, {letter.FORM: letter.form(b"7 0 R")})


def form_removed(signed: bytes) -> bytes:
    return append(signed, {letter.CATALOG: letter.catalog().replace(b"/AcroForm 5 0 R", b"")})


def need_appearances(signed: bytes) -> bytes:
    return append(signed, {letter.FORM: letter.form(keys=b"/NeedAppearances true")})


def xfa_added(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    written = {letter.FORM: letter.form(keys=b"/XFA %d 0 R" % new), new: stream(b"<xdp/>")}
    return append(signed, written)


def default_resources_swapped(signed: bytes) -> bytes:
    changed = letter.form().replace(b"/F1 11 0 R", b"/F1 4 0 R").replace(b"/SigFlags 3", b"")
    return append(signed, {letter.FORM: changed})


def old_value_in_new_field(signed: bytes) -> bytes:
    """The officer's own signature dictionary appears a second time, in a stranger's field."""
    new = makers.next_number(signed)
    value = signed[signed.index(b"/V ") + 3 :].split()[0]
    written = {
        letter.FORM: letter.form(b"6 0 R 7 0 R %d 0 R" % new),
        letter.PAGE: letter.page(b"/Annots[6 0 R 7 0 R 8 0 R %d 0 R]" % new),
        new: letter.field(b"Again", keys=b"/V %s 0 R" % value),
    }
    return append(signed, written)


def unsigned_field_added(signed: bytes) -> bytes:
    """A new empty field with a look that covers the text."""
    new = makers.next_number(signed)
    written = {
        letter.FORM: letter.form(b"6 0 R 7 0 R %d 0 R" % new),
        letter.PAGE: letter.page(b"/Annots[6 0 R 7 0 R 8 0 R %d 0 R]" % new),
        new: letter.field(b"Empty", b"72 700 300 740", b"/AP<</N %d 0 R>>" % (new + 1)),
        new + 1: letter.look(b"900"),
    }
    return append(signed, written)


def text_field_added(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    written = {
        letter.FORM: letter.form(b"6 0 R 7 0 R %d 0 R" % new),
        letter.PAGE: letter.page(b"/Annots[6 0 R 7 0 R 8 0 R %d 0 R]" % new),
        new: letter.note(b"900").replace(b"(Note)", b"(New)"),
    }
    return append(signed, written)


def script_on_new_field(signed: bytes) -> bytes:
    return letter.add_field(signed, keys=b"/AA<</E%s>>" % SCRIPT)


def action_on_new_field(signed: bytes) -> bytes:
    return letter.add_field(signed, keys=b"/A<</S/URI/URI(https://a.example)>>")


def page_sized_new_field(signed: bytes) -> bytes:
    return letter.add_field(signed, rect=b"0 0 595 842")


def new_field_beside_forged_page(signed: bytes) -> bytes:
    """A good signature of a stranger; its revision changes the page as well."""
    return letter.add_field(signed, more={letter.CONTENT: stream(FORGED)})


def new_field_with_a_second_widget(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    more = {
        letter.PAGE: letter.page(b"/Annots[6 0 R 7 0 R 8 0 R %d 0 R %d 0 R]" % (new, new + 3)),
        new + 3: b"<</Type/Annot/Subtype/FreeText/Rect[72 700 300 740]/Contents(900)>>",
    }
    return letter.add_field(signed, more=more)


def new_field_named_like_an_old_one(signed: bytes) -> bytes:
    return letter.add_field(signed, name=b"Officer")


def new_field_with_foreign_look(signed: bytes) -> bytes:
    """Its look is the page's content stream, an old object, rewritten in the same breath."""
    new = makers.next_number(signed)
    more = {new: letter.field(b"Stranger", keys=b"/V %d 0 R/AP<</N 4 0 R>>" % (new + 1))}
    return letter.add_field(signed, more=more)


def signature_value_not_signed(signed: bytes) -> bytes:
    """The seal's empty field gets a value that signs nothing."""
    new = makers.next_number(signed)
    empty = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached>>"
    body = letter.field(b"Third", keys=b"/V %d 0 R" % (new + 1))
    written = {
        letter.FORM: letter.form(b"6 0 R 7 0 R %d 0 R" % new),
        letter.PAGE: letter.page(b"/Annots[6 0 R 7 0 R 8 0 R %d 0 R]" % new),
        new: body,
        new + 1: empty,
    }
    return append(signed, written)


def evidence_with_foreign_keys(signed: bytes) -> bytes:
    return letter.add_evidence(signed, b"/JS(app.alert\\(1\\))")


def evidence_that_is_no_der(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    return letter.add_evidence(signed, more={new + 1: stream(FORGED)})


def evidence_stream_that_draws(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    more = {new + 1: stream(letter.certificate(), b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")}
    return letter.add_evidence(signed, more=more)


def evidence_names_the_page(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    return letter.add_evidence(signed, more={new: b"<</Type/DSS/Certs[4 0 R]>>"})


def evidence_overrides_content(signed: bytes) -> bytes:
    new = makers.next_number(signed)
    more = {new: b"<</Type/DSS/Certs[4 0 R]>>", letter.CONTENT: stream(letter.certificate())}
    return letter.add_evidence(signed, more=more)


def metadata_that_is_no_xml(signed: bytes) -> bytes:
    return append(signed, {letter.XMP: stream(FORGED, letter.METADATA_KEYS)})


def metadata_with_dtd(signed: bytes) -> bytes:
    dtd = b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
    body = letter.XMP_TEXT % b"2026"
    return append(signed, {letter.XMP: stream(dtd + body, letter.METADATA_KEYS)})


def metadata_that_is_an_image(signed: bytes) -> bytes:
    body = letter.XMP_TEXT % b"2026"
    return append(signed, {letter.XMP: stream(body, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")})


def metadata_removed(signed: bytes) -> bytes:
    return append(signed, {letter.CATALOG: letter.catalog().replace(b"/Metadata 9 0 R", b"")})


def permissions_removed(_: bytes) -> bytes:
    return append(letter.certified(), {letter.CATALOG: letter.catalog()})


def field_signed_under_p1(_: bytes) -> bytes:
    return letter.sign_seal(letter.certified(1))


def visible_field_after_certification(_: bytes) -> bytes:
    pdf = letter.certified(2)
    value = makers.next_number(pdf)
    return letter.add_field(pdf, name=b"New%d" % value)


def value_changed_without_permission(_: bytes) -> bytes:
    return letter.fill_note(letter.sign_officer(letter.unsigned(**letter.WITH_NOTE)))


def value_changed_under_p1(_: bytes) -> bytes:
    return letter.fill_note(letter.certify(letter.unsigned(**letter.WITH_NOTE), 1))


def locked_value_changed(_: bytes) -> bytes:
    lock = letter.field(
        b"Officer",
        b"300 100 400 140",
        b"/Lock<</Type/SigFieldLock/Action/Include/Fields[(Note)]>>",
    )
    pdf = letter.unsigned(**letter.WITH_NOTE, officer=lock)
    value = makers.next_number(pdf)
    filled = lock[:-2] + b"/V %d 0 R>>" % value
    mdp = (
        b"/Reference[<</Type/SigRef/TransformMethod/DocMDP"
        b"/TransformParams<</Type/TransformParams/V/1.2/P 2>>>>"
        b"<</Type/SigRef/TransformMethod/FieldMDP/Data 1 0 R"
        b"/TransformParams<</Type/TransformParams/V/1.2/Action/Include/Fields[(Note)]>>>>]"
    )
    written = {
        letter.OFFICER: filled,
        letter.CATALOG: letter.catalog(b"/Perms<</DocMDP %d 0 R>>" % value),
    }
    signed = makers.sign(pdf, written, value=value, keys=mdp, trailer=letter.TRAILER)
    return letter.fill_note(signed)


def locked_field_signed(_: bytes) -> bytes:
    """The officer locks all fields; the seal is filled all the same."""
    lock = letter.field(b"Officer", b"300 100 400 140", b"/Lock<</Type/SigFieldLock/Action/All>>")
    pdf = letter.unsigned(officer=lock)
    value = makers.next_number(pdf)
    mdp = (
        b"/Reference[<</Type/SigRef/TransformMethod/FieldMDP/Data 1 0 R"
        b"/TransformParams<</Type/TransformParams/V/1.2/Action/All>>>>]"
    )
    filled = lock[:-2] + b"/V %d 0 R>>" % value
    signed = makers.sign(
        pdf, {letter.OFFICER: filled}, value=value, keys=mdp, trailer=letter.TRAILER
    )
    return letter.sign_seal(signed)


def look_differs_from_value(_: bytes) -> bytes:
    """A permitted value; its look is an action too."""
    pdf = letter.certify(letter.unsigned(**letter.WITH_NOTE), 2)
    return revise(
        pdf, {letter.NOTE: letter.note(b"200", b"/AA<</E%s>>" % SCRIPT)}, trailer=letter.TRAILER
    )


UNFRAMED = letter.look(b"900").replace(b"/BBox[0 0 100 40]", b"")


def unframed_new_field(signed: bytes) -> bytes:
    """Its rectangle is small, or none at all; its look says no frame, and draws over the page."""
    number = makers.next_number(signed)
    return letter.add_field(signed, rect=b"0 0 0 0", more={number + 2: UNFRAMED})


def bad_frame_of_new_field(signed: bytes) -> bytes:
    number = makers.next_number(signed)
    odd = letter.look(b"900").replace(b"/BBox[0 0 100 40]", b"/BBox/None")
    return letter.add_field(signed, more={number + 2: odd})


def vanishing_frame_of_new_field(signed: bytes) -> bytes:
    """Its matrix makes nothing of its frame: some readers draw it then, in no room at all."""
    number = makers.next_number(signed)
    tiny = b"/BBox[0 0 2000 2000]/Matrix[.0000001 0 0 .0000001 0 0]"
    odd = letter.look(b"900").replace(b"/BBox[0 0 100 40]", tiny)
    return letter.add_field(signed, rect=b"0 0 0 0", more={number + 2: odd})


def corner_out_of_range(signed: bytes) -> bytes:
    """The second corner is zero to whoever reads numbers of 32 bits."""
    return letter.add_field(signed, rect=b"2147483647 0 2147483648 840")


def unframed_value_under_p2(_: bytes) -> bytes:
    """Nobody signs this: a permitted value, whose look draws over the page."""
    pdf = letter.certify(letter.unsigned(**letter.WITH_NOTE), 2)
    written = {letter.NOTE: letter.note(b"200"), 12: UNFRAMED}
    return revise(pdf, written, trailer=letter.TRAILER)


def stamp_with_a_look(signed: bytes) -> bytes:
    """Anybody gets a document time stamp: this one puts a look on the page."""
    return letter.add_stamp(signed, b"72 100 180 150")


ATTACKS: tuple[Attack, ...] = (
    seal_look_overridden,
    officer_look_replaced,
    officer_value_replaced,
    officer_value_removed,
    officer_moved,
    officer_hidden,
    field_dropped_from_form,
    form_removed,
    need_appearances,
    xfa_added,
    default_resources_swapped,
    old_value_in_new_field,
    unsigned_field_added,
    text_field_added,
    script_on_new_field,
    action_on_new_field,
    page_sized_new_field,
    unframed_new_field,
    bad_frame_of_new_field,
    vanishing_frame_of_new_field,
    corner_out_of_range,
    unframed_value_under_p2,
    stamp_with_a_look,
    new_field_beside_forged_page,
    new_field_with_a_second_widget,
    new_field_named_like_an_old_one,
    signature_value_not_signed,
    evidence_with_foreign_keys,
    evidence_that_is_no_der,
    evidence_stream_that_draws,
    evidence_overrides_content,
    metadata_that_is_no_xml,
    metadata_with_dtd,
    metadata_that_is_an_image,
    permissions_removed,
    field_signed_under_p1,
    visible_field_after_certification,
    value_changed_without_permission,
    value_changed_under_p1,
    locked_value_changed,
    locked_field_signed,
    look_differs_from_value,
)

TOLD: tuple[Attack, ...] = (
    new_field_with_foreign_look,
    evidence_names_the_page,
    metadata_removed,
)
"""Changes that show nothing beyond their own box; a judge may accept them, and says so."""
