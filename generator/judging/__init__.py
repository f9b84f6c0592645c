"""From claims and artifacts to verdicts, and to what a page shows of them."""
