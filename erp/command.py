"""Where the `erp` command begins."""

import ctypes
import gc
import sys

ARENAS = -8  # glibc's M_ARENA_MAX


def main() -> None:
    """Load the program, then run it.

    Everything that loading makes stays for good, so that nobody looks for garbage
    while it is made (a fifth of a start), nor in it ever after.
    """
    _share_heaps()
    gc.disable()
    from erp.cli import main as run  # noqa: PLC0415 - to load it is what this is for

    gc.freeze()
    gc.enable()
    run()


def _share_heaps() -> None:
    """glibc would give dozens of threads many heaps, each with its own free space:
    two for all of them save a quarter of the memory."""
    if sys.platform == "linux":
        set_option = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if set_option is not None:
            set_option(ARENAS, 2)


if __name__ == "__main__":
    main()
