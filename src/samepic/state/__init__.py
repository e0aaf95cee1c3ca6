"""What is remembered of each pair, in SQLite by SQLAlchemy Core, and the vault of bytes beside it.

For wiring: `samepic.state.store.open_state(path) -> Store` and `samepic.state.vault.FileVault(folder)`.
"""
