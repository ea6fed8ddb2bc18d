"""What keeps a store from being moved."""


class NotMovedError(Exception):
    """Why a store was not moved, in words for the operator.

    The source is as it was, and the target holds nothing of it.
    """
