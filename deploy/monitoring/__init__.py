"""What watches Wahana: alert rules, the dashboard, and the real Prometheus that tests run them with."""
