"""Our own reader of PDF files: strict, fast, and unsure of whatever it does not fully know.

Three answers: a document; `RefusedStructure`, what no honest writer makes; `UnsureStructure`, what
the library must judge. Nothing is parsed that is not asked for, nothing is repaired, nothing of a
file is run, and the time is linear in its bytes.

From the inside out:

1. `objects`, `parsing`, `text`: values, and how they are written. `filters`: streams decoded.
2. `indirect`, `containers`: an object in the file, or in an object stream.
3. `tables`, `streams`, `sections`: one cross-reference section of each kind.
4. `revisions`, `document`: which section ends where; every object of every revision.
5. `fields`, `permissions`, `coverage`, `signatures`: all signatures, what each covers and allows.
6. `bodies`, `traces`, `tiling`, `refusals`: what refuses a file before anybody else is asked.

`rules` has every rule that makes the reader unsure, with its sentence and source; `faults` the two
exceptions.
"""
