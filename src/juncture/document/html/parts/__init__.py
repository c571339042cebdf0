"""The parts of a document: each is a function from the context to what stands under a heading, empty where there is nothing."""
