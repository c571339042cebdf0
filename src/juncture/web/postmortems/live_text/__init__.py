"""The text of a postmortem while people type: a Yjs document in which each section is one text."""
