"""The site: write-ups, pages, assets and notebooks from studies and artifacts."""
