"""The pages that people see: one look, three languages."""
