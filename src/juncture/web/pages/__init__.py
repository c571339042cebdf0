"""What all pages share: layout, static files, home, errors."""
