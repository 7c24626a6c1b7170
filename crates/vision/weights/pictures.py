"""Pictures to fit the weights to (`pictures()`): a portrait in many ways, and things without a face.

Of pinned packages, see requirements.txt: matplotlib's portrait of Grace Hopper (US Navy, in the public domain), and
photographs of scikit-image that are in the public domain or CC0. Nobody that the tests look at is among them.
"""

from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

FACES = 120
# The middle of the face and how wide it is, in pixels of the portrait.
FACE, WIDE = (255, 150), 95
OTHERS = [
    "brick",
    "camera",
    "cell",
    "chelsea",
    "coffee",
    "coins",
    "grass",
    "gravel",
    "hubble_deep_field",
    "moon",
    "rocket",
]


def folder(package, *path):
    return Path(find_spec(package).submodule_search_locations[0]).joinpath(*path)


def half_tangent(random):
    """Of a turn by up to 25°. By it, no sine is needed, of which machines differ in the last bit."""
    return random.integers(-220, 221) / 1000


def face(portrait, random):
    """The portrait somewhere in a frame of 640 × 480, turned, and spoilt in some way."""
    scale = WIDE * 100 / random.integers(20, 61) / 480
    tangent = half_tangent(random)
    cosine, sine = (1 - tangent**2) / (1 + tangent**2) * scale, 2 * tangent / (1 + tangent**2) * scale
    x = FACE[0] + random.integers(-25, 26) / 100 * scale * 480
    y = FACE[1] + random.integers(-15, 16) / 100 * scale * 480
    place = (cosine, -sine, x - cosine * 320 + sine * 240, sine, cosine, y - sine * 320 - cosine * 240)
    ground = tuple(random.integers(0, 256, 3).tolist())
    frame = portrait.transform((640, 480), Image.Transform.AFFINE, place, Image.Resampling.BICUBIC, fillcolor=ground)
    if random.integers(10) < 3:
        frame = frame.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    match random.integers(6):
        case 1:
            frame = bent(frame, random.integers(-90, 91) / 100)
        case 2:
            frame = frame.filter(ImageFilter.GaussianBlur(int(random.integers(1, 7))))
        case 3:
            strength = random.integers(5, 30)
            noise = random.integers(-strength, strength + 1, (2, 480, 640, 3)).sum(0)
            frame = Image.fromarray(np.clip(np.asarray(frame) + noise, 0, 255).astype(np.uint8))
        case 4:
            contrast, light = random.integers(40, 151), random.integers(-50, 51)
            values = (np.asarray(frame).astype(int) - 128) * contrast // 100 + 128 + light
            frame = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
        case 5:
            file = BytesIO()
            frame.save(file, "JPEG", quality=int(random.integers(10, 60)))
            frame = Image.open(file)
    # As the detector samples frames of this size.
    tensor = np.zeros((128, 128, 3), np.uint8)
    tensor[16:112] = np.asarray(frame)[::5, ::5]
    return tensor


def bent(frame, by):
    """Lighter in the middle tones, or darker."""
    values = np.asarray(frame).astype(float)
    return Image.fromarray(np.clip(np.round(values + by * values * (255 - values) / 255), 0, 255).astype(np.uint8))


def other(picture, random):
    """A square of the picture."""
    size = min(picture.size) * int(random.integers(30, 101)) // 100
    x, y = (int(random.integers(0, side - size + 1)) for side in picture.size)
    return np.asarray(picture.resize((128, 128), Image.Resampling.BILINEAR, (x, y, x + size, y + size)))


def pictures():
    """All of them, 128 × 128 pixels of red, green and blue."""
    random = np.random.default_rng(1)
    portrait = Image.open(folder("matplotlib", "mpl-data", "sample_data", "grace_hopper.jpg")).convert("RGB")
    result = [face(portrait, random) for _ in range(FACES)]
    for name in OTHERS:
        [file] = folder("skimage", "data").glob(f"{name}.*")
        picture = Image.open(file).convert("RGB")
        result += [other(picture, random) for _ in range(3)]
    result += list(random.integers(0, 256, (3, 128, 128, 3)).astype(np.uint8))
    return np.stack(result)
