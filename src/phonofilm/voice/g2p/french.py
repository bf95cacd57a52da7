"""French by rule, with a list of what the rules miss; liaison and silent ends included (Fouché, Traité de prononciation française, 1959)."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

from phonofilm.voice.g2p.figures import Figures, spell
from phonofilm.voice.g2p.rules import Rules, compiled, scan
from phonofilm.voice.symbols import known

_ONES = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf".split()
_TENS = "- - vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt".split()
_MONTHS = "- janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()


def cardinal(n: int) -> str:
    """A whole number in words."""
    if n < 20:
        return _ONES[n]
    if n < 100:
        tens, rest = divmod(n, 10)
        if tens in (7, 9):
            rest += 10
        if rest == 0:
            return _TENS[tens]
        return f"{_TENS[tens]} et {_ONES[rest]}" if rest in (1, 11) and tens < 8 else f"{_TENS[tens]}-{_ONES[rest]}"
    if n < 1000:
        head = "cent" if n < 200 else f"{_ONES[n // 100]} cent"
        return head + (f" {cardinal(n % 100)}" if n % 100 else "")
    for size, name in ((10**9, "milliard"), (10**6, "million"), (1000, "mille")):
        if n >= size:
            head = name if size == 1000 and n < 2000 else f"{cardinal(n // size)} {name}"
            return head + (f" {cardinal(n % size)}" if n % size else "")
    raise AssertionError(n)


def _clock(hours: int, minutes: int) -> str:
    hour = "une heure" if hours == 1 else f"{cardinal(hours)} heures"
    return hour + (f" {cardinal(minutes)}" if minutes else "")


def _date(year: int, month: int, day: int) -> str:
    return f"{'premier' if day == 1 else cardinal(day)} {_MONTHS[month]}" + (f" {cardinal(year)}" if year else "")


_FIGURES = Figures(
    cardinal=cardinal,
    point="virgule",
    decimal=",",
    thousands=". \u202f\u00a0",
    minus="moins",
    percent="{} pour cent",
    money={
        "$": ("dollar", "dollars", "cent", "cents"),
        "€": ("euro", "euros", "", ""),
        "£": ("livre", "livres", "", ""),
        "¥": ("yen", "yens", "", ""),
        "₩": ("won", "wons", "", ""),
    },
    clock=_clock,
    date=_date,
    units={
        "km/h": ("kilomètre à l'heure", "kilomètres à l'heure"),
        "km": ("kilomètre", "kilomètres"),
        "m": ("mètre", "mètres"),
        "cm": ("centimètre", "centimètres"),
        "mm": ("millimètre", "millimètres"),
        "kg": ("kilo", "kilos"),
        "g": ("gramme", "grammes"),
        "l": ("litre", "litres"),
        "h": ("heure", "heures"),
        "min": ("minute", "minutes"),
        "s": ("seconde", "secondes"),
        "°C": ("degré", "degrés"),
        "°": ("degré", "degrés"),
    },
    first=(
        (r"(?<!\d)(\d{1,2}) ?h ?(\d{2})(?!\d)", lambda m: _clock(int(m[1]), int(m[2]))),
        (r"(\d{1,2})/(\d{1,2})/(\d{4})", lambda m: _date(int(m[3]), int(m[2]), int(m[1]))),
        (r"\b1(?:er|re|ère)\b", lambda _: "premier"),
        (r"\b(\d+)(?:e|ème)\b", lambda m: ordinal(int(m[1]))),
    ),
    short={"M.": "monsieur", "Mme": "madame", "Mlle": "mademoiselle", "Dr": "docteur", "etc.": "et cetera", "n°": "numéro"},
    symbols={"&": "et", "+": "plus", "=": "égale", "@": "arobase"},
)


def ordinal(n: int) -> str:
    """Second, third …"""
    word = cardinal(n)
    for end, instead in (("cinq", "cinqu"), ("neuf", "neuv")):
        if word.endswith(end):
            return word[: -len(end)] + instead + "ième"
    return re.sub(r"e$", "", word) + "ième"


_V = "aeiouyàâéèêëîïôöùûüœæ"
_C = "bcdfghjklmnpqrstvwxzç"
_NASAL = rf"(?![{_V}nmh])"
#: what the spelling at a place says, the first that matches; ə is settled afterwards
_RULES: tuple[tuple[str, str], ...] = (
    (r"tch", "ʧ"), (r"sch|sh|ch(?![rl])", "ʃ"), (r"ch", "k"), (r"ph", "f"), (r"th", "t"), (r"rh", "ʁ"), (r"h", ""),
    (r"gn", "ɲ"), (r"qu", "k"), (r"q", "k"), (r"gu(?=[eéèêiîy])", "ɡ"), (r"ge(?=[aoâôu])", "ʒ"), (r"g(?=[eéèêëiîïy])|j", "ʒ"), (r"gg?", "ɡ"),
    (r"(?<=s)tion", "tjɔ̃"), (r"ti(?=on|el|eux|aux)", "sj"), (r"tie(?=n[tc])", "sjɑ̃"),
    (r"cueill", "kœj"), (r"ccueill", "kœj"), (r"cc(?=[eéèêiy])", "ks"), (r"sc(?=[eéèêiîy])", "s"), (r"ç|c(?=[eéèêëiîïy])", "s"), (r"cc?|k", "k"),
    (r"(?<=^e)x(?=[aeiouyéèêh])", "ɡz"), (r"xc(?=[eéèi])", "ks"), (r"x", "ks"), (rf"(?<=[{_V}])s(?=[{_V}])", "z"), (r"ss?", "s"), (r"z", "z"),
    (r"(?<=m)on(?=sieur)", "ə"), (r"(?<=f)emme", "am"), (r"emme(?=nt$)", "am"), (r"^emm", "ɑ̃m"), (r"^enn", "ɑ̃n"), (r"amme(?=nt$)", "am"),
    (r"ill(?:e$|e(?=s))", "ij"), (r"(?<=[mv])ille", "il"), (r"(?<=trangu)ill", "il"),
    (r"euill|œill|ueill|euil$|œil$|ueil$", "œj"), (r"ouill|ouil$", "uj"), (r"aill|ail$", "aj"), (r"eill|eil$", "ɛj"),
    (rf"(?<=[{_C}])ill", "ij"), (r"uill", "ɥij"),
    (rf"(?:ain|aim|ein|eim){_NASAL}", "ɛ̃"), (rf"oin{_NASAL}", "wɛ̃"), (rf"(?<=[iy])en{_NASAL}(?!t)", "ɛ̃"), (rf"(?<=é)en{_NASAL}", "ɛ̃"),
    (rf"(?:in|im|yn|ym|în){_NASAL}", "ɛ̃"), (rf"(?:un|um){_NASAL}", "œ̃"), (rf"(?:on|om){_NASAL}", "ɔ̃"), (rf"(?:aon$|an|am|en|em){_NASAL}", "ɑ̃"),
    (r"(?:nn|n)", "n"), (r"mm?", "m"),
    (r"eaux?|aux?(?![aeiou])|ô", "o"), (r"(?:œu|eu|oeu)(?=$|x|t|d|s[eé])", "ø"), (r"œu|eu|oeu|œ", "œ"), (r"oy(?=[aeiouéèê])", "waj"),
    (r"oi|oî|oy", "wa"),
    (r"ay(?=[aeouéèê])", "ɛj"), (r"uy(?=[aeiouéèê])", "ɥij"), (r"ay|aî|ai|eî|ei|ey", "ɛ"), (r"oê|oe", "wa"),
    (rf"(?:où|oû|ou)(?=[{_V}])(?!e$|es$)", "w"), (r"où|oû|ou", "u"),
    (r"é", "e"), (r"[èêë]", "ɛ"), (r"[àâ]", "a"), (r"u(?=[iî])", "ɥ"), (r"[uûùü]", "y"),
    (rf"(?<=[bcdfgptv][lr])i(?=[{_V}])", "ij"), (rf"(?:i|ï|y)(?=[{_V}])(?!e$)", "j"), (r"[iîïy]", "i"),
    (r"o(?=$|se|sa|si|ti[oe])", "o"), (r"o", "ɔ"), (r"a", "a"),
    (rf"(?<=[{_V}{_C}])e$", ""), (r"e(?=([bdflmnprstcz])\1|x|sc|cq|tt)", "ɛ"), (rf"e(?=[{_C}]$)", "ɛ"),
    (r"e(?=[lrsmnpctd](?![lrhaeiouyéèêâîô'])[a-zç])", "ɛ"), (r"e", "ə"),
    (r"rr?", "ʁ"), (r"ll?", "l"), (r"pp?", "p"), (r"bb?", "b"), (r"dd?", "d"), (r"ff?", "f"), (r"tt?", "t"), (r"v", "v"), (r"w", "w"),
    (r"æ", "e"), (r"ö", "ø"),
)  # fmt: skip
_CLITICS = {
    "le": "lə", "de": "də", "je": "ʒə", "me": "mə", "te": "tə", "se": "sə", "ce": "sə", "ne": "nə", "que": "kə",
    "les": "le", "des": "de", "mes": "me", "tes": "te", "ses": "se", "ces": "se", "et": "e", "est": "ɛ", "es": "ɛ",
}  # fmt: skip
#: a silent last consonant that is heard before a vowel, in words that lean on the next one
_LIAISON = {
    "les": "z", "des": "z", "mes": "z", "tes": "z", "ses": "z", "ces": "z", "nos": "z", "vos": "z", "leurs": "z", "aux": "z", "nous": "z",
    "vous": "z",
    "ils": "z", "elles": "z", "on": "n", "un": "n", "mon": "n", "ton": "n", "son": "n", "en": "n", "aucun": "n", "bien": "n", "rien": "n", "est": "t",
    "sont": "t", "ont": "t", "font": "t", "était": "t", "grand": "t", "petit": "t", "petits": "z", "grands": "z", "deux": "z", "trois": "z",
    "six": "z",
    "dix": "z", "dans": "z", "chez": "z", "sans": "z", "sous": "z", "très": "z", "plus": "z", "moins": "z", "tout": "t", "quand": "t", "cet": "t",
    "avez": "z", "avons": "z", "allez": "z", "plusieurs": "z", "quelques": "z", "autres": "z", "vingt": "t", "cent": "t", "suis": "z",
    "bons": "z", "beaux": "z",
}  # fmt: skip
#: words whose h stops liaison and elision
_ASPIRATED = re.compile(
    r"h(?:aut|ors|uit|éros$|éris|aric|alt|ach|ais|aine|ameau|amster|anch|and|ange|aras|ardi|arcel|arp|asard|ât|ausse|ein|enn|ér(?:on|iss)|eurt|ibou|ier?arch|ippy|iss|obb|oll|omard|ong|onte|oquet|ous|ub|uch|uer|urle|utte|onz)|onz|oui|un$|yaourt|yacht"
)
_UNSTRESSED = frozenset(
    (
        "a ont sont est nous vous ils elles plus très car mais quel quelle chaque avec avant pas jamais puis donc comme si le "
        "la les un une des du de je tu il elle on ce se me te ne que et ou à au aux en y mon ma mes ton ta tes son sa ses dans "
        "sur par pour"
    ).split()
)


@cache
def _words() -> dict[str, str]:
    return json.loads((files("phonofilm.voice.g2p") / "french.json").read_text(encoding="utf-8"))


def read(text: str) -> str:
    """French text in the model's letters."""
    plain = spell(text, _FIGURES).lower().replace("’", "'")
    plain = re.sub(r"\b(dix|quatre)-(sept|huit|neuf|vingt)", r"\1\2", plain)
    plain = re.sub(r"\b(c|d|j|l|m|n|s|t|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\w)", r"\1' ", plain)
    tokens = re.findall(r"[^\W\d_]+'?|[.,;:!?…—]+", plain)
    out = ""
    for k, token in enumerate(tokens):
        if not token[0].isalpha():
            out += token[0]
            continue
        after = tokens[k + 1] if k + 1 < len(tokens) else ""
        if token.endswith("'"):
            out += f" {_elided(token[:-1])}\u0001"
            continue
        open_next = after[:1].isalpha() and (after[0] in _V or after[0] == "h") and not _ASPIRATED.match(after)
        sounds = _word(token, tokens[k - 1] if k else "", last=not after[:1].isalpha())
        if open_next and token in _LIAISON:
            sounds += _LIAISON[token]
        out += f" {sounds}"
    return known(out.replace("\u0001 ", "").strip())


def _elided(word: str) -> str:
    return {"c": "s", "qu": "k", "jusqu": "ʒysk", "lorsqu": "lɔʁsk", "puisqu": "pɥisk", "quoiqu": "kwak", "j": "ʒ"}.get(word, word)


def _word(word: str, before: str, *, last: bool) -> str:
    if word in _CLITICS:
        return _CLITICS[word]
    known_words = _words()
    sounds = known_words.get(word) or (known_words.get(word[:-1]) if word.endswith("s") else None) or _by_rule(_spoken(word, before))
    return sounds if word in _UNSTRESSED and not last else _stressed(sounds)


def _by_rule(word: str) -> str:
    # ə falls away between two single consonants inside a word
    return re.sub(r"(?<=[aeiouyɛɔøœ̃][bdfklmnpʁstvzɡʒʃɲ])ə(?=[bdfklmnpʁstvzɡʒʃ][aeiouyɛɔøœɑwjɥ])", "", scan(word, _rules()))


@cache
def _rules() -> Rules:
    return compiled(_RULES)


def _spoken(word: str, before: str) -> str:
    """The word without the letters at its end that are not said."""
    if word.endswith("ent") and len(word) > 4 and _is_plural_verb(word, before):
        return re.sub(r"(?<=[ao])ient$", "i", word) if re.search(r"[ao]ient$", word) else word[:-2]
    if re.search(rf"[{_C}iyu]er$", word) and len(word) > 3 and not re.search(r"hiver$|amer$|cher$|fier$|enfer$|super$|cancer$", word):
        return word[:-2] + "é"
    if re.search(r"ers?$", word) and re.search(r"ier", word) and len(word) > 4:
        return re.sub(r"ers?$", "é", word)
    word = re.sub(r"ez$|(?<=[^v]r)ai$", "é", word)
    word = re.sub(r"(?<=[aioué])e?s$|(?<=[^s])s$", "", word) if not re.search(r"(?:us|ss|as|os|is)$", word) else re.sub(r"s$", "", word)
    word = re.sub(r"(?<=[éiu])e$", "", word)
    word = re.sub(r"et$", "è", word)
    return re.sub(r"(?<=[nrua])[dtgp]$|(?<=[aeiouyéèêîôû])[tdxpz]$|(?<=n)c$|(?<=r)ps?$|(?<=c)t$", "", word) if len(word) > 2 else word


def _is_plural_verb(word: str, before: str) -> bool:
    if before in ("ils", "elles", "qui", "se", "s'", "ne", "n'", "y", "les"):
        return True
    return before[-1:] in ("s", "x") and not re.search(r"(?:m|id|l|g|c|d|n|r|t)ent$", word)


def _stressed(sounds: str) -> str:
    """The last full vowel carries the stress."""
    found = list(re.finditer(r"[aeiouyɛɔøœɑ]̃?", sounds))
    return sounds if not found else f"{sounds[: found[-1].start()]}ˈ{sounds[found[-1].start() :]}"
