"""The rules that find weak points, one file a part of the response."""
