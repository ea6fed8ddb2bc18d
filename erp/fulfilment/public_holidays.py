"""Public holidays of a country or a part of it; the only door to `holidays`.

The library comes in with the first supplier that keeps any: most keep none, and it
loads a module for every country on earth.
"""

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=1024)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Of a country such as DE, or a part of it such as DE-BY; empty: none.

    Raises ValueError if there is none of that name.
    """
    if not country:
        return frozenset()
    import holidays  # noqa: PLC0415 - takes 0.2 s, and few suppliers need it

    code, _, part = country.partition("-")
    if code not in holidays.list_supported_countries():
        raise ValueError(f"no country {code!r}")
    try:
        found = holidays.country_holidays(code, subdiv=part or None, years=year)
    except NotImplementedError as error:
        raise ValueError(f"no part {part!r} of {code}") from error
    return frozenset(found)
