"""Versions of a directive: what each says point by point, and what differs between two in words.

`points` (a content as points, each with its place) · `comparing` (which point became which) ·
`wording` (which words of a point were taken away, added) · `placing` (where quoted words are now).
"""
