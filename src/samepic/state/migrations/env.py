"""Alembic's entry: runs the migrations on the connection it is given, in that connection's transaction."""

from alembic import context

from samepic.state.tables_of_deeds import metadata  # with the others behind it

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
