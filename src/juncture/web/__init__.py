"""The web application: a Django project, one folder an app.

Every change is a function of an app's `operations.py`, every read one of its `selectors.py`; views hold neither.
"""
