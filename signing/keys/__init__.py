"""Keys that sign. A key sees only the signed attributes (some 200 bytes), never the document."""
