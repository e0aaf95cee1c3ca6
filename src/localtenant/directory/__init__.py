"""Entra ID by Graph: people, groups, plans, and the directory's own picture store."""
