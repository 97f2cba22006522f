"""The room of pages: what a directive says, how its page looks, what is wrong with its form.

It knows no database, no signatures, no channels and no clock: frozen dataclasses go in, bytes and
frozen dataclasses come out.

>>> from documents.content import DirectiveContent, Regime, SignatureBlock
>>> content = DirectiveContent(
...     regime=Regime.PARTY, doc_type="Hướng dẫn", parent_issuer="Tỉnh ủy Lâm Đồng",
...     issuer="Ban Tuyên giáo", symbol="HD/BTGTU", number=7, place="Đà Lạt", title="Tuyên truyền",
...     signature=SignatureBlock(capacity_lines=(), position="TRƯỞNG BAN", name="Trần Văn A"),
... )
>>> content.number_text()
'07-HD/BTGTU'
"""
