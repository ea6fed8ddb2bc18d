"""The program of a real IMAP server, whose passwords are hashed quickly.

Half a million rounds for each sign-in protect nobody here, and cost seconds.
"""

import pymap.main
from pymap.config import IMAPConfig
from pysasl.hashing import BuiltinHash


def _quick(cls: type[IMAPConfig], passlib_cfg: str | None) -> BuiltinHash:
    return BuiltinHash(rounds=1)


if __name__ == "__main__":
    IMAPConfig._get_hash_context = classmethod(_quick)
    pymap.main.main()
