"""Papers whose digits lie by their font: it was another before the officer signed."""

import io
import re

from fontTools.ttLib import TTFont

from signing.judge.file.document import open_document
from signing.judge.file.objects import Ref, Stream
from signing.names import NUMBER_FIELD
from tests.signing import makers
from tests.signing.attacks.lying_places import Make, of, sealed, swapped
from tests.signing.attacks.paper import Objects, Paper


def _lying_program(paper: Paper) -> Objects:
    """Its 6 looks like a 9."""
    descriptor = of(paper, NUMBER_FIELD, b"FontDescriptor")
    program = int(re.findall(rb"/FontFile2 (\d+) 0 R", paper.body(descriptor))[0])
    document = open_document(paper.pdf)
    found = document.newest.get(Ref(program))
    assert isinstance(found, Stream)
    font = TTFont(io.BytesIO(document.stream_bytes(found)))
    for table in font["cmap"].tables:
        table.cmap[ord("6")], table.cmap[ord("9")] = table.cmap[ord("9")], table.cmap[ord("6")]
    out = io.BytesIO()
    font.save(out)
    return {program: makers.deflated(out.getvalue(), b"/Length1 %d" % len(out.getvalue()))}


def font_lies() -> Paper:
    return sealed(_lying_program)


def font_has_no_program() -> Paper:
    def change(paper: Paper) -> Objects:
        descriptor = of(paper, NUMBER_FIELD, b"FontDescriptor")
        body = re.sub(rb"/FontFile2 \d+ 0 R", b"", paper.body(descriptor))
        return {descriptor: body.replace(b"TRIKYD+Tinos-Regular", b"Wingdings")}

    return sealed(change)


def font_has_another_program_too() -> Paper:
    def change(paper: Paper) -> Objects:
        descriptor = of(paper, NUMBER_FIELD, b"FontDescriptor")
        body = paper.body(descriptor)
        program = re.findall(rb"/FontFile2 (\d+ 0 R)", body)[0]
        return {descriptor: body[:-2] + b"/FontFile3 %s>>" % program}

    return sealed(change)


def font_comes_from_a_file() -> Paper:
    """Its program stands there, and is to be read elsewhere."""

    def change(paper: Paper) -> Objects:
        descriptor = of(paper, NUMBER_FIELD, b"FontDescriptor")
        program = int(re.findall(rb"/FontFile2 (\d+) 0 R", paper.body(descriptor))[0])
        return swapped(program, (b"/Length1", b"/F(b.ttf)/Length1"))(paper)

    return sealed(change)


def font_is_cut_short() -> Paper:
    def change(paper: Paper) -> Objects:
        descriptor = of(paper, NUMBER_FIELD, b"FontDescriptor")
        program = int(re.findall(rb"/FontFile2 (\d+) 0 R", paper.body(descriptor))[0])
        return {program: re.sub(rb"/Length1 \d+", b"/Length1 9", paper.body(program))}

    return sealed(change)


def font_is_symbolic() -> Paper:
    def change(paper: Paper) -> Objects:
        descriptor = of(paper, NUMBER_FIELD, b"FontDescriptor")
        return swapped(descriptor, (b"/Flags 34", b"/Flags 4"))(paper)

    return sealed(change)


ATTACKS: tuple[Make, ...] = (
    font_lies,
    font_has_no_program,
    font_has_another_program_too,
    font_comes_from_a_file,
    font_is_cut_short,
    font_is_symbolic,
)
