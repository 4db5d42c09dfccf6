"""The handbook as a book: in Markdown and in HTML, the same bytes from the same rows."""
