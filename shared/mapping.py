"""What tables are mapped with: columns that hold values of a pydantic type, and what an audited column may say of itself."""

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Dialect, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

LATER = {"later": True}
"""Of a column that is written after the registration only: `outbox.register` leaves it to its default."""
DIGEST = LATER | {"audited": False}
"""… and that repeats what other rows say, which have an audit history of their own."""
WAITING = {"later": True, "audited": False}
"""… and that an entry of the audit trail tells by its action and its time."""


class Stored(TypeDecorator[Any]):
    """A JSON column that holds values of one pydantic type. Assign a new value: changes inside are not noticed."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002  # SQLAlchemy passes it
        """The value as JSON holds it."""
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002  # SQLAlchemy passes it
        """The value as the program holds it."""
        return None if value is None else self._adapter.validate_python(value)
