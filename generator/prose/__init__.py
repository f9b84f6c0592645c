"""The parts of a write-up's way from Markdown to HTML; `generator.writeup` joins them."""
