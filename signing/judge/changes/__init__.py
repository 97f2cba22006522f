"""What later revisions did to a signed document, and whether a signature allows it."""
