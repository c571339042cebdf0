"""Juncture: raw evidence becomes a cited postmortem."""

__version__ = "0.1.0"
