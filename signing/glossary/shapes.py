"""Shapes of the glossary."""

from __future__ import annotations

from dataclasses import dataclass

from signing.language import Language


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages."""

    vi: str
    en: str

    def __call__(self, language: Language) -> str:
        """The words in a language."""
        return self.vi if language is Language.VI else self.en


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the report."""

    name: Words
    meaning: Words
    source: str
    """Law or standard, with its clause; the same in both languages."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a finding means to whoever received the paper."""

    meaning: Words
    todo: Words
