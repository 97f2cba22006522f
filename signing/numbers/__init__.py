"""Number and date of a directive that is signed before it has them: empty places, filled once."""
