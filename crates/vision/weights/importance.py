"""Measures how much each layer's outputs matter for the keypoints, for make.py: writes importance.csv.

    python importance.py MODEL.tflite

A row has a layer and, for each of its outputs (channels, of a depthwise layer), the step of its weights in half
octaves: twice the binary logarithm, but for a constant. An output that matters little gets large steps, which need
few bits.

How much an output matters is the mean square of the gradient of the keypoints and scores by it, on the pictures of
pictures.py (a layer's weights err alike wherever they are used, so that the gradients of pixels should be added; what
that changes is measured, see LAYER). This runs in floating point, so its last digit may differ between machines. So its
result is stored, and make.py, which is exact, starts from it.
"""

import sys
from pathlib import Path

import numpy as np
from make import BLOCKS, FINE, ONE, TAPPED, columns, read, skip, taps, widened
from pictures import FACES, pictures

RESULT = Path(__file__).with_name("importance.csv")
TRIALS = 6
# What a unit of a score counts, and a pixel of a box's middle or size, in pixels of a keypoint of a frame of 640.
SCORE, BOX, KEYPOINT = 5, 2, 5
# Guesses above it are near a face; above 0 is one.
NEAR = -3
# The least importance of an output, as a share of the layer's mean: the pictures do not show everything.
LEAST = 0.15
# By how much the steps of a whole layer grow, so that all layers add alike to the error for a weight: measured by
# rounding one layer after the other. Of pointwise layers, then of the heads.
POINTWISE = [1.14, 1.29, 1.49, 1.8, 1.95, 2.26, 2.23, 2.76, 3.39, 2.53, 1.57, 2.06, 1.08, 1.07, 1.64, 0.75]
LAYER = [*POINTWISE, 1, 1, 0.34, 0.71]
DEPTHWISE = 3


def gradients(layers, images):
    """The mean squares, by layer."""
    random, count = np.random.default_rng(0), len(images)
    layers = [(weights.astype(np.float32), bias.astype(np.float32)) for weights, bias in layers]
    weights, bias = layers[0]
    before = (columns(2 * images.astype(np.float32) - 255) / np.float32(255) @ weights.T + bias).reshape(
        count, 64, 64, 24
    )
    masks, planes, middles = [before > 0], [np.maximum(before, 0)], []
    for index, (inputs, outputs, stride) in enumerate(BLOCKS):
        weights, bias = layers[1 + 2 * index]
        middle = sum(tap * weight for tap, weight in zip(taps(planes[-1], stride), weights)) + bias
        weights, bias = layers[2 + 2 * index]
        sums = (middle.reshape(-1, inputs) @ weights.T + bias).reshape(*middle.shape[:3], outputs)
        sums += widened(skip(planes[-1], stride), outputs)
        middles.append(middle)
        masks.append(sums > 0)
        planes.append(np.maximum(sums, 0))
    sources = (planes[TAPPED], planes[-1])
    heads = [head[0] for head in layers[-4:]]
    scores = [
        (source.reshape(-1, source.shape[3]) @ weights.T + bias).reshape(count, -1)
        for source, (weights, bias) in zip(sources, layers[-4:-2])
    ]
    scores = np.concatenate(scores, 1)
    faces, near = scores > 0, scores > NEAR

    def signs(*shape):
        return random.choice([-1.0, 1.0], size=shape).astype(np.float32)

    result = [0] * len(layers)

    def note(layer, gradient):
        result[layer] = result[layer] + np.square(gradient).reshape(-1, gradient.shape[-1]).sum(0) / TRIALS / count

    for _ in range(TRIALS):
        of_score = signs(*scores.shape) * near * SCORE / np.sqrt(np.maximum(near.sum(1, keepdims=True), 1))
        share = (faces / np.maximum(faces.sum(1, keepdims=True), 1))[:, :, None]
        of_place = np.concatenate([signs(count, 1, 12) * KEYPOINT * share, signs(count, 1, 4) * BOX * share], 2)
        of_place = np.roll(of_place, 4, axis=2)
        parts = [
            of_score[:, :512].reshape(-1, 2),
            of_score[:, 512:].reshape(-1, 6),
            of_place[:, :512].reshape(-1, 32),
            of_place[:, 512:].reshape(-1, 96),
        ]
        for head, part in enumerate(parts):
            note(len(layers) - 4 + head, part)
        tapped, gradient = (
            (parts[head] @ heads[head] + parts[head + 2] @ heads[head + 2]).reshape(source.shape)
            for head, source in enumerate(sources)
        )
        for index in reversed(range(len(BLOCKS))):
            inputs, outputs, stride = BLOCKS[index]
            gradient = gradient * masks[index + 1]
            note(2 + 2 * index, gradient)
            middle = (gradient.reshape(-1, outputs) @ layers[2 + 2 * index][0]).reshape(middles[index].shape)
            note(1 + 2 * index, middle)
            plane = planes[index]
            side, edge = plane.shape[1], int(stride == 1)
            last = side - stride + 1
            below = np.zeros((count, side + 2, side + 2, inputs), np.float32)
            for tap, weight in enumerate(layers[1 + 2 * index][0]):
                y, x = divmod(tap, 3)
                below[:, y : y + last : stride, x : x + last : stride] += middle * weight
            below = below[:, edge : edge + side, edge : edge + side]
            held = gradient[..., :inputs]
            if stride == 2:
                largest = np.repeat(np.repeat(skip(plane, 2), 2, 1), 2, 2)
                held = (plane == largest) * np.repeat(np.repeat(held, 2, 1), 2, 2)
            gradient = below + held
            if index == TAPPED:
                gradient = gradient + tapped
        note(0, gradient * masks[0])
    return result


def main():
    layers, images = read(sys.argv[1]), pictures()
    squares = gradients(layers, np.concatenate([images[:FACES:2], images[FACES::3]]))
    rows = []
    for layer, square in enumerate(squares):
        unit = ONE * FINE if layer >= len(squares) - 4 else ONE
        importance = np.sqrt(square + LEAST * square.mean()) / unit
        growth = DEPTHWISE if layer % 2 and layer < len(squares) - 4 else 1
        if layer and growth == 1:
            growth = LAYER[layer // 2 - 1 if layer < len(squares) - 4 else layer - 17]
        rows.append([layer, *np.round(2 * np.log2(growth / importance)).astype(int).tolist()])
    RESULT.write_text("".join(",".join(map(str, row)) + "\n" for row in rows))


main()
