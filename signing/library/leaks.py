"""What hostile files were seen to bring out of the libraries."""

from __future__ import annotations

import logging
import struct
import zlib
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.pdf_utils.misc import PdfError
from pyhanko_certvalidator.errors import PathError, ValidationError

# Both libraries write tracebacks with signers' names at WARNING for each signature that fails.
for _noisy in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)

LEAKS: Final = (
    PdfError,
    PathError,
    ValidationError,
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RuntimeError,  # with RecursionError and NotImplementedError
    OSError,
    EOFError,
    struct.error,
    zlib.error,
)
"""Errors of the libraries and their kin. MemoryError is not among them: the process that meets it
is replaced."""
