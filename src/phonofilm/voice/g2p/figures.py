"""Figures, amounts, times, dates and short forms, written out as words. What a language says for them is a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_SIGNS = "$€£¥₩"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How a language reads figures.

    ``cardinal`` reads whole numbers from 0. ``point`` is said for the decimal sign ``decimal``; ``thousands`` are the signs between groups
    of three. ``money`` gives for a sign the words (one, many, one hundredth, many hundredths; the last two may be left unsaid). ``clock``
    reads hours and minutes, ``date`` year (0: none), month and day. ``units`` gives (one, many). ``first`` are the language's own forms,
    tried before all others; ``symbols`` are said last.
    """

    cardinal: Callable[[int], str]
    point: str
    decimal: str
    thousands: str
    minus: str
    percent: str
    money: Mapping[str, tuple[str, str, str, str]]
    clock: Callable[[int, int], str]
    date: Callable[[int, int, int], str]
    units: Mapping[str, tuple[str, str]]
    year: Callable[[int], str] | None = None
    first: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = ()
    short: Mapping[str, str] = field(default_factory=dict[str, str])
    symbols: Mapping[str, str] = field(default_factory=dict[str, str])
    space: str = " "


def spell(text: str, figures: Figures) -> str:
    """``text`` with everything that is not letters written out."""
    number = _number(figures)
    for form, words in figures.short.items():
        text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", words, text)
    for pattern, say in figures.first:
        text = re.sub(pattern, say, text)
    if figures.decimal == ",":  # a point that is no sign between groups of three
        text = re.sub(r"(?<![\d.,:])(\d+)\.(\d{1,2})(?![\d.]|,\d)", r"\1,\2", text)
    text = re.sub(r"(?<![\d.,])(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", lambda m: figures.date(int(m[1]), int(m[2]), int(m[3])), text)
    text = re.sub(r"(?<![\d.,:])(\d{1,2}):(\d{2})(?::\d{2})?(?!\d)", lambda m: figures.clock(int(m[1]), int(m[2])), text)
    if figures.space:  # 12,50 euros is said like 12,50 €
        for sign, (one, many, *_) in figures.money.items():
            text = re.sub(rf"(\d{re.escape(figures.decimal)}\d\d) ?(?:{one}|{many})(?!\w)", rf"\1 {sign}", text)
    text = re.sub(rf"([{_SIGNS}])\s?({number})", lambda m: _money(m[2], m[1], figures), text)
    text = re.sub(rf"({number})\s?([{_SIGNS}])", lambda m: _money(m[1], m[2], figures), text)
    text = re.sub(rf"({number})\s?[%％]", lambda m: figures.percent.format(_read(m[1], figures)), text)
    names = "|".join(re.escape(unit) for unit in sorted(figures.units, key=len, reverse=True))
    if names:
        text = re.sub(rf"({number})\s?({names})(?![^\W\d_])", lambda m: _measured(m[1], figures.units[m[2]], figures), text)
    if figures.year is not None:
        text = re.sub(r"(?<![\d.,])(1[1-9]\d\d)(?![\d.,]\d|\d)", lambda m: figures.year(int(m[1])) if figures.year else m[1], text)
    text = re.sub(rf"(?<![\w])[-−]({number})", lambda m: f"{figures.minus}{figures.space}{_read(m[1], figures)}", text)
    text = re.sub(number, lambda m: _read(m[0], figures), text)
    for sign, word in figures.symbols.items():
        text = text.replace(sign, f"{figures.space}{word}{figures.space}")
    return re.sub(r"[ \t]+", " ", text)


def _number(figures: Figures) -> str:
    groups = "".join(re.escape(sign) for sign in figures.thousands)
    grouped = rf"\d{{1,3}}(?:[{groups}]\d{{3}})+(?!\d)|\d+" if groups else r"\d+"
    return rf"(?:{grouped})(?:{re.escape(figures.decimal)}\d+)?"


def _parts(number: str, figures: Figures) -> tuple[int, str]:
    whole, _, fraction = number.partition(figures.decimal)
    for sign in figures.thousands:
        whole = whole.replace(sign, "")
    return int(whole), fraction


def _read(number: str, figures: Figures) -> str:
    if len(number) > 1 and number[0] == "0" and number.isdigit():  # a telephone number, a code
        return figures.space.join(figures.cardinal(int(digit)) for digit in number)
    whole, fraction = _parts(number, figures)
    said = [figures.cardinal(whole)]
    if fraction:
        said += [figures.point, *(figures.cardinal(int(digit)) for digit in fraction)]
    return figures.space.join(said)


def _money(number: str, sign: str, figures: Figures) -> str:
    whole, fraction = _parts(number, figures)
    one, many, hundredth, hundredths = figures.money[sign]
    said = f"{figures.cardinal(whole)}{figures.space}{one if whole == 1 else many}"
    cents = int(f"{fraction}0"[:2]) if fraction else 0
    if cents:
        said += f"{figures.space}{figures.cardinal(cents)}{figures.space}{hundredth if cents == 1 else hundredths}"
    return said.rstrip()


def _measured(number: str, unit: tuple[str, str], figures: Figures) -> str:
    return f"{_read(number, figures)}{figures.space}{unit[0] if number == '1' else unit[1]}"
