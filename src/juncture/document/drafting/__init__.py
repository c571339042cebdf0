"""The parts of a draft: facts, footnotes, title, passages of prose, questions, sources, and the orders of the practices."""
