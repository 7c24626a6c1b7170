#!/usr/bin/env python3
"""Computes OFIQ's formulas on the frames of crates/vision/tests/quality_ofiq.rs, and writes quality_ofiq.csv.

OFIQ itself (BSI-OFIQ/OFIQ-Project, PyPI ofiqpy, python-ofiq) needs 450 MB of models that no package registry carries.
So this computes its published formulas (OFIQ 1.0.3, OFIQlib/modules) for the measures that are formulas: at full
resolution, on its 616 x 616 alignment by five points, and with a mask from landmarks. The mask is the convex hull of
brows and jaw of MediaPipe's 468-point mesh, instead of ADNet's 98 points. It shares no code with the crate, and takes
from the crate's six keypoints only where to look for the face.

OFIQ's sharpness is a random forest over 26 features. Its trees are among the missing models, so the mean logarithm of
the features is compared: on the frame as it is, which is OFIQ's default, and on the aligned picture
(`use_aligned_landmarks`). OFIQ's compression measure is a network that was trained to predict the SSIM to the
uncompressed picture. Here the SSIM itself is used.

    pip install numpy==2.4.6 opencv-python-headless==5.0.0.93 pillow==13.0.0 scikit-image==0.26.0 ai-edge-litert==2.3.0
    npm pack @mediapipe/face_mesh@0.4.1657299874 && tar xzf mediapipe-face_mesh-*.tgz
    python3 evaluation/vision/quality_ofiq.py package/face_mesh_solution_packed_assets.data
"""

import csv
import io
import math
import pathlib
import sys

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image
from skimage.metrics import structural_similarity

HERE = pathlib.Path(__file__).parent
PORTRAIT = np.asarray(Image.open(HERE.parents[1] / "tests/fixtures/face/collins.jpg").convert("RGB")).astype(np.float32)
WIDTH, HEIGHT = 640, 480
# Eyes in the portrait, as in crates/vision/tests/support.
EYES = np.array([[204.1, 100.1], [247.5, 102.9]], np.float32)
# The mesh within the packed assets, by their loader's list.
MESH = slice(2495952, 3737848)

HULL = [127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 356]
HULL += [46, 53, 52, 65, 55, 70, 63, 105, 66, 107, 276, 283, 282, 295, 285, 300, 293, 334, 296, 336]
RIGHT_EYE, LEFT_EYE, NOSE, MOUTH, LIPS = [33, 133], [362, 263], 1, [61, 291], [13, 14]

PLACES = [(100, 0, 320, 190), (70, 12, 300, 210), (130, -18, 330, 200)]
RECIPES = """

blur=1
blur=2
blur=4
blur=8
blur=16
blur=32
motion=1
motion=2
motion=4
motion=7
gain=0.85
gain=0.7
gain=0.5
gain=0.35
gain=0.2
gain=1.15
gain=1.4
gain=2
gamma=0.5
gamma=0.7
gamma=1.5
gamma=2.2
contrast=0.3
contrast=0.6
contrast=1.4
lift=40
lift=80
lift=-40
lift=-80
side=0.3
side=0.6
side=0.9
cast=0.15
cast=0.35
cast=-0.25
cast=-0.5
noise=4
noise=10
jpeg=90
jpeg=70
jpeg=50
jpeg=30
jpeg=15
jpeg=7
blur=2 gain=0.6
blur=6 gain=1.3
blur=12 gamma=0.7
motion=3 contrast=0.6
blur=3 noise=4
side=0.5 gain=0.6
side=0.4 lift=40
gain=0.5 noise=6
""".split("\n")[1:-1]


def place_frame(inter_eye, turned, x0, y0):
    """Returns a frame with the portrait in this place, by the same arithmetic as `shot` in the Rust tests."""
    f = np.float32
    middle = EYES.mean(0)
    scale = f(inter_eye) / f(np.hypot(*(EYES[1] - EYES[0])))
    sine, cosine = f(math.sin(math.radians(turned))), f(math.cos(math.radians(turned)))
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(f)
    dx, dy = (x + f(0.5) - f(x0)) / scale, (y + f(0.5) - f(y0)) / scale
    px, py = middle[0] + dx * cosine + dy * sine, middle[1] - dx * sine + dy * cosine
    h, w = PORTRAIT.shape[:2]
    px, py = np.clip(px - f(0.5), 0, f(w - 1.001)), np.clip(py - f(0.5), 0, f(h - 1.001))
    column, row = np.floor(px).astype(int), np.floor(py).astype(int)
    right, down = (px - column)[..., None].astype(f), (py - row)[..., None].astype(f)
    above = PORTRAIT[row, column] * (1 - right) + PORTRAIT[row, column + 1] * right
    below = PORTRAIT[row + 1, column] * (1 - right) + PORTRAIT[row + 1, column + 1] * right
    return (above * (1 - down) + below * down + f(0.5)).astype(np.uint8)


def level(image):
    return np.clip(np.floor(image + 0.5), 0, 255).astype(np.uint8)


def soften(image, times):
    image = image.astype(np.float32)
    for _ in range(times):
        for axis in (1, 0):
            padded = np.pad(image, [(1, 1) if a == axis else (0, 0) for a in range(3)], mode="edge")
            before = np.take(padded, range(image.shape[axis]), axis)
            after = np.take(padded, range(2, 2 + image.shape[axis]), axis)
            image = (before + 2 * image + after) / 4
    return level(image)


def smear(image, reach):
    padded = np.pad(image.astype(np.uint32), [(0, 0), (reach, reach), (0, 0)], mode="edge")
    total = sum(padded[:, offset : offset + image.shape[1]] for offset in range(2 * reach + 1))
    return ((total + reach) // (2 * reach + 1)).astype(np.uint8)


def noise(image, amount):
    value = np.arange(image.size, dtype=np.uint64) * 2654435761 & 0xFFFFFFFF
    value ^= value >> 15
    value = value * 2246822519 & 0xFFFFFFFF
    value ^= value >> 13
    share = (value >> 8).astype(float) / (1 << 24)
    return level(image + amount * (2 * share - 1).reshape(image.shape))


def jpeg(image, quality):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=int(quality), subsampling=0)
    return np.asarray(Image.open(file).convert("RGB"))


def spoil(image, way, amount, place):
    inter_eye, _, x0, _ = place
    real = image.astype(float)
    if way == "side":
        ramp = np.clip((np.arange(WIDTH) + 0.5 - (x0 - 1.2 * inter_eye)) / (2.4 * inter_eye), 0, 1)
        return level(real * (1 - amount * ramp)[None, :, None])
    return {
        "blur": lambda: soften(image, int(amount)),
        "motion": lambda: smear(image, int(amount)),
        "gain": lambda: level(real * amount),
        "gamma": lambda: level(255 * (real / 255) ** amount),
        "contrast": lambda: level(128 + (real - 128) * amount),
        "lift": lambda: level(real + amount),
        "cast": lambda: level(real * np.array([1 - amount, 1, 1 + amount])),
        "noise": lambda: noise(image, amount),
        "jpeg": lambda: jpeg(image, amount),
    }[way]()


def landmarks(image, place, mesh):
    """Returns the 468 points in the frame. The mesh gets the face upright, in a square of 3.6 inter-eye distances."""
    inter_eye, turned, x0, y0 = place
    angle = math.radians(turned) + math.atan2(*(EYES[1] - EYES[0])[::-1])
    size = 192
    scale = 3.6 * inter_eye / size
    cosine, sine = math.cos(angle) * scale, math.sin(angle) * scale
    cx, cy = x0 - math.sin(angle) * 0.55 * inter_eye, y0 + math.cos(angle) * 0.55 * inter_eye
    to_frame = np.array(
        [[cosine, -sine, cx - (cosine - sine) * size / 2], [sine, cosine, cy - (sine + cosine) * size / 2]]
    )
    crop = cv2.warpAffine(image, to_frame, (size, size), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
    mesh.set_tensor(mesh.get_input_details()[0]["index"], crop[None].astype(np.float32) / 255)
    mesh.invoke()
    outputs = [mesh.get_tensor(detail["index"]).ravel() for detail in mesh.get_output_details()]
    points = next(output for output in outputs if output.size == 1404).reshape(468, 3)[:, :2]
    return points @ to_frame[:, :2].T + to_frame[:, 2]


def linear(channel):
    return np.where(channel > 0.04045, ((channel + 0.055) / 1.055) ** 2.4, channel / 12.92)


def luminance(image):
    return np.floor(linear(image / 255.0) @ np.array([0.2126, 0.7152, 0.0722]) * 255 + 0.5).astype(int)


def hull_mask(points, shape):
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(points[HULL].round().astype(np.int32)), 1)
    return mask


def detail(image, mask):
    """Returns the mean logarithm of the 26 features that OFIQ gives its forest.

    They are mean and deviation over the face of Laplacians, differences to local means, and mixed Sobel derivatives.
    """
    x, y, w, h = cv2.boundingRect(mask)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[y : y + h, x : x + w]
    mask = mask[y : y + h, x : x + w] * 255
    soft = cv2.GaussianBlur(grey, (3, 3), 0)
    sizes = [np.abs(cv2.Laplacian(soft, cv2.CV_64F, ksize=k)) for k in (1, 3, 5, 7, 9)]
    sizes += [cv2.absdiff(grey, cv2.blur(grey, (k, k))) for k in (3, 5, 7)]
    sizes += [np.abs(cv2.Sobel(grey, cv2.CV_64F, 1, 1, ksize=k)) for k in (1, 3, 5, 7, 9)]
    features = [float(part[0, 0]) for size in sizes for part in cv2.meanStdDev(size, mask=mask)]
    return float(np.mean(np.log(np.array(features) + 1e-3)))


def cielab_ab(rgb):
    matrix = np.array([[0.43605, 0.38508, 0.14309], [0.22249, 0.71689, 0.06062], [0.01393, 0.09710, 0.71419]])
    xyz = matrix @ linear(rgb) / np.array([0.964221, 1, 0.825211])
    x, y, z = np.where(xyz <= 216 / 24389, (24389 / 27 * xyz + 16) / 116, np.cbrt(xyz))
    return 500 * (x - y), 200 * (y - z)


def beyond(least, value, most):
    """Returns how far a value lies outside a range."""
    return max(0, least - value, value - most)


def measure(image, clean, points):
    eyes = [points[RIGHT_EYE].mean(0), points[LEFT_EYE].mean(0)]
    source = np.array([*eyes, points[NOSE], *points[MOUTH]], np.float32)
    target = np.array([[251, 272], [364, 272], [308, 336], [262, 402], [355, 402]], np.float32)
    # OpenCV counts pixels from their middles.
    matrix = cv2.estimateAffinePartial2D(source - 0.5, target, method=cv2.LMEDS)[0]
    aligned = cv2.warpAffine(image, matrix, (616, 616))
    moved = (points - 0.5) @ matrix[:, :2].T + matrix[:, 2]
    light = luminance(aligned)
    face = light[hull_mask(moved, aligned.shape) > 0]
    shares = np.bincount(face, minlength=256) / face.size
    levels = np.arange(256) / 255
    mean = shares @ levels
    right, left = moved[RIGHT_EYE].mean(0).round().astype(int), moved[LEFT_EYE].mean(0).round().astype(int)
    mouth = np.linalg.norm(moved[LIPS].mean(0) - (right + left) / 2)
    size, down = int(0.3 * np.linalg.norm(left - right)), int(mouth / 2)
    zones = [(slice(right[1] + down, right[1] + down + size), slice(right[0], right[0] + size))]
    zones += [(slice(left[1] + down, left[1] + down + size), slice(left[0] - size, left[0]))]
    histograms = [np.bincount(light[zone].ravel(), minlength=256) / size**2 for zone in zones]
    a, b = cielab_ab(np.mean([aligned[zone].mean((0, 1)) for zone in zones], 0) / 255)
    chin = np.linalg.norm(points[152] - np.mean(eyes, 0))
    x, y, w, h = cv2.boundingRect(hull_mask(points, image.shape))
    same = [cv2.cvtColor(picture[y : y + h, x : x + w], cv2.COLOR_RGB2GRAY) for picture in (image, clean)]
    return {
        "headSize": chin / HEIGHT,
        "leftwardCrop": eyes[0][0] / np.linalg.norm(eyes[1] - eyes[0]),
        "rightwardCrop": (WIDTH - eyes[1][0]) / np.linalg.norm(eyes[1] - eyes[0]),
        "marginAbove": np.mean(eyes, 0)[1] / chin,
        "marginBelow": (HEIGHT - np.mean(eyes, 0)[1]) / chin,
        "luminanceMean": mean,
        "luminanceVariance": shares @ (levels - mean) ** 2,
        "underExposurePrevention": shares[:26].sum(),
        "overExposurePrevention": shares[247:].sum(),
        "dynamicRange": -sum(share * math.log2(share) for share in shares if share > 0),
        "illuminationUniformity": np.minimum(*histograms).sum(),
        "naturalColour": math.hypot(beyond(5, a, 25), beyond(5, b, 35)) if a >= 0 and b >= 0 else 100,
        "sharpness": detail(image, hull_mask(points, image.shape)),
        "sharpnessAligned": detail(aligned, hull_mask(moved, aligned.shape)),
        "compressionArtefacts": structural_similarity(*same),
    }


def main():
    mesh = Interpreter(model_content=pathlib.Path(sys.argv[1]).read_bytes()[MESH], num_threads=1)
    mesh.allocate_tensors()
    rows = []
    for place in PLACES:
        base = place_frame(*place)
        points = landmarks(base, place, mesh)
        for recipe in RECIPES:
            image, clean = base, base
            for step in recipe.split():
                way, amount = step.split("=")
                clean, image = image, spoil(image, way, float(amount), place)
            values = measure(image, clean if "jpeg" in recipe else image, points)
            names = ["interEye", "turned", "x", "y"]
            rows.append(dict(zip(names, place)) | {"recipe": recipe} | {k: f"{v:.6g}" for k, v in values.items()})
    with open(HERE / "quality_ofiq.csv", "w", newline="") as file:
        table = csv.DictWriter(file, rows[0], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    print(len(rows), "frames")


main()
