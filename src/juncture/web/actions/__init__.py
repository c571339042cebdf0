"""Action items: what was agreed, whether it is done, and whether it worked."""
