"""What the role that a service runs as may do in its database: read and write its tables, but of the audit trail only
read and add. The migrations run as the owner, who could switch the trigger off; the service could not.
"""

from sqlalchemy import Connection, text

APPEND_ONLY = ("audit_entry", "audit_seal")


def grant(connection: Connection, role: str) -> None:
    """Gives the role its rights on all tables there are now. Repeating changes nothing. In the caller's transaction.

    Raises the database's error when there is no such role.
    """
    name = connection.dialect.identifier_preparer.quote_identifier(role)
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {name}"))
    connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}"))
    for table in (*APPEND_ONLY, "alembic_version"):
        if connection.scalar(text("SELECT to_regclass(:table)"), {"table": f"public.{table}"}):
            connection.execute(text(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {name}"))  # our own names
