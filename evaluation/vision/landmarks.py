"""Measures what 68 landmarks would add to the detector's six keypoints: closed eyes, a covered mouth, pitch.

The network is face-api's `face_landmark_68_tiny_model` (MIT); its graph is written out here in numpy. The three
portraits of `tests/fixtures/face` are changed by their own meshes: lids closed by half and whole, a mask or a hand
before the mouth, the head turned up and down. They are placed in frames of 640 × 480 and degraded. All of it is made
up, so the figures say which of two ways is better, not how good either is on people.

    pip install -r evaluation/vision/requirements.txt
    npm pack @vladmandic/face-api@1.7.15 && tar xzf vladmandic-face-api-1.7.15.tgz      # package/model
    npm pack @mediapipe/face_detection@0.4.1657300184 && tar xzf mediapipe-face_detection-*.tgz
    python evaluation/vision/landmarks.py package/model package/face_detection_short_range.tflite [SHEET.png]
"""

import csv
import io
import json
import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from litert import faces
from PIL import Image, ImageDraw, ImageFilter

FOLDER = Path(__file__).resolve().parents[2] / "tests/fixtures/face"
# By how much portraits are enlarged before they are changed, for each person so that all have about the same size.
PEOPLE = {"collins": 3.0, "jemison": 2.4, "obama": 2.25}
# Distance of the eyes in the frame, their middle, and the tilt in degrees.
PLACES = [(70, 320, 190, 0), (100, 300, 200, 6), (100, 340, 180, -6), (130, 320, 200, 0)]
WAYS = ["plain", "dark", "bright", "side", "blur", "smear", "noise", "jpeg"]
# The upper lid, its crease, and the lower lid of each eye in the mesh, from corner to corner.
LIDS = [
    ([246, 161, 160, 159, 158, 157, 173], [247, 30, 29, 27, 28, 56, 190], [7, 163, 144, 145, 153, 154, 155]),
    ([466, 388, 387, 386, 385, 384, 398], [467, 260, 259, 257, 258, 286, 414], [249, 390, 373, 374, 380, 381, 382]),
]
JAW = [93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323]
MASK = [195, 101, 50, 123, *JAW, 352, 280, 330]
COVERS = {"white mask": (225, 232, 238), "black mask": (32, 32, 36), "hand": None}
# Farther down, the mesh has no forehead to show.
PITCHES = [-30, -20, -10, 0, 10]


class Net:
    """face-api's FaceLandmark68TinyNet."""

    def __init__(self, folder):
        data = (folder / "face_landmark_68_tiny_model.bin").read_bytes()
        manifest = json.loads((folder / "face_landmark_68_tiny_model-weights_manifest.json").read_text())
        self.weights, at, self.products = {}, 0, 0
        for entry in manifest[0]["weights"]:
            size = int(np.prod(entry["shape"]))
            values = np.frombuffer(data, np.uint8, size, at).astype(np.float32)
            quantised = entry["quantization"]
            self.weights[entry["name"]] = (values * quantised["scale"] + quantised["min"]).reshape(entry["shape"])
            at += size

    def windows(self, plane, stride):
        padded = np.pad(plane, ((int(stride == 1), 1), (int(stride == 1), 1), (0, 0)))
        last = plane.shape[0] - stride + 1
        return [padded[y : y + last : stride, x : x + last : stride] for y in range(3) for x in range(3)]

    def layer(self, plane, name, stride):
        weights, windows = self.weights, self.windows(plane, stride)
        if f"{name}/filters" in weights:
            filters = weights[f"{name}/filters"].reshape(9, *weights[f"{name}/filters"].shape[2:])
            result = sum(window @ part for window, part in zip(windows, filters))
            self.products += result.shape[0] ** 2 * filters.size
        else:
            deep = weights[f"{name}/depthwise_filter"].reshape(9, -1)
            point = weights[f"{name}/pointwise_filter"][0, 0]
            result = sum(window * part for window, part in zip(windows, deep)) @ point
            self.products += result.shape[0] ** 2 * (deep.size + point.size)
        return result + weights[f"{name}/bias"]

    def landmarks(self, frame, box):
        """68 points in pixels of the frame. The crop is the detector's box as a square."""
        self.products = 0
        middle, half = (box[:2] + box[2:]) / 2, max(box[2:] - box[:2]) / 2
        corner = middle - half
        part = (*corner, *(corner + 2 * half))
        crop = frame.transform((112, 112), Image.Transform.EXTENT, part, Image.Resampling.BILINEAR)
        plane = (np.asarray(crop, np.float32) - (122.782, 117.001, 104.298)).astype(np.float32) / 255
        for block in range(3):
            one = np.maximum(self.layer(plane, f"dense{block}/conv0", 2), 0)
            two = self.layer(one, f"dense{block}/conv1", 1)
            three = self.layer(np.maximum(one + two, 0), f"dense{block}/conv2", 1)
            plane = np.maximum(one + two + three, 0)
        points = plane.mean((0, 1)) @ self.weights["fc/weights"] + self.weights["fc/bias"]
        return points.reshape(68, 2) * 2 * half + corner


class Detector:
    """BlazeFace as published; the module's integers are within a pixel of it."""

    def __init__(self, model):
        self.interpreter = Interpreter(str(model), num_threads=1)
        self.interpreter.allocate_tensors()
        self.entry = self.interpreter.get_input_details()[0]["index"]
        self.outputs = {int(one["shape"][-1]): one["index"] for one in self.interpreter.get_output_details()}

    def face(self, frame):
        """Box and keypoints of the best face, in pixels of the frame, or None."""
        tensor = np.zeros((128, 128, 3), np.float32)
        tensor[16:112] = np.asarray(frame)[::5, ::5]
        self.interpreter.set_tensor(self.entry, tensor[None] / 127.5 - np.float32(1))
        self.interpreter.invoke()
        places, scores = (self.interpreter.get_tensor(self.outputs[size])[0] for size in (16, 1))
        found = [row for row in faces(places, scores[:, 0]) if row[0] >= 0.7]
        if not found:
            return None
        points = np.array(max(found, key=lambda row: row[3] - row[1])[1:]).reshape(8, 2) * 5 - (0, 80)
        return points[:2].ravel(), points[2:]


def mesh(name):
    head, *rows = csv.reader((FOLDER / "mesh.csv").open())
    column = head.index(f"{name} x")
    points = np.array([row[column : column + 3] for row in rows], float)
    triangles = np.array(list(csv.reader((FOLDER / "triangles.csv").open())), int)
    return points, triangles


def warp(picture, before, after, depth, triangles):
    """The picture with each triangle moved; the nearest is drawn last."""
    texture, result = np.asarray(picture, np.float32), np.array(picture, np.float32)
    high, wide = result.shape[:2]
    for a, b, c in triangles[np.argsort(-depth[triangles].sum(1), kind="stable")]:
        corners = after[[a, b, c]]
        (left, top), (right, bottom) = np.floor(corners.min(0)), np.ceil(corners.max(0))
        across, down = (
            np.arange(max(left, 0), min(right, wide - 1) + 1),
            np.arange(max(top, 0), min(bottom, high - 1) + 1),
        )
        x, y = np.meshgrid(across, down)
        sides = np.stack([corners[1] - corners[0], corners[2] - corners[0]], 1)
        if abs(np.linalg.det(sides)) < 1e-6 or not x.size:
            continue
        second, third = np.linalg.solve(sides, np.stack([x.ravel() - corners[0, 0], y.ravel() - corners[0, 1]]))
        inside = (second > -1e-3) & (third > -1e-3) & (second + third < 1.001)
        second, third = second[inside, None], third[inside, None]
        place = before[a] + second * (before[b] - before[a]) + third * (before[c] - before[a])
        place = np.clip(place, 0, (wide - 1.001, high - 1.001))
        at = place.astype(int)
        over, below = (place - at).T[:, :, None]
        column, row = at.T
        upper = texture[row, column] * (1 - over) + texture[row, column + 1] * over
        lower = texture[row + 1, column] * (1 - over) + texture[row + 1, column + 1] * over
        result[y.ravel()[inside].astype(int), x.ravel()[inside].astype(int)] = upper * (1 - below) + lower * below
    return Image.fromarray(result.round().astype(np.uint8))


class Person:
    def __init__(self, name):
        self.name, scale = name, PEOPLE[name]
        picture = Image.open(FOLDER / f"{name}.jpg").convert("RGB")
        size = [round(side * scale) for side in picture.size]
        self.picture = picture.resize(size, Image.Resampling.BICUBIC)
        points, self.triangles = mesh(name)
        self.points = points * scale
        corners = self.points[[33, 133, 362, 263], :2]
        self.eyes = np.array([corners[:2].mean(0), corners[2:].mean(0)])

    def lids(self, share):
        """Upper lids moved towards the lower ones, and their creases half as far."""
        moved = self.points[:, :2].copy()
        for upper, crease, lower in LIDS:
            down = share * (self.points[lower, :2] - self.points[upper, :2])
            moved[upper] += 0.94 * down
            moved[lower] -= 0.06 * down
            moved[crease] += 0.5 * down
        return warp(self.picture, self.points[:, :2], moved, self.points[:, 2], self.triangles)

    def covered(self, kind):
        result = self.picture.copy()
        layer = Image.new("L", result.size)
        draw = ImageDraw.Draw(layer)
        if COVERS[kind] is None:
            # Four fingers across the mouth, in the colour of the cheek.
            colour = tuple(np.asarray(result)[tuple(self.points[50, 1::-1].astype(int))].tolist())
            mouth, width = self.points[[13, 14], :2].mean(0), self.points[454, 0] - self.points[234, 0]
            over = Image.new("RGB", result.size, colour)
            lines = ImageDraw.Draw(over)
            for finger in range(4):
                y = mouth[1] + (finger - 1.5) * width * 0.13
                box = (mouth[0] - width * 0.4, y - width * 0.065, mouth[0] + width * 0.8, y + width * 0.065)
                draw.rounded_rectangle(box, width * 0.06, 255)
                shade = tuple(round(0.75 * value) for value in colour)
                lines.line((box[0], box[3], box[2], box[3]), shade, round(width * 0.012))
        else:
            polygon = [tuple(point) for point in self.points[MASK, :2]]
            draw.polygon(polygon, 255)
            over = Image.new("RGB", result.size, COVERS[kind])
            lines = ImageDraw.Draw(over)
            left, right = self.points[93, :2], self.points[323, :2]
            for fold in (0.25, 0.5, 0.75):
                y = (left[1] + right[1]) / 2 + fold * (self.points[152, 1] - left[1])
                lines.line((left[0], y, right[0], y), tuple(round(value * 0.85) for value in COVERS[kind]), 5)
        result.paste(over, mask=layer.filter(ImageFilter.GaussianBlur(2)))
        return result

    def pitched(self, degrees):
        """The head turned down, as `tests/fixtures/face/paint.mjs` turns it; without hair and neck."""
        points = self.points
        middle = points[[234, 454]].mean(0)
        across, down, deep = (points - middle).T
        sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
        low, far = down * cosine - deep * sine, down * sine + deep * cosine
        distance = 7 * np.linalg.norm(self.eyes[1] - self.eyes[0])
        size = (distance + deep) / (distance + far)
        moved = middle[:2] + np.stack([across * size, low * size], 1)
        return warp(self.picture, points[:, :2], moved, far, self.triangles)

    def frame(self, picture, place, random):
        """The picture in a frame, its eyes about at the place."""
        apart, x, y, tilt = place
        x, y, tilt = x + random.uniform(-8, 8), y + random.uniform(-8, 8), np.radians(tilt + random.uniform(-2, 2))
        scale = np.linalg.norm(self.eyes[1] - self.eyes[0]) / apart
        cosine, sine = np.cos(tilt) * scale, np.sin(tilt) * scale
        middle = self.eyes.mean(0)
        corner = middle - (cosine * x + sine * y, -sine * x + cosine * y)
        # Not sharper than the portrait: the frame is drawn larger and scaled down.
        affine = (cosine / 2, sine / 2, corner[0], -sine / 2, cosine / 2, corner[1])
        ground = tuple(np.asarray(self.picture)[5, 5].tolist())
        way = Image.Resampling.BILINEAR
        drawn = picture.transform((1280, 960), Image.Transform.AFFINE, affine, way, fillcolor=ground)
        return drawn.resize((640, 480), Image.Resampling.BOX)


def degraded(frame, way, random):
    values = np.asarray(frame, np.float32)
    match way:
        case "dark":
            values = values * 0.3 + random.normal(0, 6, values.shape)
        case "bright":
            values = 255 * (values / 255) ** 0.5
        case "side":
            values = values * np.linspace(1, 0.25, 640)[None, :, None]
        case "blur":
            return frame.filter(ImageFilter.GaussianBlur(3))
        case "smear":
            values = np.mean([np.roll(values, by, 1) for by in range(-5, 6)], axis=0)
        case "noise":
            values = values + random.normal(0, 18, values.shape)
        case "jpeg":
            file = io.BytesIO()
            frame.save(file, "JPEG", quality=15)
            return Image.open(file).convert("RGB")
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def luma(frame):
    return np.asarray(frame, np.float32) @ (0.2126, 0.7152, 0.0722)


def patch(values, keypoints, middle, size, rows=16):
    """The values around a point, along the line of the eyes; size in distances of the eyes."""
    across = keypoints[1] - keypoints[0]
    columns = round(rows * size[0] / size[1])
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, columns) * size[0], np.linspace(-0.5, 0.5, rows) * size[1])
    place = middle + x[..., None] * across + y[..., None] * (-across[1], across[0])
    column, row = (np.clip(place[..., at], 0, most).round().astype(int) for at, most in ((0, 639), (1, 479)))
    return values[row, column]


def eye_measures(frame, keypoints):
    """What six keypoints allow: the means of a patch at each eye."""
    grey = luma(frame)
    eyes = [patch(grey, keypoints, point, (0.42, 0.26)) for point in keypoints[:2]]
    spread = [eye.std() / (eye.mean() + 4) for eye in eyes]
    steps = [np.abs(np.diff(eye, axis=1)).mean() / (np.abs(np.diff(eye, axis=0)).mean() + 0.5) for eye in eyes]
    return {"contrast": np.mean(spread), "steps across / down": np.mean(steps)}


def aspect(points):
    """The eye aspect ratio of Soukupová and Čech, of both eyes."""

    def of(eye):
        far = np.linalg.norm
        return (far(eye[1] - eye[5]) + far(eye[2] - eye[4])) / (2 * far(eye[0] - eye[3]))

    return (of(points[36:42]) + of(points[42:48])) / 2


def mouth_measures(frame, keypoints):
    values = np.asarray(frame, np.float32)
    mouth = patch(values, keypoints, keypoints[3], (0.8, 0.4))
    brow = patch(values, keypoints, (keypoints[0] + keypoints[1]) / 2, (0.3, 0.2)).mean((0, 1)) + 4
    lips = patch(values, keypoints, keypoints[3], (0.5, 0.2)).mean((0, 1)) + 4
    grey = mouth @ (0.2126, 0.7152, 0.0722)
    colour = np.log(lips / lips.sum()) - np.log(brow / brow.sum())
    return {
        "colour unlike the brow's": np.linalg.norm(colour),
        "less red than the brow": -colour[0],
        "contrast": -grey.std() / (grey.mean() + 4),
    }


def upright(points, eyes):
    """The points in distances of the eyes, from their middle, along their line."""
    across = eyes[1] - eyes[0]
    moved = points - eyes.mean(0)
    return np.stack([moved @ across, moved @ (-across[1], across[0])], 1) / (across @ across)


def pitch_features(keypoints, points):
    few, many = upright(keypoints, keypoints), upright(points, np.stack([points[36:42].mean(0), points[42:48].mean(0)]))
    nose, mouth, ears = few[2, 1], few[3, 1], few[4:, 1].mean()
    lips, brows, jaw = many[48:68, 1].mean(), many[17:27, 1].mean(), many[[0, 16], 1].mean()
    return (nose, mouth, ears), (many[30, 1], lips, many[8, 1], brows, jaw)


def auc(positive, negative):
    positive, negative = np.asarray(positive)[:, None], np.asarray(negative)[None]
    return ((positive > negative).mean() + (positive == negative).mean() / 2).item()


def error(positive, negative, threshold):
    return ((np.asarray(positive) <= threshold).mean() + (np.asarray(negative) > threshold).mean()) / 2


def best_threshold(positive, negative):
    values = np.unique(np.concatenate([positive, negative]))
    return min(values, key=lambda value: error(positive, negative, value))


def compare(title, rows, ways, positive, negative):
    """Prints for each measure the AUC by person, the error at a threshold set on the others, and how often the right
    one of two frames is chosen that differ only in this, and in the place by a few pixels. `rows` are (person, state,
    key, measures)."""
    print(f"\n{title}\n| measure | " + " | ".join(PEOPLE) + " | error with the others' threshold | right one of two |")
    print("| --- |" + " ---: |" * (len(PEOPLE) + 2))
    for way in ways:
        of = {
            name: [
                [row[3][way] for row in rows if row[0] == name and row[1] in states] for states in (positive, negative)
            ]
            for name in PEOPLE
        }
        errors = []
        for name in PEOPLE:
            others = [np.concatenate([of[other][side] for other in PEOPLE if other != name]) for side in (0, 1)]
            errors.append(error(*of[name], best_threshold(*others)))
        pairs = {}
        for name, state, key, measures in rows:
            if state in positive + negative:
                pairs.setdefault((name, key), ([], []))[int(state in negative)].append(measures[way])
        chosen = np.mean([auc(*pair) for pair in pairs.values() if all(pair)])
        cells = [f"{auc(*of[name]):.2f}" for name in PEOPLE] + [" ".join(f"{100 * one:.0f} %" for one in errors)]
        print(f"| {way} | " + " | ".join(cells) + f" | {100 * chosen:.0f} % |")


def pitches(rows):
    """Prints the mean error of a linear fit on the other two people, by features."""
    print("\npitch, −30° to 10°: mean error of a fit on the other two people, in degrees")
    print("| from | " + " | ".join(PEOPLE) + " | with the person's straight pose known |")
    print("| --- |" + " ---: |" * (len(PEOPLE) + 1))
    for title, at in (("a constant", None), ("six keypoints", 0), ("68 points", 1)):
        cells, known = [], []
        for name in PEOPLE:
            sides = []
            for chosen in ([row for row in rows if row[0] != name], [row for row in rows if row[0] == name]):
                features = [[1, *(row[2][at] if at is not None else ())] for row in chosen]
                sides.append((np.array(features), np.array([row[1] for row in chosen], float)))
            (features, angles), (own, wanted) = sides
            got = own @ np.linalg.lstsq(features, angles, rcond=None)[0]
            cells.append(np.abs(got - wanted).mean())
            known.append(np.abs(got - np.median(got[wanted == 0]) - wanted).mean())
        print(f"| {title} | " + " | ".join(f"{cell:.1f}" for cell in cells) + f" | {np.mean(known):.1f} |")


def main(folder, model, sheet=None):
    net, detector = Net(Path(folder)), Detector(model)
    eyes, mouths, heads, shown, missed = [], [], [], [], 0
    random = np.random.default_rng(1)
    for name in PEOPLE:
        person = Person(name)
        pictures = {("eyes", "open"): person.picture}
        pictures |= {("eyes", state): person.lids(share) for state, share in (("half", 0.5), ("closed", 1))}
        pictures |= {("mouth", kind): person.covered(kind) for kind in COVERS}
        pictures |= {("pitch", angle): person.pitched(angle) for angle in PITCHES}
        for (what, state), picture in pictures.items():
            for place in PLACES:
                for way in WAYS:
                    frame = degraded(person.frame(picture, place, random), way, random)
                    found = detector.face(frame)
                    if place == PLACES[1] and way == "plain":
                        shown.append(frame.resize((320, 240)))
                    if found is None:
                        missed += 1
                        continue
                    box, keypoints = found
                    points = net.landmarks(frame, box)
                    if shown and place == PLACES[1] and way == "plain":
                        draw = ImageDraw.Draw(shown[-1])
                        for x, y in points / 2:
                            draw.point((x, y), (0, 255, 0))
                    key = (place, way)
                    if what == "eyes":
                        measures = {"68 points: eye aspect ratio": aspect(points), **eye_measures(frame, keypoints)}
                        eyes.append((name, state, key, measures))
                    if what == "mouth" or state == "open":
                        shape = upright(points, np.stack([points[36:42].mean(0), points[42:48].mean(0)]))
                        wide, lips = shape[54, 0] - shape[48, 0], shape[57, 1] - shape[51, 1]
                        own = {
                            "68 points: narrow mouth": -wide,
                            "68 points: flat lips": -lips,
                            "68 points: mouth off the detector's": np.linalg.norm(points[48:68].mean(0) - keypoints[3])
                            / np.linalg.norm(keypoints[1] - keypoints[0]),
                        }
                        mouths.append((name, state, key, {**own, **mouth_measures(frame, keypoints)}))
                    if what == "pitch":
                        heads.append((name, state, pitch_features(keypoints, points)))
    if sheet:
        across = len(pictures)
        whole = Image.new("RGB", (320 * across, 240 * len(PEOPLE)))
        for at, picture in enumerate(shown):
            whole.paste(picture, (320 * (at % across), 240 * (at // across)))
        whole.save(sheet)
    print(f"{len(eyes)}, {len(mouths)} and {len(heads)} frames; {missed} more without a face")
    print(f"{net.products / 1e6:.1f} million products for a face")
    compare("eyes: open from closed, AUC", eyes, eyes[0][3], ["open"], ["closed"])
    compare("eyes: open from half closed, AUC", eyes, eyes[0][3], ["open"], ["half"])
    compare("mouth: covered from free, AUC", mouths, mouths[0][3], list(COVERS), ["open"])
    for kind in COVERS:
        compare(f"mouth: {kind}", mouths, mouths[0][3], [kind], ["open"])
    pitches(heads)


main(*sys.argv[1:])
