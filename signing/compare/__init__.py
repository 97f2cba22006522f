"""The file as it was signed beside the file as it came, page by page. Only a child opens either."""
