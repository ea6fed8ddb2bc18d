"""What keeps a replay from being run."""


class ReplayError(Exception):
    """A folder or a store that cannot be used; says which file, line and column."""
