"""Where the `erp` command begins."""

import gc


def main() -> None:
    """Load the program, then run it.

    Everything that loading makes stays for good, so that nobody looks for garbage
    while it is made (a fifth of a start), nor in it ever after.
    """
    gc.disable()
    from erp.cli import main as run  # noqa: PLC0415 - to load it is what this is for

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
