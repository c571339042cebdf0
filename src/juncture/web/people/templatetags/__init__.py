"""What templates of settings load."""
