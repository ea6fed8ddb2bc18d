"""Amounts at the edges: decimal text in a currency to whole minor units and back.

Inside, money is an integer ("cents") and a currency code. Text is read digit by digit,
never through a float, so that nothing is rounded on the way in or out.
"""

import re

# ISO 4217: what is in circulation, without funds, metals and codes for tests.
WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
IN_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
IN_HUNDREDTHS = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP
BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT
LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP
SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED
VES WST XCD XCG YER ZAR ZMW ZWG
"""
DECIMALS = (
    dict.fromkeys(IN_HUNDREDTHS.split(), 2)
    | dict.fromkeys(WHOLE.split(), 0)
    | dict.fromkeys(IN_THOUSANDTHS.split(), 3)
)
MOST_CENTS = 1_000_000_000_000  # sums of millions of them still fit into 64 bits
AMOUNT = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d{1,15})(?:\.(?P<part>\d{1,15}))?")
THOUSANDS = 3  # digits behind a point that may as well have separated thousands


class MoneyError(ValueError):
    """An amount that cannot be used; says what is wrong and how to write it."""


def is_currency(code: str) -> bool:
    return code in DECIMALS


def exponent(currency: str) -> int:
    """How many decimals an amount has: 2 for USD, 0 for JPY, 3 for BHD."""
    return DECIMALS.get(currency, 2)


def to_cents(text: str, currency: str) -> int:
    """Whole minor units of a plain decimal text such as "93.90".

    Raises MoneyError for anything else: a sign, a thousands separator, more decimals
    than the currency has, more than can be stored.
    """
    found = AMOUNT.fullmatch(text)
    if found is None:
        raise MoneyError(f'{text[:40]!r} is not an amount: write it like "93.90"')
    if found["sign"]:
        raise MoneyError(f"{text} has a sign: write the amount without one")
    decimals = exponent(currency)
    part = _without_needless_zeros(found["part"] or "", decimals)
    if len(part) > decimals:
        raise MoneyError(
            f"{text} has more decimals than {currency}, which has {decimals}"
        )
    cents = int(found["whole"] + part.ljust(decimals, "0"))
    if cents > MOST_CENTS:
        most = to_text(MOST_CENTS, currency)
        raise MoneyError(f"{text} {currency} is more than can be stored, {most}")
    return cents


def to_text(cents: int, currency: str) -> str:
    """The decimal text of an amount: 9390 USD is "93.90"."""
    decimals = exponent(currency)
    digits = str(abs(cents)).rjust(decimals + 1, "0")
    sign = "-" if cents < 0 else ""
    if decimals == 0:
        return sign + digits
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


def _without_needless_zeros(part: str, decimals: int) -> str:
    """ "100.00" yen are 100; but "1.000" may be a thousand, so it stays wrong."""
    if len(part) > decimals and len(part) != THOUSANDS:
        return part[:decimals] + part[decimals:].rstrip("0")
    return part
