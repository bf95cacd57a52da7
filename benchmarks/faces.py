"""Look at the face and measure it: sheets of tiles for the eye, figures of the face tracker on rendered frames.

    python benchmarks/faces.py [FACE ...]

FACE is a picture of tests/media.py (default: astronaut, glasses and portrait, and nothing else is kept). Each speaks one synthesised line. Written:
for each face docs/pictures/mouth-FACE.jpg (24 frames of one second), visemes-FACE.jpg, eyes-FACE.jpg and edges-FACE.jpg (six places of the matte's
edge on a 1080p frame of the stage, four times as large); and benchmarks/results/faces.json: mouth opening as tracked against what the true
phones ask for (averaged over each frame's span), widths as tracked and as drawn (between the corners of the rig's lips),
bilabials, largest stretch of the skin, blinks, head motion, and milliseconds of one core a patch.
"""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from lips import SHIFTS, asked_of, peak

import media
from phonofilm.clock import FRAMES_PER_SECOND, TICKS_PER_FRAME, TICKS_PER_SECOND, frame_at, frame_middle
from phonofilm.engines import make_engine
from phonofilm.engines.stage.acting import loudness_by_frame, performances_of
from phonofilm.engines.stage.face.expression import AS_IN_THE_PHOTO, Expression
from phonofilm.engines.stage.face.lips import MM, move_lips
from phonofilm.engines.stage.face.performance import Performance, perform
from phonofilm.engines.stage.face.rig import Rig, build_rig
from phonofilm.engines.stage.stage import draw_frame
from phonofilm.generate import score_of
from phonofilm.media.reference import sha256_of
from phonofilm.perceive.percepts import Face
from phonofilm.phones import VISEMES, Phone, is_bilabial
from phonofilm.request import Reference, Request
from phonofilm.vision.face import FaceFinder
from phonofilm.vision.segment import PersonMask
from phonofilm.voice import speak

ROOT = Path(__file__).parents[1]
LINE = "My new book is about people who build impossible machines. Pick it up, have a look, and tell me what you think of it."
PICTURES = ROOT / "docs" / "pictures"
RESULT = ROOT / "benchmarks" / "results" / "faces.json"
#: where a sheet looks: half of its side and its middle below the mouth, in face heights
VIEWS = {"mouth": (0.30, 0.04), "eyes": (0.42, -0.42)}


def viseme(name: str) -> Expression:
    v = VISEMES[name]
    return Expression(jaw=v.jaw, closed=v.closed, rounding=v.rounding, spread=v.spread, teeth=v.teeth, tongue=v.tongue)


def shown(rig: Rig, expression: Expression) -> np.ndarray:
    patch = rig.draw(expression)
    picture = rig.image.copy()
    picture[patch.y0 : patch.y0 + patch.rgb.shape[0], patch.x0 : patch.x0 + patch.rgb.shape[1]] = patch.rgb
    return picture


def tile(rig: Rig, expression: Expression, view: str, words: str, side: int = 300) -> np.ndarray:
    reach, below = VIEWS[view]
    middle = rig.frame.origin[:2] + np.array([0, below * rig.frame.height])
    scale = side / (2 * reach * rig.frame.height)
    matrix = np.array([[scale, 0, side / 2 - middle[0] * scale], [0, scale, side / 2 - middle[1] * scale]])
    out = cv2.warpAffine(shown(rig, expression), matrix, (side, side), flags=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    cv2.putText(out, words, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 2, cv2.LINE_AA)
    cv2.putText(out, words, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return out


def sheet(tiles: list[np.ndarray], columns: int, path: Path) -> None:
    rows = [np.hstack(tiles[k : k + columns]) for k in range(0, len(tiles) // columns * columns, columns)]
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88])


def draw_sheets(name: str, rig: Rig, performance: Performance, phones: list[Phone]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    frames = range(FRAMES_PER_SECOND + 12, 2 * FRAMES_PER_SECOND + 12)
    tiles: list[np.ndarray] = []
    for frame in frames:
        now = next((p.viseme for p in phones if p.start <= frame_middle(frame) < p.end), "sil")
        tiles.append(tile(rig, performance.at(frame_middle(frame))[0], "mouth", now))
    sheet(tiles, 6, PICTURES / f"mouth-{name}.jpg")
    looks = [tile(rig, AS_IN_THE_PHOTO, "mouth", "photo")] + [tile(rig, viseme(v), "mouth", v) for v in VISEMES]
    sheet(looks, 4, PICTURES / f"visemes-{name}.jpg")
    lids = [replace(AS_IN_THE_PHOTO, lid_left=c, lid_right=c) for c in (0.0, 0.4, 0.75, 1.0)]
    gazes = [replace(AS_IN_THE_PHOTO, gaze_x=x, gaze_y=y) for x, y in ((8.0, 0.0), (-8.0, 0.0), (0.0, 6.0))]
    eyes = [*lids, *gazes, replace(AS_IN_THE_PHOTO, brow=1.0)]
    words = ("photo", "lid 0.4", "lid 0.75", "shut", "right 8", "left 8", "down 6", "brows")
    sheet([tile(rig, e, "eyes", w) for e, w in zip(eyes, words, strict=True)], 4, PICTURES / f"eyes-{name}.jpg")


def edges(name: str) -> None:
    """Six places of the matte's edge, four times as large, on the frame of a listening person's film that turns the head most."""
    path = media.picture(name)
    reference = Reference(tag="face_photo", path=path, kind="image", sha256=sha256_of(path))
    request = Request(prompt="@face_photo listens. Static camera.", references=(reference,), seconds=4, resolution="1080p", ratio="1:1", seed=3)
    score, materials = score_of(request, make_engine("stage"))
    acting = performances_of(score, materials)
    turns = [abs(next(iter(acting.values())).at(frame_middle(k))[1].yaw) for k in range(4 * FRAMES_PER_SECOND)] if acting else [0.0]
    frame = draw_frame(score, materials, int(np.argmax(turns)))
    mask = (PersonMask()(frame) > 0.5).astype(np.uint8)
    outline = max(cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=len)[:, 0]
    outline = outline[(outline > 40).all(1) & (outline[:, 0] < frame.shape[1] - 40) & (outline[:, 1] < frame.shape[0] - 40)]
    tiles: list[np.ndarray] = []
    for x, y in outline[np.linspace(0, len(outline) - 1, 8).astype(int)[1:7]]:
        x0, y0 = (int(np.clip(v - 50, 0, size - 100)) for v, size in ((x, frame.shape[1]), (y, frame.shape[0])))
        tiles.append(cv2.resize(frame[y0 : y0 + 100, x0 : x0 + 100], (400, 400), interpolation=cv2.INTER_CUBIC))
    sheet(tiles, 3, PICTURES / f"edges-{name}.jpg")


def stretched(rig: Rig, expression: Expression) -> float:
    """Largest stretch of the skin, from 4.5 mm beyond the red of the lips."""
    lips, plane = move_lips(rig.lips, expression), rig.face.plane
    ring = np.concatenate([rig.frame.seen(lips.upper_outer), rig.frame.seen(lips.lower_outer)[::-1]]).astype(np.float32)
    near = ((plane > ring.min(0) - 5 * MM) & (plane < ring.max(0) + 5 * MM)).all(1)
    skin = ~near
    skin[near] = [cv2.pointPolygonTest(ring, (float(x), float(y)), True) < -4.5 * MM for x, y in plane[near]]
    back = rig.skin_field(expression)
    slope = np.stack([np.gradient(back[..., c], axis=a) for c in (0, 1) for a in (1, 0)], -1).reshape(*back.shape[:2], 2, 2) / rig.face.step
    return float((1 / np.maximum(np.linalg.svd(np.eye(2) + slope, compute_uv=False)[..., 1], 1e-3)).ravel()[skin].max())


def measure(rig: Rig, performance: Performance, phones: list[Phone], num_frames: int, finder: FaceFinder) -> dict[str, object]:
    gap, width, drawn = np.zeros(num_frames), np.zeros(num_frames), np.zeros(num_frames)
    heard = [""] * num_frames
    asked = asked_of(tuple(phones), num_frames)
    mesh, spent, stretch = None, 0.0, 1.0
    for frame in range(num_frames):
        expression = performance.at(frame_middle(frame))[0]
        begun = time.process_time()
        rig.draw(expression)
        spent += time.process_time() - begun
        if frame % 2:
            stretch = max(stretch, stretched(rig, expression))
        lip = rig.frame.seen(move_lips(rig.lips, expression).upper_outer)
        drawn[frame] = float(np.linalg.norm(lip[0] - lip[-1]))
        picture = shown(rig, expression)
        mesh = finder.track(picture, mesh) if mesh is not None else finder.find(picture)[0]
        assert mesh is not None
        p = mesh.landmarks
        height = float(np.linalg.norm(p[10] - p[152]))
        gap[frame] = np.mean([np.linalg.norm(p[a, :2] - p[b, :2]) for a, b in ((13, 14), (82, 87), (312, 317))]) / height
        width[frame] = float(np.linalg.norm(p[61, :2] - p[291, :2])) / height
        heard[frame] = next((q.viseme for q in phones if q.start <= frame_middle(frame) < q.end), "sil")
    spoken = [q for q in phones if q.viseme != "sil"]
    part = slice(frame_at(spoken[0].start), frame_at(spoken[-1].end) + 1)
    x = np.arange(num_frames)
    found = [float(np.corrcoef(np.interp(x + s, x, gap)[part], asked[part])[0, 1]) for s in SHIFTS]
    poses = [performance.at(frame_middle(k))[1] for k in range(num_frames)]

    def middle(series: np.ndarray, name: str) -> float:
        return float(np.median([v for v, h in zip(series, heard, strict=True) if h == name] or [0.0]))

    bilabials = [gap[frame_at((q.start + q.end) // 2)] for q in spoken if is_bilabial(q)]
    figures = {
        "face_height_px": rig.frame.height,
        "correlation": found[len(SHIFTS) // 2],
        "offset_ms": peak(found) * 1000 / FRAMES_PER_SECOND,
        "gap_aa": middle(gap, "aa"),
        "gap_I": middle(gap, "I"),
        "width_U": middle(width, "U"),
        "width_I": middle(width, "I"),
        "drawn_width_U": middle(drawn, "U"),
        "drawn_width_I": middle(drawn, "I"),
        "gap_95th": float(np.percentile(gap[part], 95)),
        "gap_of_bilabials_median": float(np.median(bilabials)),
        "gap_in_the_photo": float(gap[0]),
        "largest_stretch_of_skin": stretch,
        "yaw_sd": float(np.std([p.yaw for p in poses[part]])),
        "pitch_sd": float(np.std([p.pitch for p in poses[part]])),
        "blinks_a_minute": len(performance.blinks) * 60 * FRAMES_PER_SECOND / num_frames,
        "ms_a_patch_one_core": spent / num_frames * 1000,
    }
    return {key: round(value, 4) for key, value in figures.items()}


def main() -> None:
    cv2.setNumThreads(1)
    said = speak(LINE, "en")
    start = TICKS_PER_SECOND // 2
    phones = [replace(p, start=p.start + start, end=p.end + start) for p in said.phones]
    num_frames = (start + len(said.samples) + TICKS_PER_SECOND) // TICKS_PER_FRAME
    energy = loudness_by_frame(said.samples, start, num_frames)
    finder = FaceFinder()
    results = json.loads(RESULT.read_text()) if sys.argv[1:] and RESULT.is_file() else {}
    for name in sys.argv[1:] or ["astronaut", "glasses", "portrait"]:
        image = cv2.cvtColor(cv2.imread(str(media.picture(name))), cv2.COLOR_BGR2RGB)
        if min(image.shape[:2]) < 520:
            image = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        mesh = finder.find(image)[0]
        face = Face(landmarks=mesh.landmarks, box=mesh.box, yaw=mesh.yaw, pitch=mesh.pitch, roll=mesh.roll, score=mesh.score, mouth_open=0.0)
        rig = build_rig(image, face)
        performance = perform(phones, energy, None, num_frames * TICKS_PER_FRAME, 3)
        draw_sheets(name, rig, performance, phones)
        edges(name)
        results[name] = measure(rig, performance, phones, num_frames, finder)
        print(name, json.dumps(results[name]))
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
