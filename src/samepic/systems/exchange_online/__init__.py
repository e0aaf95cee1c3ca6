"""Exchange Online: the pictures of mailboxes, through Graph."""

from samepic.systems.exchange_online.connector import ExchangeOnline
from samepic.systems.exchange_online.settings import ExchangeOnlineSettings

__all__ = ["ExchangeOnline", "ExchangeOnlineSettings"]
