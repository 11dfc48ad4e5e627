"""The one Alembic environment of all services; each service's versions lie in `services/<service>/migrations/versions`."""
