"""What templates of this app may call."""
