"""One folder per system, always the same files; no folder knows another."""
