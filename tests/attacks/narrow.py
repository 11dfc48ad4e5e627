"""A house whose APIs have narrow limits, so that a test meets them soon."""

from typing import Any

from tests.house import House


class Narrow(House):
    """A house with some settings replaced, the same for each of its APIs."""

    changes: dict[str, Any]

    def settings(self, service: str, program: str = "worker") -> Any:
        """The settings of one service with the changes."""
        return super().settings(service, program).model_copy(update=self.changes)


def narrow(**changes: Any) -> type[Narrow]:
    """The kind of house that has these settings."""
    return type("Narrowed", (Narrow,), {"changes": changes})
