"""German by rule, with a list of what the rules miss (after Duden, Aussprachewörterbuch: vowel length from what follows, stress on the stem)."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

from phonofilm.voice.g2p.figures import Figures, spell
from phonofilm.voice.g2p.rules import Rules, compiled, scan
from phonofilm.voice.symbols import known

_ONES = ("null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn").split()
_TENS = "- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_MONTHS = "- Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()


def cardinal(n: int) -> str:
    """A whole number in words, its parts apart so that each is read by itself."""
    if n < 20:
        return _ONES[n]
    if n < 100:
        tens, one = divmod(n, 10)
        return f"{'ein' if one == 1 else _ONES[one]} und {_TENS[tens]}" if one else _TENS[tens]
    if n < 1000:
        return f"{'ein' if n < 200 else _ONES[n // 100]} hundert" + (f" {cardinal(n % 100)}" if n % 100 else "")
    if n < 10**6:
        return f"{'ein' if n < 2000 else cardinal(n // 1000)} tausend" + (f" {cardinal(n % 1000)}" if n % 1000 else "")
    for size, one, many in ((10**9, "eine Milliarde", "Milliarden"), (10**6, "eine Million", "Millionen")):
        if n >= size:
            head = one if n // size == 1 else f"{cardinal(n // size)} {many}"
            return head + (f" {cardinal(n % size)}" if n % size else "")
    raise AssertionError(n)


def ordinal(n: int) -> str:
    """First, second … as in a date."""
    odd = {1: "erste", 3: "dritte", 7: "siebte", 8: "achte"}
    return odd.get(n, cardinal(n) + ("te" if n < 20 else "ste"))


def _year(n: int) -> str:
    return f"{_ONES[n // 100]} hundert" + (f" {cardinal(n % 100)}" if n % 100 else "")


def _clock(hours: int, minutes: int) -> str:
    return f"{'ein' if hours == 1 else cardinal(hours)} Uhr" + (f" {cardinal(minutes)}" if minutes else "")


def _date(year: int, month: int, day: int) -> str:
    return f"{ordinal(day)}n {_MONTHS[month]}" + (f" {_year(year) if 1100 <= year < 2000 else cardinal(year)}" if year else "")


_FIGURES = Figures(
    cardinal=cardinal,
    point="Komma",
    decimal=",",
    thousands=".\u202f\u00a0",
    minus="minus",
    percent="{} Prozent",
    money={
        "$": ("Dollar", "Dollar", "", ""),
        "€": ("Euro", "Euro", "", ""),
        "£": ("Pfund", "Pfund", "", ""),
        "¥": ("Jen", "Jen", "", ""),
        "₩": ("Won", "Won", "", ""),
    },
    clock=_clock,
    date=_date,
    year=_year,
    units={
        "km/h": ("Kilometer pro Stunde", "Kilometer pro Stunde"),
        "km": ("Kilometer", "Kilometer"),
        "m": ("Meter", "Meter"),
        "cm": ("Zentimeter", "Zentimeter"),
        "mm": ("Millimeter", "Millimeter"),
        "kg": ("Kilo", "Kilo"),
        "g": ("Gramm", "Gramm"),
        "l": ("Liter", "Liter"),
        "h": ("Stunde", "Stunden"),
        "min": ("Minute", "Minuten"),
        "s": ("Sekunde", "Sekunden"),
        "°C": ("Grad", "Grad"),
        "°": ("Grad", "Grad"),
    },
    first=(
        (r"(?<!\d)(\d{1,2})[:.](\d{2}) Uhr", lambda m: _clock(int(m[1]), int(m[2]))),
        (r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d{4})", lambda m: _date(int(m[3]), int(m[2]), int(m[1]))),
        (r"(?<![\d.])(0?[1-9]|[12]\d|3[01])\.(0?[1-9]|1[0-2])\.(?!\d)", lambda m: _date(0, int(m[2]), int(m[1]))),
        (rf"(?<!\d)(\d{{1,2}})\. (?={'|'.join(_MONTHS[1:])})", lambda m: f"{ordinal(int(m[1]))}n "),
        (r"\b1 (?=\w)", lambda _: "ein "),
    ),
    short={"z. B.": "zum Beispiel", "z.B.": "zum Beispiel", "Dr.": "Doktor", "Hr.": "Herr", "Fr.": "Frau", "usw.": "und so weiter", "Nr.": "Nummer"},
    symbols={"&": "und", "+": "plus", "=": "gleich", "@": "ät"},
)

_V = "aeiouyäöü"
_C = "bcdfghjklmnpqrstvwxzß"
#: a vowel is long before one consonant that a vowel or the end follows, before h, and doubled
_LONG = rf"(?=(?:[bdfgklmnprstvwz]|ß|ph|th|qu)(?:[{_V}]|$)|h|[bdgkptf][lr][{_V}])"
#: behind a vowel of the same word, with up to four consonants between
_AFTER = "(?:" + "|".join(rf"(?<=[{_V}]{f'[{_C}]' * k})" for k in range(5)) + ")(?<!^qu)"
_RULES: tuple[tuple[str, str], ...] = (
    (r"tsch", "ʧ"), (r"sch", "ʃ"), (r"^sp|(?<=[^a-zäöüß])sp", "ʃp"), (r"^st", "ʃt"), (r"chs(?!t$)", "ks"), (r"(?<=[aou])ch|(?<=au)ch", "x"),
    (r"ch(?=[rl])", "k"), (r"ch", "ç"), (r"ck", "k"),
    (r"ph", "f"), (r"th", "t"), (r"dt", "t"), (r"tz", "ʦ"), (r"z", "ʦ"), (r"ti(?=on|ent|ell)", "ʦj"), (r"qu", "kv"), (r"x", "ks"), (r"pf", "pf"),
    (r"ß|ss", "s"), (rf"s(?=[{_V}])(?<![{_C.replace('r', '').replace('l', '').replace('n', '').replace('m', '')}]s)", "z"), (r"s", "s"),
    (r"ng(?=[aoui])", "ŋɡ"), (r"ng", "ŋ"), (r"nk", "ŋk"), (r"(?<=i)g$", "ç"), (r"(?<=i)g(?=[st])", "ç"),
    (r"bb", "b"), (r"dd", "d"), (r"gg", "ɡ"), (r"b(?=$|s|t)", "p"), (r"d(?=$|s)", "t"), (r"g(?=$|s|t)", "k"), (r"b", "b"), (r"d", "d"), (r"g", "ɡ"),
    (r"ff?|v", "f"), (r"w", "v"), (r"j", "j"), (r"kk?|c", "k"), (r"ll?", "l"), (r"mm?", "m"), (r"nn?", "n"), (r"pp?", "p"), (r"tt?", "t"),
    (r"äu|eu", "ɔø"), (r"ei|ai|ey|ay", "I"), (r"au", "W"), (r"ieh?", "iː"), (r"aah?|ah", "aː"), (r"eeh?|eh", "eː"), (r"ooh?|oh", "oː"),
    (r"uh", "uː"), (r"ih", "iː"),
    (r"äh", "ɛː"), (r"öh", "øː"), (r"üh", "yː"), (r"h", "h"),
    (rf"{_AFTER}er(?=$|n$|s$|st$|t$)", "ɐ"), (rf"{_AFTER}e(?=r(?:e|en|es|em|er)$)", "ə"),
    (rf"{_AFTER}e(?=$|n$|s$|m$|l$|ln$|nd$|t$|st$|te$|ten$|ns$|nde$|nden$|lt$)", "ə"),
    (r"e(?=[rm]?$)", "eː"), (r"ö(?=rt(?:e|est|en|et)?$)", "øː"), (r"ü(?=rt(?:e|est|en|et)?$)", "yː"),
    (r"i(?=g$|g[st])", "ɪ"), (rf"a{_LONG}", "aː"), (rf"e{_LONG}", "eː"), (rf"i{_LONG}", "iː"), (rf"o{_LONG}", "oː"), (rf"u{_LONG}", "uː"),
    (rf"ä{_LONG}", "ɛː"), (rf"ö{_LONG}", "øː"), (rf"[üy]{_LONG}", "yː"),
    (r"a", "a"), (r"e", "ɛ"), (r"i", "ɪ"), (r"o", "ɔ"), (r"u", "ʊ"), (r"ä", "ɛ"), (r"ö", "œ"), (r"[üy]", "ʏ"),
    (r"rr?", "ɾ"), (r"é", "eː"),
)  # fmt: skip
_PREFIXES = re.compile(r"^(be|ge|er|ver|zer|ent|emp)(?=[a-zäöüß]{3})")
_PREFIX_SOUNDS = {"be": "bə", "ge": "ɡə", "er": "ɛɾ", "ver": "fɛɾ", "zer": "ʦɛɾ", "ent": "ɛnt", "emp": "ɛmp"}
_SEPARABLE = re.compile(
    r"^(?!herz|hinter|ander)(ab|an|auf|aus|bei|ein|hin|her|los|mit|nach|vor|weg|zu|zurück|zusammen|weiter|wieder|über|unter|durch|um)(?=[bcdfghjklmnpqrstvwzß][a-zäöüß]{3,})"
)
_ENDING_STRESS = re.compile(r"(ieren|iert|ierte|ierten|tion|tionen|ität|ei|eien|ist|isten|ent|enten|ell|elle|ur|uren|ik|ion|ionen|ant|al|ier)$")
_UNSTRESSED = frozenset(
    "der die das den dem des ein eine einen einem einer eines und oder aber als am an auf aus bei bis im in mit nach so um vom von vor "
    "zu zum zur wie es "
    "er sie ich du wir "
    "ihr man sich ist sind war hat habe haben wird dann denn dass für über unter kann mein dein sein ins".split()
)


@cache
def _words() -> dict[str, str]:
    return json.loads((files("phonofilm.voice.g2p") / "german.json").read_text(encoding="utf-8"))


@cache
def _rules() -> Rules:
    return compiled(_RULES)


def read(text: str) -> str:
    """German text in the model's letters."""
    out = ""
    for token in re.findall(r"[^\W\d_]+|[.,;:!?…—]+", spell(text, _FIGURES).lower()):
        out += f" {_word(token)}" if token[0].isalpha() else token[0]
    return known(out.strip().replace("ʏ", "y"))  # the model has no letter for a short ü


def _word(word: str) -> str:
    words = _words()
    if word in words:
        return _stressed(words[word]) if word not in _UNSTRESSED else words[word]
    if word in _UNSTRESSED:
        return scan(word, _rules())
    for cut in range(len(word) - 3, 3, -1):
        head, tail = word[:cut].removesuffix("s") if word[:cut] not in words else word[:cut], word[cut:]
        if head in words and len(tail) > 3 and len(head) > 3:
            return _stressed(words[head]) + ("s" if word[cut - 1] == "s" and not head.endswith("s") else "") + _part(tail)
    apart = _SEPARABLE.match(word)
    if apart and not _PREFIXES.match(word):
        rest = word[apart.end() :]
        return _stressed(words.get(apart[1]) or scan(apart[1], _rules())) + _part(rest)
    return _part(word, stress=True)


def _part(word: str, *, stress: bool = False) -> str:
    words = _words()
    prefix = _PREFIXES.match(word)
    head = ""
    if word in words:
        said = words[word]
        return _stressed(said) if stress else said
    if (
        prefix
        and re.search(rf"[{_V}]", word[prefix.end() :])
        and not re.match(r"(?:ern|erst|erb|ente|beid|best|bett|beere|gest|gelb|geld|gern|gebirge)", word)
    ):
        head, word = _PREFIX_SOUNDS[prefix[1]], word[prefix.end() :]
    sounds = scan(word, _rules())
    if not stress:
        return head + sounds
    return head + (_stressed(sounds, last=True) if _ENDING_STRESS.search(word) and len(word) > 5 else _stressed(sounds))


_NUCLEUS = re.compile(r"ɔø|[aeiouyɛɪɔʊøœʏIWɐ]ː?")


def _stressed(sounds: str, *, last: bool = False) -> str:
    if "ˈ" in sounds:
        return sounds
    found = [m for m in _NUCLEUS.finditer(sounds) if m[0] != "ɐ"]
    if not found:
        return sounds
    at = found[-1 if last else 0].start()
    return f"{sounds[:at]}ˈ{sounds[at:]}"
