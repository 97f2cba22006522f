"""Drafts while they are written: kept as they are typed, until they become a revision.

`body` (what is written) · `outline` (flat list of parts and back, numbering) · `building` (body to
draft and back) · `beginning` (from a kind, a template, an earlier directive) · `choices` (kinds,
people, units to choose from) · `typed` (fields of a form into the body) · `acting` (parts added,
moved, taken out) · `replacing` (a whole draft at once) · `attaching` (files beside it) · `naming`
(units of a line or task) · `tasks` (deadline words to days) · `faults` (what is missing, with its
place) · `previewing` (pages) · `keeping` (the deeds) · `sources` (files until they are read) ·
`importing` (from a file) · `secrecy` (the door for files) · `understanding` (what was read, as a
body) · `reading` (doubts) · `correcting` (doubts settled) · `templates` (drafts that an office
keeps to begin with).
"""
