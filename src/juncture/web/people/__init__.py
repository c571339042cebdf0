"""Who there is: users and their roles."""
