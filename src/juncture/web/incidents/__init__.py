"""Incidents: what happened."""
