"""What templates of every page may show of incidents."""
