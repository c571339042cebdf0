"""From sightings to events: clocks, merging, phases and milestones, key events."""
