"""Parts of chasing: what is due today, its letters, their words, and what still waits."""
