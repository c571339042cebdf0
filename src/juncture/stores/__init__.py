"""The ports on disk. Imported only by `cli` and `web`."""
