"""The second opinion: pyHanko, asked in full where our own judge is not sure."""
