"""Text of strangers on a terminal; the same rule as in the reports."""

from signing.visible import made_visible, visible

__all__ = ["made_visible", "visible"]
