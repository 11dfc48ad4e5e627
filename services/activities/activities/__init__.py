"""Activities: planned, rescheduled, completed, corrected, cancelled, voided."""
