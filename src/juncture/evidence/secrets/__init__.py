"""What a secret looks like: rules as data, assignments by name, and a maintained detector's own rules."""
