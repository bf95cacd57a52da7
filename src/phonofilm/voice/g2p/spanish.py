"""Spanish (Latin American: c and z are s, ll is y) by rule. Spelling gives the sound almost without exception (RAE, Ortografía 2010)."""

from __future__ import annotations

import re

from phonofilm.voice.g2p.figures import Figures, spell
from phonofilm.voice.symbols import known

_ONES = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte "
    "veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
).split()
_TENS = "- - - treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_HUNDREDS = "- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos".split()
_MONTHS = "- enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()


def cardinal(n: int) -> str:
    """A whole number in words."""
    if n < 30:
        return _ONES[n]
    if n < 100:
        return _TENS[n // 10] + (f" y {_ONES[n % 10]}" if n % 10 else "")
    if n < 1000:
        return "cien" if n == 100 else _HUNDREDS[n // 100] + (f" {cardinal(n % 100)}" if n % 100 else "")
    for size, one, many in ((10**12, "un billón", "billones"), (10**6, "un millón", "millones"), (1000, "mil", "mil")):
        if n >= size:
            head = one if n // size == 1 else f"{_before(cardinal(n // size))} {many}"
            return head + (f" {cardinal(n % size)}" if n % size else "")
    raise AssertionError(n)


def _before(number: str) -> str:
    """A number before a noun: uno is shortened."""
    return re.sub(r"veintiuno$", "veintiún", re.sub(r"(?<!ti)uno$", "un", number))


def _clock(hours: int, minutes: int) -> str:
    hour = "una" if hours == 1 else cardinal(hours)
    if minutes == 0:
        return f"{hour} en punto"
    return f"{hour} y " + {15: "cuarto", 30: "media"}.get(minutes, cardinal(minutes))


def _date(year: int, month: int, day: int) -> str:
    return f"{'primero' if day == 1 else cardinal(day)} de {_MONTHS[month]}" + (f" de {cardinal(year)}" if year else "")


_FIGURES = Figures(
    cardinal=cardinal,
    point="coma",
    decimal=",",
    thousands=". \u202f\u00a0",
    minus="menos",
    percent="{} por ciento",
    money={
        "$": ("dólar", "dólares", "centavo", "centavos"),
        "€": ("euro", "euros", "céntimo", "céntimos"),
        "£": ("libra", "libras", "penique", "peniques"),
        "¥": ("yen", "yenes", "", ""),
        "₩": ("won", "wones", "", ""),
    },
    clock=_clock,
    date=_date,
    units={
        "km/h": ("kilómetro por hora", "kilómetros por hora"),
        "km": ("kilómetro", "kilómetros"),
        "m": ("metro", "metros"),
        "cm": ("centímetro", "centímetros"),
        "mm": ("milímetro", "milímetros"),
        "kg": ("kilo", "kilos"),
        "g": ("gramo", "gramos"),
        "l": ("litro", "litros"),
        "h": ("hora", "horas"),
        "min": ("minuto", "minutos"),
        "s": ("segundo", "segundos"),
        "°C": ("grado", "grados"),
        "°": ("grado", "grados"),
    },
    first=((r"(\d{1,2})/(\d{1,2})/(\d{4})", lambda m: _date(int(m[3]), int(m[2]), int(m[1]))),),
    short={
        "Sr.": "señor",
        "Sra.": "señora",
        "Dr.": "doctor",
        "Dra.": "doctora",
        "Ud.": "usted",
        "Uds.": "ustedes",
        "etc.": "etcétera",
        "EE. UU.": "Estados Unidos",
    },
    symbols={"&": "y", "+": "más", "=": "igual a", "@": "arroba"},
)

_VOWELS = "aeiouáéíóú"
_STRONG = "aeoáéóíú"
#: applied in order; R stands for the long r until the end
_SOUNDS: tuple[tuple[str, str], ...] = (
    (r"x(?=[^aeiouáéíóúˈ])", "s"),
    (r"x", "ks"),
    (r"ch", "ʧ"),
    (r"ll", "ʝ"),
    (r"rr", "R"),
    (r"^r", "R"),
    (r"(?<=[nls])r", "R"),
    (r"r", "ɾ"),
    (r"qu(?=[eéií])", "k"),
    (r"gü(?=[eéií])", "ɡw"),
    (r"gu(?=[eéií])", "ɡ"),
    (r"g(?=[eéií])", "x"),
    (r"gu(?=[aáoó])", "ɡw"),
    (r"g", "ɡ"),
    (r"j", "x"),
    (r"sc(?=[eéií])", "s"),
    (r"cc(?=[eéií])", "ks"),
    (r"c(?=[eéií])", "s"),
    (r"[cq]", "k"),
    (r"z", "s"),
    (r"ñ", "ɲ"),
    (r"(?<![a-záéíóúüñʧɲ])ps", "s"),
    (r"h", ""),
    (r"v", "b"),
    (r"y(?=[aeiouáéíóú])", "ʝ"),
    (r"y", "i"),
    (r"n(?=[pbm])", "m"),
    (r"n(?=[kɡx])", "ŋ"),
    (r"w", "w"),
)
_WEAK = {"i": "j", "u": "w", "ü": "w", "í": "i", "ú": "u"}
_FALLING = {"ei": "A", "ai": "I", "au": "W", "oi": "Y", "eu": "eʊ", "ou": "O"}
_PLAIN = str.maketrans("áéíóúü", "aeiouu")
_UNSTRESSED = frozenset(
    (
        "el la los las lo un una de del a al en con por para y e o u que se me te le les nos os mi tu su mis tus sus si ni sin ha he porque como pero"
    ).split()
)


def read(text: str) -> str:
    """Spanish text in the model's letters."""
    words = re.findall(r"[^\W\d_]+|[.,;:!?…—]+", spell(text, _FIGURES).lower())
    out = ""
    for word in words:
        out += word[0] if not word[0].isalpha() else f" {_word(word)}"
    return known(_softened(out.strip()))


def _word(word: str) -> str:
    if word == "y":
        return "i"
    stress = -1 if word in _UNSTRESSED else _stressed(word)
    marked = word if stress < 0 else f"{word[:stress]}ˈ{word[stress:]}"
    for pattern, sound in _SOUNDS:
        # the stress mark may stand between a letter and the one that decides its sound
        marked = re.sub(pattern.replace("(?=[", "(?=ˈ?["), sound, marked)
    return _glides(marked).translate(_PLAIN).replace("R", "r")


def _stressed(word: str) -> int:
    """Where the stressed vowel stands."""
    written = re.search("[áéíóú]", word)
    if written:
        return written.start()
    nuclei = _nuclei(word)
    if not nuclei:
        return -1
    last = word[-1] in "aeiouns" or not word[-1].isalpha()
    return nuclei[-2] if last and len(nuclei) > 1 else nuclei[-1]


def _nuclei(word: str) -> list[int]:
    """The vowels that carry a syllable: a weak one beside another vowel is none; y counts at the end of a word."""
    bare = re.sub(r"(?<=[gq])u(?=[eéií])", "-", word)
    found: list[int] = []
    for at, letter in enumerate(bare):
        if letter not in _VOWELS + "ü":
            continue
        beside = [bare[k] for k in (at - 1, at + 1) if 0 <= k < len(bare)]
        if letter in "iuü" and (any(b in _STRONG for b in beside) or (at and bare[at - 1] in "iu")) and not (letter == "i" and "í" in beside):
            if at and bare[at - 1] in "iu" and not any(b in _STRONG for b in beside):
                found[-1:] = [at]
            continue
        found.append(at)
    return found


def _glides(sounds: str) -> str:
    out = re.sub(
        r"(ˈ?)([aeoáéó])([iuïy])(?![ˈ])(?=$|[^aeouáéóúí])", lambda m: m[1] + _FALLING.get(m[2].translate(_PLAIN) + m[3], m[2] + m[3]), sounds
    )
    out = re.sub(r"([iuü])(?=ˈ?[aeoáéóAIWY])", lambda m: _WEAK[m[1]], out)
    out = re.sub(r"u(?=ˈ?[ií])", "w", out)
    return re.sub(r"i(?=ˈ?[uú])", "j", out)


def _softened(letters: str) -> str:
    """b, d and g without closure, except after a pause or a nasal, and d after l."""
    soft = {"b": "β", "d": "ð", "ɡ": "ɣ"}
    out = ""
    for letter in letters:
        before = out.rstrip(" ˈ")[-1:]
        hard = not before or before in ".,;:!?…—mnɲŋ" or (letter == "d" and before == "l")
        out += letter if hard else soft.get(letter, letter)
    return out
