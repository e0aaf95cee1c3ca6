"""Mailbox pictures by Graph and by EWS."""
