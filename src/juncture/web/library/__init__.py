"""Finding what was learned: search, related postmortems, the feed."""
