"""Documents that were signed with any other tool and came back.

A signatory downloads the document as it waits, signs it in the prepared field with whatever tool
holds the key, and uploads the result. It is taken only if the earlier bytes are untouched and
exactly one thing was added: a signature by the expected certificate in that field, over the whole
file. Nothing is repaired and nothing is guessed: what our own reader does not fully understand is
refused with a sentence that says what to do.

1. `errors`: every refusal, with its code and its sentence.
2. `reading`: the checks. Never called with a stranger's bytes in a process that matters.
3. `inside`: the same behind the pipe of the sandbox; `asking` is the parent's side.
4. `finishing`: time stamp and evidence for what was accepted.
"""
