"""What the roles that a service's processes run as may do in its database: no more than they need, and nothing as owner.

A service has two: the one its API runs as, and `<that one>_worker` for its worker and for the commands. Both own nothing,
make nothing, and pass no wall but their own (`shared.walls`): policies named `through` let the owner and the worker pass,
by name. The migrations run as the owner and end here, so that every upgrade leaves exactly these rights.

An installation without the worker's role runs everything as the one it has, which then passes the walls as the worker
would: there is no second wall. `shared.walls` says so in the log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, text

log = structlog.get_logger(__name__)

WORKER = "_worker"
"""How the name of a worker's role ends; before it stands that of the API's."""
THROUGH = "through"
"""The policy that lets a role pass a wall."""
READ, ADD, KEEP, ALL = "SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE, DELETE"
HOLD = "SELECT, UPDATE (id)"
"""Rows are read and held, not changed: PostgreSQL asks the right to change some column for `FOR SHARE`."""


class RoleOutOfSight(RuntimeError):
    """The owner cannot see what the sessions of a role do: until when a copy is complete could not be told."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What a role may do with each table of its schemas: `tables` by name, all others `otherwise`; empty is nothing.

    A table of another schema than the first is named with its schema. Functions are those it may call.
    """

    otherwise: str
    tables: Mapping[str, str]
    functions: Sequence[str] = ()
    schemas: Sequence[str] = ("public",)

    def of(self, schema: str, table: str) -> str:
        """As GRANT says it."""
        name = table if schema == self.schemas[0] else f"{schema}.{table}"
        return self.tables.get(name, self.otherwise)


def pair(username: str) -> tuple[str, str]:
    """The API's role and the worker's, by the name of either."""
    api = username.removesuffix(WORKER)
    return api, f"{api}{WORKER}"


def grant(connection: Connection, username: str, api: Rights, worker: Rights) -> None:
    """Gives both roles of a service exactly their rights on all there is now. Repeating changes nothing. In the caller's
    transaction, as the owner; who is the owner itself needs none.

    Raises RoleOutOfSight, and the database's error when there is no such role.
    """
    owner = connection.scalar(text("SELECT current_user"))
    api_role, worker_role = pair(username)
    known = connection.scalar(text("SELECT true FROM pg_roles WHERE rolname = :name"), {"name": worker_role})
    rights = {api_role: [api], worker_role: [worker]} if known else {username: [api, worker]}
    rights.pop(owner, None)
    if not rights:
        return
    if not known:
        log.warning("roles.no_worker", role=username, wanted=worker_role, meaning="no second wall between areas")
    for role, given in rights.items():
        _refuse_hidden(connection, owner, role)
        _give(connection, _quoted(connection, role), given)
    _close_database(connection, [*rights])
    passing = [role for role in ([worker_role] if known else [username]) if role in rights]
    _let_through(connection, [owner, *passing], api.schemas)


def _refuse_hidden(connection: Connection, owner: str, role: str) -> None:
    if not connection.scalar(text("SELECT pg_has_role(current_user, :role, 'USAGE')"), {"role": role}):
        raise RoleOutOfSight(f'run as a superuser, or as an administrator of both: GRANT "{role}" TO "{owner}"')


def _give(connection: Connection, name: str, given: Sequence[Rights]) -> None:
    # After a downgrade some of what is declared is not there.
    for schema in given[0].schemas:
        if not connection.scalar(text("SELECT to_regnamespace(:name) IS NOT NULL"), {"name": schema}):
            continue
        connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}"))
        connection.execute(text(f"REVOKE ALL ON SCHEMA {schema} FROM {name}"))
        connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {name}"))
        for table in _tables(connection, schema):
            for rights in given:
                if wanted := rights.of(schema, table):
                    connection.execute(text(f"GRANT {wanted} ON {schema}.{table} TO {name}"))
    # Kept by what kept the migrations' version; of use to `wahana doctor` alone.
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {name}"))
    connection.execute(text(f"REVOKE ALL ON public.alembic_version FROM {name}"))
    connection.execute(text(f"GRANT SELECT ON public.alembic_version TO {name}"))
    for function in {function for rights in given for function in rights.functions}:
        if connection.scalar(text("SELECT to_regprocedure(:name) IS NOT NULL"), {"name": function}):
            connection.execute(text(f"GRANT EXECUTE ON FUNCTION {function} TO {name}"))


def _tables(connection: Connection, schema: str) -> list[str]:
    statement = text("SELECT tablename FROM pg_tables WHERE schemaname = :schema ORDER BY tablename")
    return list(connection.scalars(statement, {"schema": schema}))


def _close_database(connection: Connection, roles: Sequence[str]) -> None:
    """Nobody else's role connects to the database, and none makes temporary tables in it."""
    database = _quoted(connection, connection.scalar(text("SELECT current_database()")) or "")
    names = ", ".join(_quoted(connection, role) for role in roles)
    connection.execute(text(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC, {names}"))
    connection.execute(text(f"GRANT CONNECT ON DATABASE {database} TO {names}"))


def _let_through(connection: Connection, roles: Sequence[str], schemas: Sequence[str]) -> None:
    statement = text("""
        SELECT schemaname, tablename, roles::text[] AS roles FROM pg_policies
        WHERE policyname = :name AND schemaname = ANY(:schemas) ORDER BY schemaname, tablename
    """)
    names = ", ".join(_quoted(connection, role) for role in roles)
    for policy in connection.execute(statement, {"name": THROUGH, "schemas": list(schemas)}).all():
        if set(policy.roles) != set(roles):  # it locks the table, if for a moment
            connection.execute(text(f"ALTER POLICY {THROUGH} ON {policy.schemaname}.{policy.tablename} TO {names}"))


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)
