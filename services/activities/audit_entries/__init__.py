"""The audit trail of activities over HTTP."""
