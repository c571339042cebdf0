"""Who may do what: the viewer of every call, one-time links, tokens."""
