"""Where a line of words may break, and where it breaks best.

Western words and Korean break at spaces; Chinese and Japanese between characters, but never so that a line begins with a closing mark or
ends with an opening one (kinsoku, JIS X 4051), and rather not inside a run of kana or before a particle.
"""

from __future__ import annotations

from collections.abc import Callable

#: may not begin a line
NO_START = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】〗〙°′″℃％‰,.:;?!)]}>»…‥～ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ—·%"
)
#: may not end a line
NO_END = frozenset("‘“（〔［｛〈《「『【〖〘$£¥￥＄([{<«¿¡#＃@")
#: rather not at the start of a line: particles and endings that lean on the word before
_CLINGING = frozenset("的了着著吗嗎呢吧啊呀嘛们們地得过過嘅咗啲喇㗎嘞啦囉喎喔はがをにへともでやかのねよなさしてたまですらりるれろ")
#: a break after one of these is a break of the sense
_SENSE = frozenset("，、。；：？！,.;:?!—–…")


def is_ideograph(character: str) -> bool:
    """Whether the character is a Han ideograph."""
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff" or "\uf900" <= character <= "\ufaff"


_WIDE = (("\u1100", "\u11ff"), ("\u2e80", "\u33ff"), ("\uac00", "\ud7ff"), ("\ufe30", "\ufe4f"), ("\uff00", "\uffef"))


def is_wide(character: str) -> bool:
    """Whether the character is set on the square of an East Asian line: ideographs, kana, hangul, their punctuation."""
    return is_ideograph(character) or any(low <= character <= high for low, high in _WIDE)


def openings(text: str) -> list[tuple[int, float]]:
    """Places where a line may end: (index of the first character of the next line, penalty of breaking there, 0 good … 1 poor)."""
    places: list[tuple[int, float]] = []
    for i in range(1, len(text)):
        before, after = text[i - 1], text[i]
        if after == " ":
            continue
        if before == " ":
            end = text[i - 2] if i > 1 else ""
            places.append((i, 0.0 if end in _SENSE else 0.35 + (0.25 if _short_word_before(text, i) else 0.0)))
            continue
        if not (is_wide(before) or is_wide(after)) or _hangul(before) or _hangul(after):
            continue
        if after in NO_START or before in NO_END or after in "\u200d\ufe0f":
            continue
        places.append((i, _east_penalty(before, after)))
    return places


def _hangul(character: str) -> bool:
    return "\uac00" <= character <= "\ud7a3"


def _short_word_before(text: str, i: int) -> bool:
    """An article or preposition left hanging at the end of a line."""
    return len(text[: i - 1].rsplit(" ", 1)[-1]) <= 3


def _east_penalty(before: str, after: str) -> float:
    if before in _SENSE or before in "」』）》】”":
        return 0.0
    if after in _CLINGING:
        return 1.0
    if before in _CLINGING:
        return 0.3
    kana_before, kana_after = "\u3040" <= before <= "\u30ff", "\u3040" <= after <= "\u30ff"
    if kana_before and is_ideograph(after):
        return 0.35  # the usual seam between two phrases of Japanese
    if kana_before and kana_after:
        return 1.0 if _same_kana(before, after) else 0.5
    return 0.7


def _same_kana(a: str, b: str) -> bool:
    return (a < "\u30a0") == (b < "\u30a0")


def wrap(text: str, measure: Callable[[str], float], width: float, most: int) -> list[str] | None:
    """The best way to set ``text`` in as few lines as fit ``width``; None if ``most`` lines do not suffice.

    Lines come out nearly equal, with the break at the seam of the sense, and rather the lower line longer than the upper one.
    """
    text = " ".join(text.split())
    if measure(text) <= width:
        return [text]
    places = openings(text)
    for count in range(2, most + 1):
        found = _split(text, places, measure, width, count)
        if found is not None:
            return found
    return None


def _split(text: str, places: list[tuple[int, float]], measure: Callable[[str], float], width: float, count: int) -> list[str] | None:
    ideal = measure(text) / count
    best: dict[tuple[int, int], tuple[float, list[str]]] = {(0, 0): (0.0, [])}
    ends = [*places, (len(text), 0.0)]
    for row in range(count):
        starts = [(at, cost) for (at, done), cost in best.items() if done == row]
        for at, (spent, lines) in starts:
            for end, penalty in ends:
                if end <= at or (row == count - 1) != (end == len(text)):
                    continue
                piece = text[at:end].strip()
                length = measure(piece)
                if length > width or not piece:
                    continue
                uneven = (length - ideal) / ideal
                upper_heavy = max(0.0, uneven) * (0.4 if row < count - 1 else 0.0)
                cost = spent + uneven * uneven + upper_heavy + 0.34 * penalty * penalty
                key = (end, row + 1)
                if key not in best or cost < best[key][0]:
                    best[key] = (cost, [*lines, piece])
    done = best.get((len(text), count))
    return done[1] if done else None
