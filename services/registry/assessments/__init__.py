"""Assessments of an institution's stage, each by a version of an instrument and its checklist."""
