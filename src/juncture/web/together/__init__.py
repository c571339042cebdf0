"""Typing together: the socket of an editor, and the room in which those who edit one postmortem meet."""
