"""Marking the sentences of tasks, so that their places on the page can be asked for."""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from documents.content import Block, DirectiveContent, Paragraph, Section


def with_marks(content: DirectiveContent, sentences: Mapping[str, str]) -> DirectiveContent:
    """Marks the paragraphs that hold the given sentences, by label.

    A paragraph that holds several carries several labels, parted by a space. A sentence that is
    nowhere leaves no mark. Labels hold no space.
    """
    left = {label: folded(sentence) for label, sentence in sentences.items() if sentence.strip()}
    return replace(
        content,
        opening=_marked_paragraphs(content.opening, left),
        sections=tuple(_marked_section(section, left) for section in content.sections),
        closing=_marked_paragraphs(content.closing, left),
    )


def _marked_paragraphs(
    paragraphs: tuple[Paragraph, ...], left: dict[str, str]
) -> tuple[Paragraph, ...]:
    return tuple(_marked(paragraph, left) for paragraph in paragraphs)


def _marked_section(section: Section, left: dict[str, str]) -> Section:
    return replace(section, blocks=tuple(_marked_block(block, left) for block in section.blocks))


def _marked_block(block: Block, left: dict[str, str]) -> Block:
    if isinstance(block, Paragraph):
        return _marked(block, left)
    return _marked_section(block, left) if isinstance(block, Section) else block


def _marked(paragraph: Paragraph, left: dict[str, str]) -> Paragraph:
    """Takes the labels that this paragraph explains; each label is used once."""
    text = folded(paragraph.text)
    labels = [label for label, sentence in left.items() if sentence in text]
    for label in labels:
        del left[label]
    return replace(paragraph, mark=" ".join(labels)) if labels else paragraph


def folded(text: str) -> str:
    """Text for comparing: composed, without case, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
