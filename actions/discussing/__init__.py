"""What is said of a draft before it is signed: versions, looks, remarks, opinions."""
