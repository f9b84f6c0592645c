"""Ground floor: errors, specs and tables of kinds, files, caches, serialization."""
