"""The shop that a recording breaks. Its source is what the recording's git repository holds and what deploys ship."""
