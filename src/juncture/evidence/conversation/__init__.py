"""Conversations as people copy them: heads of messages, times without dates, and what the chat window adds to the text."""
