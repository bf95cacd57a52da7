"""The limits of a profile held against references, before any work."""

from __future__ import annotations

from collections.abc import Sequence

from phonofilm.clock import TICKS_PER_SECOND
from phonofilm.errors import LimitError, shown_name
from phonofilm.limits import MB, KindLimits, Limits, profile
from phonofilm.media.known import known_facts
from phonofilm.media.probe import Facts
from phonofilm.request import Kind, Reference

_KINDS: tuple[Kind, ...] = ("image", "video", "audio")
_LOOSER = "Or use --limits local."
#: remarks on what the profile allows and is nevertheless changed: formats that other systems refuse
_PLAIN = frozenset({"jpeg", "png", "webp", "bmp", "tiff", "gif", "mp4", "mov", "mp3", "wav"})


def check(references: Sequence[Reference], limits: str | Limits = "local") -> tuple[str, ...]:
    """Remarks on what will be changed in these references. Raises ``LimitError`` naming file, rule, found, allowed and the next step."""
    rules = profile(limits) if isinstance(limits, str) else limits
    _most(references, rules)
    facts = [known_facts(r.path, r.sha256) for r in references]
    check_facts(references, facts, rules)
    return tuple(remark for r, f in zip(references, facts, strict=True) for remark in _remarks(r, f))


def check_facts(references: Sequence[Reference], facts: Sequence[Facts], rules: Limits) -> None:
    """The limits of a profile held against references whose facts are known; nothing is opened. Raises ``LimitError``."""
    _most(references, rules)
    for reference, found in zip(references, facts, strict=True):
        check_one(reference.path.name, found, rules)
    for kind in _KINDS:
        _together([(r, f) for r, f in zip(references, facts, strict=True) if r.kind == kind], kind, rules.of(kind))


def _most(references: Sequence[Reference], rules: Limits) -> None:
    if len(references) > rules.files:
        raise LimitError(
            references[rules.files].path.name,
            "number of files",
            found=str(len(references)),
            allowed=f"at most {rules.files}",
            hint="Give fewer files.",
        )
    for kind in _KINDS:
        _count([r for r in references if r.kind == kind], kind, rules.of(kind))


def _count(given: Sequence[Reference], kind: Kind, rows: KindLimits) -> None:
    if len(given) > rows.count:
        raise LimitError(
            given[rows.count].path.name, f"number of {kind} files", found=str(len(given)), allowed=f"at most {rows.count}", hint="Give fewer of them."
        )


def check_one(name: str, found: Facts, rules: Limits) -> None:
    """The rows that hold for each file alone. Raises ``LimitError``."""
    rows = rules.of(found.kind)

    def refuse(rule: str, value: str, allowed: str, hint: str) -> None:
        raise LimitError(name, rule, found=value, allowed=allowed, hint=hint if rules.name == "local" else f"{hint} {_LOOSER}")

    if found.format not in rows.formats:
        refuse("format", _called(found.format, found.kind), ", ".join(sorted(_called(f, found.kind) for f in rows.formats)), "Convert it.")
    if found.bytes > rows.bytes:
        refuse("size", f"{found.bytes / MB:.1f} MB", f"at most {rows.bytes / MB:g} MB", "Save it smaller.")
    if rows.length and not rows.length[0] <= found.length <= rows.length[1]:
        least, most = (n / TICKS_PER_SECOND for n in rows.length)
        refuse("length", f"{found.length / TICKS_PER_SECOND:.2f} s", f"{least:g} to {most:g} s", "Cut it.")
    if found.kind == "audio":
        return
    if rows.side and not (rows.side[0] <= min(found.width, found.height) and max(found.width, found.height) <= rows.side[1]):
        refuse("size of the picture", f"{found.width}x{found.height}", f"sides of {rows.side[0]} to {rows.side[1]} pixels", "Scale it.")
    if rows.pixels and found.width * found.height > rows.pixels:
        refuse("pixels", f"{found.width * found.height / 1e6:.0f} million", f"at most {rows.pixels / 1e6:g} million", "Scale it.")
    if rows.aspect and not rows.aspect[0] <= found.width / found.height <= rows.aspect[1]:
        refuse("aspect (width / height)", f"{found.width / found.height:.3g}", f"{rows.aspect[0]:g} to {rows.aspect[1]:g}", "Crop it.")
    if rows.fps and not rows.fps[0] <= found.fps <= rows.fps[1]:
        refuse("frames a second", f"{found.fps:.4g}", f"{rows.fps[0]:g} to {rows.fps[1]:g}", "Convert it.")


def _called(form: str, kind: Kind) -> str:
    """A format by the name that people know: an MP4 without a picture is an M4A."""
    return "m4a" if (form, kind) == ("mp4", "audio") else form


def _together(given: Sequence[tuple[Reference, Facts]], kind: Kind, rows: KindLimits) -> None:
    if rows.together is None:
        return
    total = 0
    for reference, found in given:
        total += found.length
        if total > rows.together:
            raise LimitError(
                reference.path.name,
                f"length of all {kind} files together",
                found=f"{sum(f.length for _, f in given) / TICKS_PER_SECOND:.2f} s",
                allowed=f"at most {rows.together / TICKS_PER_SECOND:g} s",
                hint=f"Cut them. {_LOOSER}",
            )


def _remarks(reference: Reference, found: Facts) -> list[str]:
    """What reading will not say itself (it says rates, channels, sizes and animations)."""
    name = shown_name(reference.path.name)
    remarks: list[str] = []
    if found.format not in _PLAIN:
        remarks.append(f"{name} is {found.format}; it is converted.")
    if found.kind == "video" and found.depth > 8:
        remarks.append(f"{name} has {found.depth} bits a colour; it becomes 8.")
    return remarks
