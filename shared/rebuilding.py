"""What rebuilds of a service's tables from the topics have in common: a shadow schema that is filled beside the live one.

The shadow has positions of its own, so a rebuild that was killed goes on where it was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import asyncpg

from shared.kafka import TopicPartition

SHADOW = "rebuild"
STILL_AT_MOST = 600.0
"""Seconds for which the live consumer may stand still for the last steps; workers wait and try again meanwhile."""
CLOSE_ENOUGH = 2000
"""Events behind at which the live consumer is asked to stand still."""
SAMPLES = 5
"""Differing rows that are shown of a table."""
Progress = Callable[[str, int, int], None]
"""Told the step, what is done and what there is to do."""


@dataclass
class Outcome:
    """What a rebuild found: rows only one side has, by table, with a few samples; and whether it took their place."""

    differences: dict[str, int] = field(default_factory=dict)
    samples: list[str] = field(default_factory=list)
    swapped: bool = False


def steps(progress: Progress, step: str, of: int) -> Callable[[int], None]:
    """Adds up what a replay has moved past, and tells it."""
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(step, done, of)

    return advance


async def reached(connection: asyncpg.Connection, schema: str) -> dict[TopicPartition, int]:
    """The positions of the consumer whose tables lie in a schema."""
    rows = await connection.fetch(f"SELECT topic, partition, next_offset FROM {schema}.position")  # noqa: S608  # our own names
    return {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def behind(connection: asyncpg.Connection, live: str) -> int:
    """Events that the live schema has and the shadow has not."""
    count: int = await connection.fetchval(
        f"SELECT coalesce(sum(live.next_offset - coalesce(shadow.next_offset, 0)), 0)::bigint FROM {live}.position live"  # noqa: S608  # our own names
        f" LEFT JOIN {SHADOW}.position shadow USING (topic, partition)"
    )
    return count


async def compared(connection: asyncpg.Connection, live: str, queries: Mapping[str, str]) -> Outcome:
    """Rows that only one of the schemas has, in either direction. `queries` say what is compared of each table; `{schema}`
    stands for the one it is read from."""
    outcome = Outcome()
    for table, query in queries.items():
        mine, rebuilt = query.format(schema=live), query.format(schema=SHADOW)
        rows = await connection.fetch(
            f"SELECT count(*) OVER () AS differing, * FROM ((SELECT 'live' AS side, * FROM ({mine} EXCEPT ALL {rebuilt}) a)"  # noqa: S608  # our own names
            f" UNION ALL (SELECT 'rebuilt', * FROM ({rebuilt} EXCEPT ALL {mine}) b)) both_sides LIMIT {SAMPLES}"
        )
        if rows:
            outcome.differences[table] = rows[0]["differing"]
            outcome.samples.extend(f"{table} {dict(list(row.items())[1:])}" for row in rows)
    return outcome


_GRANTS = """
    SELECT format('GRANT %s ON %I.%I TO %s', of_table.privilege_type, $2::text, relname, of_table.grantee::regrole)
    FROM pg_class, aclexplode(relacl) AS of_table
    WHERE relnamespace = $1::text::regnamespace AND relkind = 'r' AND of_table.grantee <> relowner
    UNION ALL
    SELECT format('GRANT %s ON SCHEMA %I TO %s', of_schema.privilege_type, $2::text, of_schema.grantee::regrole)
    FROM pg_namespace, aclexplode(nspacl) AS of_schema WHERE oid = $1::text::regnamespace AND of_schema.grantee <> nspowner
"""
_POLICIES = """
    SELECT format(
        'CREATE POLICY %I ON %I.%I AS %s FOR %s TO %s%s%s', policyname, $2::text, tablename, permissive, cmd,
        (SELECT string_agg(CASE role WHEN 'public' THEN 'PUBLIC' ELSE quote_ident(role) END, ', ') FROM unnest(roles) AS role),
        ' USING (' || qual || ')', ' WITH CHECK (' || with_check || ')'
    ) FROM pg_policies WHERE schemaname = $1::text
"""
_WALLS = """
    SELECT format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', $2::text, relname)
    FROM pg_class WHERE relnamespace = $1::text::regnamespace AND relrowsecurity
"""


async def carry_rights(connection: asyncpg.Connection, live: str) -> None:
    """Gives the shadow's tables the rights of roles and the policies of row security that the live ones have now."""
    for statements in (_GRANTS, _POLICIES, _WALLS):
        for row in await connection.fetch(statements, live, SHADOW):
            await connection.execute(row[0])
