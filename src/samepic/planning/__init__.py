"""Pure decisions: who is who, what differs, why, and whether the plan is held."""
