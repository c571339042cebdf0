"""The API as a whole: what each call takes and gives, and the document that says so to programs."""
