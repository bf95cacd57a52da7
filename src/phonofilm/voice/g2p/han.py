"""Chinese figures in characters, shared by Mandarin and Cantonese."""

from __future__ import annotations

import re

DIGITS = "零一二三四五六七八九"


def cardinal(n: int) -> str:
    """A whole number in characters."""
    if n < 10:
        return DIGITS[n]
    said = _group(n) if n < 10_000 else _grouped(n)
    return re.sub("^一十", "十", said)


def digits(number: str) -> str:
    """A number digit by digit, as years and telephone numbers are read."""
    return "".join(DIGITS[int(digit)] for digit in number)


def _group(n: int) -> str:
    out = ""
    for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // size % 10
        if digit:
            out += DIGITS[digit] + name
        elif out and not out.endswith("零") and n % size:
            out += "零"
    return out


def _grouped(n: int) -> str:
    for size, name in ((10**12, "兆"), (10**8, "亿"), (10**4, "万")):
        if n >= size:
            head, rest = divmod(n, size)
            between = "零" if rest and rest < size // 10 else ""
            return (
                cardinal(head) + name + between + (_group(rest) if rest < 10_000 else cardinal(rest) if rest else "")
                if rest
                else cardinal(head) + name
            )
    raise AssertionError(n)
