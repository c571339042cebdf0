"""The events of an incident, rebuilt from its sightings."""
