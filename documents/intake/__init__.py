r"""Read a directive in: number, title, tasks, deadlines, recipients, signer, with evidence.

The reader takes text as it comes (typed, extracted or damaged by OCR) and never drops a word of the
recipient block or of a deadline sentence in silence: what it does not understand stands in
`unresolved` for a person. It must not know databases, flows or the room of deadlines: what finds
deadline phrases is passed in.

    >>> from documents.intake.reading import read_text
    >>> paper = "Số 9-HD/BTGTU\n\nHƯỚNG DẪN\nVề việc A\n\nNơi nhận:\n- Sở A,\n- Lưu VPTU."
    >>> result = read_text(paper, directory=(), phrases=lambda text, *, issued: ())
    >>> result.number_full.value, [r.value.raw for r in result.recipients]
    ('9-HD/BTGTU', ['Sở A', 'Lưu VPTU'])
"""
