"""How a state file of any age becomes one of today's."""
