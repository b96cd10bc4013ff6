"""The guide: the Markdown of `gateway/docs` as pages, as HTML, and as sections that can be searched."""
