"""Keeps each person's profile picture the same in every system an organisation uses."""

__version__ = "0.1.0"
