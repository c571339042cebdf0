"""How templates of every page say things."""
