"""What a judgement rested on, kept so that the verdict can be reached again without asking anybody.

A record is a manifest (JSON) and parts (DER), each under its SHA-256. Nothing here is a new proof:
a record says what was judged, by which rules, on which evidence, and what came out.
"""
