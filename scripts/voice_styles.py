"""Make the table of voice presets from Kokoro's voice pack (Apache-2.0; npm kokoro-js 1.2.1, folder ``voices``).

    python scripts/voice_styles.py FOLDER_OF_BIN_FILES

A voice of the pack is 510 style vectors, one for each number of letters in the line. They lie on a smooth curve in a plane: its mean, two
directions and thirteen points of the curve give them back within 2 % of their length. That is 1.6 kB a voice instead of 522.
"""

import sys
from pathlib import Path

import numpy as np

KNOTS = (1, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 510)
OUT = Path(__file__).parent.parent / "src" / "phonofilm" / "voice" / "styles.npz"


def preset(pack: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    mean = pack.mean(0)
    _, _, directions = np.linalg.svd(pack - mean, full_matrices=False)
    points = (pack - mean)[np.array(KNOTS) - 1] @ directions[:2].T
    return mean.astype(np.float16), directions[:2].astype(np.float16), points.astype(np.float16)


def main(folder: Path) -> None:
    packs = {file.stem: np.fromfile(file, np.float32).reshape(-1, 256) for file in sorted(folder.glob("*.bin"))}
    means, directions, points = (np.stack(rows) for rows in zip(*(preset(pack) for pack in packs.values()), strict=True))
    np.savez_compressed(OUT, names=np.array(list(packs)), knots=np.array(KNOTS), means=means, directions=directions, points=points)
    print(f"{len(packs)} voices, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
