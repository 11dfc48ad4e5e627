"""The audit trail of registry over HTTP."""
