"""A real incident, recorded: a small shop on real PostgreSQL, Prometheus and Alertmanager is broken on purpose."""
