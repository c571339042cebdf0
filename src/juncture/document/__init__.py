"""From findings to the postmortem: the draft, the record file, the HTML page."""
