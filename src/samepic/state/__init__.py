"""What is remembered of each pair, in SQLite or PostgreSQL by SQLAlchemy Core, and the vault of bytes beside it.

For wiring: `samepic.state.store.open_state(path or url) -> Store` and `samepic.state.vault.FileVault(folder)`.
"""
