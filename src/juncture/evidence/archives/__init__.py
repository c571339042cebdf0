"""Archives as streams: what is in them and where, without unpacking anything to the disk."""
