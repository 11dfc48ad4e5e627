"""Series: activities that recur by a rule of RFC 5545, and their occurrences."""
