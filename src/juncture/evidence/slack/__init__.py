"""Slack's export: its records, its markup, and who is who in it."""
