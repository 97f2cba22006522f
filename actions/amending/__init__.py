"""After a directive was issued: recall, replacement, correction, other recipients."""
