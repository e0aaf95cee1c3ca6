"""Entra ID: the census, and the pictures of people without a mailbox."""

from samepic.systems.entra_id.connector import EntraId
from samepic.systems.entra_id.settings import EntraIdSettings

__all__ = ["EntraId", "EntraIdSettings"]
