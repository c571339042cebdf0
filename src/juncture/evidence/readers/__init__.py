"""One file a source. A module here with a module-level `READER` is found by `juncture.evidence.registry`."""
