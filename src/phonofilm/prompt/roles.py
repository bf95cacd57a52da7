"""What each reference is for: from the words around its mention, else from its tag's name, else from its kind."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from phonofilm.prompt.lexicon import Lexicon, matches
from phonofilm.prompt.script import Binding, Mention, Remark, Role, Span
from phonofilm.prompt.text import MENTION_A, MENTION_B, SENTENCE_END, fold, split
from phonofilm.request import Kind, Reference

#: which roles a kind of file can have
ALLOWED: dict[Kind, frozenset[str]] = {
    "image": frozenset({"face", "outfit", "product", "subject", "background", "style", "logo", "first_frame", "last_frame"}),
    "video": frozenset(
        {"motion", "camera", "edit_source", "footage", "style", "background", "effect", "first_frame", "last_frame", "face", "subject"}
    ),
    "audio": frozenset({"music", "voice", "timbre", "effect"}),
}
#: what a tag's name implies, the first match counts
NAMES: tuple[tuple[str, Role], ...] = (
    (r"first|start_?frame|opening_?frame|首帧|第一帧|起始", "first_frame"),
    (r"last_?frame|end_?frame|final_?frame|last_?image|尾帧|最后一帧", "last_frame"),
    (r"timbre|voice_?(?:ref|clone|sample|tone)|音色|声質|음색", "timbre"),
    (
        r"bg_?m|bg_?music|music|song|beat|track|sound_?track|score|melody|cancion|chanson|lied|musik|musica|musique|음악|노래|配乐|音乐|音楽|歌曲|曲",
        "music",
    ),
    (r"voice|vo$|^vo_|narrat|speech|script|dialog|speaker|recording|take\d*|voz|voix|stimme|목소리|내레이션|配音|旁白|人声|ナレーション", "voice"),
    (r"sfx|sound|effect|noise|foley|音效|효과음|効果音", "effect"),
    (r"outfit|cloth|dress|wardrobe|costume|jacket|fashion|wear|look_?\d|ropa|vestido|tenue|vetement|kleid|outfit|服装|衣服|의상|옷|衣装", "outfit"),
    (r"product|item|sku|bottle|packshot|goods|producto|produit|produkt|产品|商品|제품|상품", "product"),
    (r"logo|brand_?mark|wordmark|emblem|标志|商标|로고|ロゴ", "logo"),
    (r"dance|choreo|motion|pose|movement|gesture|baile|danse|tanz|舞|动作|춤|동작|안무|ダンス|振り付け", "motion"),
    (r"camera|cam_|运镜|镜头|カメラ|카메라", "camera"),
    (r"style|mood|look|palette|painting|grade|estilo|stil|画风|风格|스타일|화풍|スタイル", "style"),
    (r"background|^bg|_bg|backdrop|scene|location|place|setting|environment|fondo|decor|hintergrund|背景|场景|배경|장소", "background"),
    (r"footage|b_?roll|clip|concert|event|视频素材|素材|영상|映像", "footage"),
    (r"edit|source|base_video|original", "edit_source"),
    (
        r"face|portrait|self|head_?shot|person|presenter|spokes|artist|host|actor|actress|model|speaker|teacher|cara|rostro|visage|gesicht|脸|人脸|面|얼굴|顔",
        "face",
    ),
)
_KIND: dict[Kind, Role] = {"image": "subject", "video": "footage", "audio": "voice"}
RoleHit = tuple[str, int, int, frozenset[Span]]
#: roles that a list of mentions has in common ("the products @a @b @c")
SHARED = frozenset({"product", "outfit", "footage", "subject", "music", "background", "style"})
#: roles of files that nobody speaks in
MUTE = frozenset({"background", "style", "outfit", "logo", "camera", "motion"})
_JOINT = re.compile(r"[\s,、，/&+;]*(?:and|y|e|et|und|和|与|同|及|と|와|과|or)?[\s,、，]*")


def bind(
    references: Sequence[Reference],
    mentions: Sequence[Mention],
    masked: str,
    lexicon: Lexicon,
    speakers: Collection[str],
    spoken: bool,
    in_lines: Collection[str] = (),
) -> tuple[list[Binding], list[Remark], list[Span]]:
    """A role for every reference, remarks, and the places that roles were read from.

    ``masked`` has mentions as runs of a filler; ``speakers`` are the tags that say a line; ``spoken``: there are lines to say;
    ``in_lines``: tags that lines mention.
    """
    hits = _role_hits(lexicon, masked)
    read = _from_words(references, mentions, masked, lexicon, hits)
    voices = 0
    bindings: list[Binding] = []
    remarks: list[Remark] = []
    named = {m.tag for m in mentions} | set(in_lines)
    for reference in references:
        role, why = read.get(reference.tag), "words"
        if role in (None, "subject") and reference.tag in speakers and reference.kind == "image":
            role = "face"
        if role in (None, "subject") and (implied := from_name(reference)):
            role, why = implied, "tag"
        if role is None:
            role, why = _from_kind(reference, references, spoken, voices), "kind"
        voices += role == "voice"
        bindings.append(Binding(tag=reference.tag, role=role, why=why))  # type: ignore[arg-type]
        if reference.tag not in named:
            source = {"words": "a speaker's name", "tag": "its name", "kind": "its kind of file"}[why]
            remarks.append(Remark(text=f"@{reference.tag} is not mentioned; it is used as {role.replace('_', ' ')}, from {source}."))
    return bindings, remarks, [(start, end) for _, start, end, _ in hits]


def mute(references: Sequence[Reference], mentions: Sequence[Mention], masked: str, lexicon: Lexicon) -> set[str]:
    """Tags that no line can be spoken by: sounds, and files whose role is told to be one of ``MUTE``."""
    read = _from_words(references, mentions, masked, lexicon, _role_hits(lexicon, masked))
    silent = {r.tag for r in references if r.kind == "audio" or (read.get(r.tag) or from_name(r)) in MUTE}
    things = {r.tag for r in references if (read.get(r.tag) or from_name(r)) == "product"}
    # a thing speaks only where nobody else could
    return silent | things if {m.tag for m in mentions} - silent - things else silent


def from_name(reference: Reference) -> Role | None:
    """The role that a tag's own name implies, None where it says nothing."""
    tag = fold(reference.tag)
    if re.fullmatch(r"(?:image|video|audio|picture|photo|img|clip|file|pic)[_ -]?\d*", tag):
        return None
    return next((role for pattern, role in NAMES if re.search(pattern, tag) and role in ALLOWED[reference.kind]), None)


def _from_kind(reference: Reference, references: Sequence[Reference], spoken: bool, voices: int) -> Role:
    """Image: the subject, or the face where it is the only one and something is said; audio: the voice, or music where the lines are written."""
    images = [r for r in references if r.kind == "image"]
    if reference.kind == "image" and len(images) == 1 and (spoken or any(r.kind == "audio" for r in references)):
        return "face"
    if reference.kind == "audio" and (spoken or voices):
        return "music"
    return _KIND[reference.kind]


def _from_words(
    references: Sequence[Reference], mentions: Sequence[Mention], masked: str, lexicon: Lexicon, hits: Sequence[RoleHit]
) -> dict[str, Role]:
    kinds: dict[str, Kind] = {r.tag: r.kind for r in references}
    rank = {role: place for place, role in enumerate(lexicon.table("role"))}
    best: dict[str, tuple[int, int, str]] = {}
    runs = _runs(mentions, masked)
    for role, start, end, places in hits:
        for run in runs:
            for mention in run:
                if mention.span not in places:
                    continue
                width = end - start - (mention.span[1] - mention.span[0])
                for other in run if role in SHARED else [mention]:
                    if role in ALLOWED[kinds[other.tag]]:
                        candidate = (width + (0 if other is mention else 5), rank[role], role)
                        best[other.tag] = min(best.get(other.tag, candidate), candidate)
    return {tag: role for tag, (_, _, role) in best.items()}  # type: ignore[misc]


def _role_hits(lexicon: Lexicon, masked: str) -> list[RoleHit]:
    """Role, start and end of every phrase found, with the mentions that stand for its @; not those inside a longer phrase for the same mentions."""
    if MENTION_A not in masked:
        return []
    hits: list[RoleHit] = []
    for start, end in split(masked, SENTENCE_END):
        for role, phrases in lexicon.table("role").items():
            for match in (m for phrase in phrases for m in matches(phrase, masked, start, end)):
                hits.append((role, *match.span(), frozenset(match.span(name) for name in match.groupdict())))
        # in "@me in front of @hall says" it is not the hall that speaks
        behind = {at for role, begun, _, places in hits if role == "background" for at in places if begun < at[0]}
        behind = {at for at in behind if start <= at[0] < end and re.search(f"[{MENTION_A}{MENTION_B}]", masked[start : at[0]])}
        hits = [h for h in hits if h[0] != "face" or not any(at in behind and h[1] == at[0] for at in h[3])]
    return [h for h in hits if not any(o[0] != h[0] and h[3] <= o[3] and o[1] <= h[1] and h[2] <= o[2] and o[2] - o[1] > h[2] - h[1] for o in hits)]


def _runs(mentions: Sequence[Mention], masked: str) -> list[list[Mention]]:
    """Mentions in lists: neighbours with nothing but commas and "and" between them."""
    runs: list[list[Mention]] = []
    for mention in mentions:
        if runs and _JOINT.fullmatch(masked[runs[-1][-1].span[1] : mention.span[0]]):
            runs[-1].append(mention)
        else:
            runs.append([mention])
    return runs
