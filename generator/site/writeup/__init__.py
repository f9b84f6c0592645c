"""Parts of the way from Markdown to HTML; `generator.writeup` joins them."""
