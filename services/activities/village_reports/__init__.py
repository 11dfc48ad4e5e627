"""Monthly reports of villages: submitted, accepted or returned by the district, and marked when their month changes."""
