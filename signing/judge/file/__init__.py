"""Our own reader of PDF files: strict, fast, and unsure of whatever it does not fully know."""
