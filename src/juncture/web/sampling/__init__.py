"""Generated sample data: a library large and varied enough to try search, lists and trends on, all of it marked as sample."""
