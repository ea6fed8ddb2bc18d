"""The demo: a small made-up store that runs the real program against a sandbox."""
