"""Pages of a stranger's file as pictures, and where its signatures stand on them. A child draws."""
