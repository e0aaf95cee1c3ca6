"""Pages for everybody, about their own picture."""
