"""Runs the published model with LiteRT on the frames of `crates/vision/tests/fidelity.rs`.

Writes the faces that it finds to `litert.csv`, which that test compares with.

    pip install -r evaluation/vision/requirements.txt
    python evaluation/vision/litert.py MODEL.tflite
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

ROOT = Path(__file__).resolve().parents[2]
RESULT = Path(__file__).with_name("litert.csv")
SIDE = 128
# MediaPipe's settings for this model.
SCORE, OVERLAP = 0.5, 0.3


def frames():
    """Returns the tensors of the test, and their fingerprint."""
    file = ROOT / "build" / "vision" / "frames.rgba"
    file.parent.mkdir(parents=True, exist_ok=True)
    command = "cargo test --locked --package akiba-vision --test fidelity -- --ignored --nocapture --exact write_frames"
    run = subprocess.run(
        command.split(), cwd=ROOT, env={**os.environ, "FRAMES": str(file)}, capture_output=True, text=True, check=True
    )
    tensors = np.frombuffer(file.read_bytes(), np.uint8).reshape(-1, SIDE, SIDE, 4)[..., :3]
    return tensors, re.search("fingerprint ([0-9a-f]+)", run.stdout)[1]


def anchors():
    """Returns the middle of each guess's pixel, in pixels of the tensor."""
    middles = []
    for side, guesses in ((16, 2), (8, 6)):
        pitch = SIDE / side
        for y in range(side):
            for x in range(side):
                middles += [((x + 0.5) * pitch, (y + 0.5) * pitch)] * guesses
    return np.array(middles)


def overlap(one, two):
    across = min(one[2], two[2]) - max(one[0], two[0])
    down = min(one[3], two[3]) - max(one[1], two[1])
    shared = max(across, 0) * max(down, 0)
    return shared / (sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, two)) - shared)


def faces(places, logits):
    """Decodes as MediaPipe does, with weighted non-maximum suppression. Returns rows of score, box and keypoints."""
    scores = 1 / (1 + np.exp(-np.clip(logits.astype(float), -100, 100)))
    kept = scores >= SCORE
    places, middles, scores = places[kept].astype(float), anchors()[kept], scores[kept]
    middle, half = places[:, :2] + middles, places[:, 2:4] / 2
    points = places[:, 4:].reshape(-1, 6, 2) + middles[:, None]
    rows = np.concatenate([middle - half, middle + half, points.reshape(-1, 12)], 1)
    result, rest = [], list(np.argsort(-scores, kind="stable"))
    while rest:
        best = rest[0]
        same = [at for at in rest if at == best or overlap(rows[best], rows[at]) > OVERLAP]
        result.append([scores[best], *np.average(rows[same], axis=0, weights=scores[same])])
        rest = [at for at in rest if at not in same]
    return result


def main(model):
    interpreter = Interpreter(model, num_threads=1)
    interpreter.allocate_tensors()
    [entry] = interpreter.get_input_details()
    outputs = {int(output["shape"][-1]): output["index"] for output in interpreter.get_output_details()}
    tensors, fingerprint = frames()
    lines = [f"# {fingerprint}"]
    for index, tensor in enumerate(tensors):
        interpreter.set_tensor(entry["index"], tensor[None].astype(np.float32) / 127.5 - 1)
        interpreter.invoke()
        for face in faces(interpreter.get_tensor(outputs[16])[0], interpreter.get_tensor(outputs[1])[0, :, 0]):
            lines.append(f"{index}," + ",".join(f"{number:.4f}" for number in face))
    RESULT.write_text("\n".join(lines) + "\n")
    print(len(tensors), "frames,", len(lines) - 1, "faces")


if __name__ == "__main__":
    main(sys.argv[1])
