"""The self-contained HTML file: one document, its style and its one script, and no request to anywhere."""
