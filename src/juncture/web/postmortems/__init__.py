"""Postmortems: sections, state, publications."""
