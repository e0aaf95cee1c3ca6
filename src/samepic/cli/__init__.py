"""Arguments → one call → words, a table or JSON, an exit code."""
