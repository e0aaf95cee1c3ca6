"""Frozen values that everything speaks in. Standard library only; no behaviour beyond the values' own."""
