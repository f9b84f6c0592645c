"""Publishing a site as a branch of a git repository, so that nothing can be lost."""
