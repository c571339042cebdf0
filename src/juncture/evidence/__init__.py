"""From artefacts to sightings: recognise, read, mask, cite."""
