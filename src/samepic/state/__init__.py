"""What we remember of each pair: SQLAlchemy Core, SQLite or PostgreSQL, Alembic migrations."""
