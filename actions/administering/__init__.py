"""What administrators look after: who signs in and how, and what needs their attention."""
