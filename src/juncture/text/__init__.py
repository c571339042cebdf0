"""The one Markdown reader: sections, sentences, quotes, code, footnotes."""
