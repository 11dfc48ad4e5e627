"""System of record for regions and institutions; publishes `registry.*` and consumes nothing."""
