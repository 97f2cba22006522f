"""What a signature looks like on the page, and where it is put."""
