"""What changed: the one history that versions, audit and feed are readings of."""
