"""Artefacts, imports and sightings of an incident."""
