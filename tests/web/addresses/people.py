PAGES = {}
CALLS = {}
