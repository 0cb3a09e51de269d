"""What sessions do with a repository: worktrees, whether anything changed, merging, pull requests."""
