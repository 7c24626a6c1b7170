"""Makes blazeface.bin, the detector's weights in integers, from MediaPipe's published file: see README.md.

    python make.py MODEL.tflite            writes blazeface.bin beside this script
    python make.py MODEL.tflite --check    fails unless blazeface.bin is just what would be written

Weights are rounded layer by layer. When one is rounded, the others are moved so that the layer's outputs on pictures
change least (Babai's nearest plane in the metric of the inputs, also known as GPTQ). Its inputs are those of a network
with the finest steps: to make up for the coarse steps before it, too, was worse on people who are not in the pictures.

Each weight has its own step, a power of two: the larger, the less its output matters (importance.csv, made by
importance.py), and the less its input varies beyond what the other inputs tell. So every weight adds about as much to
the error of the keypoints, which needs the fewest bits. `coder.py` then packs the integers.

The result has the same bytes on every machine. All sums are of integers below 2^53, which are exact in doubles in any
order; the rest is single additions, products, quotients and roots.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np
import tflite
from coder import Coder
from pictures import pictures

MODEL = "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633"
RESULT = Path(__file__).with_name("blazeface.bin")
IMPORTANCE = Path(__file__).with_name("importance.csv")

# Inputs, outputs and stride of each block.
BLOCKS = [
    (24, 24, 1),
    (24, 28, 1),
    (28, 32, 2),
    (32, 36, 1),
    (36, 42, 1),
    (42, 48, 2),
    (48, 56, 1),
    (56, 64, 1),
    (64, 72, 1),
    (72, 80, 1),
    (80, 88, 1),
    (88, 96, 2),
    (96, 96, 1),
    (96, 96, 1),
    (96, 96, 1),
    (96, 96, 1),
]
# The block whose input the first head looks at.
TAPPED = 11
# An activation of 1, and one of the network's input: 2 * value - 255.
ONE = 1024
INPUT = 255
# The reference has this many steps more, and rounds its weights to as many bits.
FINE = 16
REFERENCE_BITS = 20
# The finest steps. Of a stem, pointwise layer or head: as many as the root mean square of the weights has. Of a
# depthwise layer: steps of each channel's greatest weight.
STEM_STEPS, DOT_STEPS, HEAD_STEPS, DEPTHWISE_STEPS = 3200, 3200, 6400, 4000
# All steps, in half octaves. One more is a tenth less of the file and 1.4 times the error.
STEPS = -17
# The most bits by which a step is above the finest.
MOST = 13
# What each sum over neighbours is brought to: its root mean square, and the least headroom over the greatest seen.
ROOT_MEAN_SQUARE, HEADROOM = 512, 4
# By how much more a guess near a face counts than one elsewhere, and above which score it is near.
NEAR_WEIGHT, NEAR = 64, -2
# A little of the inputs' variance is added to the metric: what is not in the pictures counts too.
DAMPING = 0.003


def read(path):
    """The weights and biases of the convolutions, in the file's order: outputs × inputs, or 9 × channels."""
    data = Path(path).read_bytes()
    if hashlib.sha256(data).hexdigest() != MODEL:
        sys.exit(f"{path} is not the published file")
    model = tflite.Model.GetRootAsModel(data, 0)
    graph = model.Subgraphs(0)
    constants, layers = {}, []
    for index in range(graph.OperatorsLength()):
        operator = graph.Operators(index)
        code = model.OperatorCodes(operator.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        inputs = [operator.Inputs(at) for at in range(operator.InputsLength())]
        if kind == tflite.BuiltinOperator.DEQUANTIZE:
            tensor = graph.Tensors(inputs[0])
            halves = model.Buffers(tensor.Buffer()).DataAsNumpy().tobytes()
            constants[operator.Outputs(0)] = (
                np.frombuffer(halves, np.float16).reshape(tensor.ShapeAsNumpy()).astype(np.float64)
            )
        elif kind == tflite.BuiltinOperator.CONV_2D:
            weights = constants[inputs[1]]
            layers.append((weights.reshape(len(weights), -1), constants[inputs[2]]))
        elif kind == tflite.BuiltinOperator.DEPTHWISE_CONV_2D:
            layers.append((constants[inputs[1]].reshape(9, -1), constants[inputs[2]]))
    return layers


def columns(pictures):
    """The 5 × 5 × 3 numbers under each window of the stem."""
    padded = np.pad(pictures, ((0, 0), (1, 2), (1, 2), (0, 0)))
    windows = [padded[:, y : y + 127 : 2, x : x + 127 : 2] for y in range(5) for x in range(5)]
    return np.stack(windows, 3).reshape(-1, 75)


def taps(plane, stride):
    """The nine neighbours of each pixel."""
    padded = np.pad(plane, ((0, 0), (stride == 1, 1), (stride == 1, 1), (0, 0)))
    last = plane.shape[1] - stride + 1
    return [padded[:, y : y + last : stride, x : x + last : stride] for y in range(3) for x in range(3)]


def skip(plane, stride):
    """What a block adds its input as."""
    if stride == 1:
        return plane
    count, side, _, channels = plane.shape
    return plane.reshape(count, side // 2, 2, side // 2, 2, channels).max((2, 4))


def narrow(sums, shift):
    return np.clip(np.floor(sums / 2.0**shift), -32768, 32767)


def widened(plane, channels):
    return np.pad(plane, ((0, 0), (0, 0), (0, 0), (0, channels - plane.shape[3])))


def cholesky(metric):
    """The upper triangular root of each metric, by single operations. `metric` is … × n × n."""
    rest, root = metric.copy(), np.zeros_like(metric)
    for at in range(metric.shape[-1]):
        row = rest[..., at, at:] / np.sqrt(rest[..., at, at])[..., None]
        root[..., at, at:] = row
        rest[..., at:, at:] -= row[..., :, None] * row[..., None, :]
    return root


def solve(root, right):
    """x of rootᵀ root x = right; right is … × n."""
    size, half, result = root.shape[-1], right.copy(), np.zeros_like(right)
    for at in range(size):
        half[..., at] /= root[..., at, at]
        half[..., at + 1 :] -= root[..., at, at + 1 :] * half[..., at, None]
    for at in reversed(range(size)):
        result[..., at] = half[..., at] / root[..., at, at]
        half[..., :at] -= root[..., :at, at] * result[..., at, None]
    return result


def nearest(root, weights, steps):
    """The multiples of the steps whose outputs are nearest to those of the weights; all … × n."""
    result, moved = np.zeros_like(weights), weights.copy()
    for at in reversed(range(weights.shape[-1])):
        result[..., at] = np.round(moved[..., at] / steps[..., at]) * steps[..., at]
        error = (moved[..., at] - result[..., at]) / root[..., at, at]
        moved[..., :at] += root[..., :at, at] * error[..., None]
    return result


def half_octaves(value):
    return np.round(2 * np.log2(value))


def fit(weights, inputs, targets, near, step, coarse=None, alike=False):
    """Integers for the weights, in steps, so that inputs · integers · step + bias comes near the targets, and the bias;
    the same with the finest steps; and the half octaves by which each output and each input has larger steps.

    Everything is one layer a group: weights are groups × outputs × inputs, inputs groups × samples × inputs, targets
    groups × samples × outputs, step groups × 1, coarse groups × outputs. Samples that are `near` a face count more. All
    inputs of a group have one step if they are `alike`."""
    count, x, t, xx, tx = 0, 0, 0, 0, 0
    for weight, some in ((1, slice(None)), (NEAR_WEIGHT - 1, near)):
        part, goal = inputs[:, some], targets[:, some]
        count += weight * part.shape[1]
        x, t = x + weight * part.sum(1), t + weight * goal.sum(1)
        xx = xx + weight * (part.transpose(0, 2, 1) @ part)
        tx = tx + weight * (goal.transpose(0, 2, 1) @ part)
    metric = xx - x[:, :, None] * (x[:, None] / count)
    product = tx - t[:, :, None] * (x[:, None] / count)
    variance, size = 0, metric.shape[1]
    for at in range(size):
        variance = variance + metric[:, at, at] / size
    # It pulls towards the published weights, not towards none.
    damping = DAMPING * np.maximum(variance, count / 1000)
    for at in range(size):
        metric[:, at, at] += damping
    product = product + damping[:, None, None] * weights

    # What varies most comes first, while there are others left to make up for it: `nearest` begins at the end.
    order = np.argsort(np.einsum("gii->gi", metric), axis=1, kind="stable")
    metric = np.take_along_axis(np.take_along_axis(metric, order[:, :, None], 1), order[:, None], 2)
    root = cholesky(metric)
    best = solve(root[:, None], np.take_along_axis(product, order[:, None], 2))

    # How much of each input the ones before it don't tell.
    new = -half_octaves(np.einsum("gii->gi", root) / np.sqrt(count))
    if alike:
        new[:] = np.round(sum(new[:, at : at + 1] for at in range(size)) / size)
    if coarse is None:
        by_output, by_input = np.zeros(weights.shape[:2]), np.zeros_like(new)
    else:
        by_output, by_input = coarse + STEPS - half_octaves(step), new
    bits = levels(by_output[:, :, None], by_input[:, None])

    def sorted_back(values):
        result = np.zeros_like(values)
        np.put_along_axis(result, np.broadcast_to(order[:, None], values.shape), values, 2)
        return result

    def rounded(bits):
        integers = sorted_back(nearest(root[:, None], best / step[:, None], 2.0**bits))
        bias = t / count
        for at in range(size):
            bias = bias - integers[:, :, at] * step * (x[:, None, at] / count)
        return integers, bias

    return rounded(bits), rounded(0 * bits), (by_output, sorted_back(by_input[:, None])[:, 0])


def levels(by_output, by_input):
    """The bits by which steps are above the finest."""
    return np.clip(np.floor((by_output + by_input) / 2), 0, MOST)


class Layer:
    """A layer in integers. `up` are the bits by which each channel of a depthwise layer is shifted up, `scale` is the
    power of two by which a head's sums are too great, `coarse` are the half octaves of outputs and inputs."""

    def __init__(self, weights, bias, shift, bias_shift, up=None, scale=None, coarse=None):
        self.weights, self.shift, self.bias_shift, self.up, self.scale = weights, shift, bias_shift, up, scale
        self.coarse = coarse
        self.stored_bias = np.round(bias / 2.0**bias_shift)
        assert np.abs(self.stored_bias).max() <= 32767 and np.abs(weights).max() <= 32767
        self.bias = self.stored_bias * 2.0**bias_shift + np.floor(2.0 ** (shift - 1))


def power(value):
    """The exponent of the power of two that is next to it."""
    return np.floor(np.log2(value) + 0.5)


def root_mean_square(values):
    return np.sqrt(np.square(values).sum() / values.size)


def fit_dot(weights, inputs, targets, near, steps, coarse):
    """By how many bits the sums are too great, integers and biases, the same with the finest steps, and the half
    octaves of outputs and inputs. `weights` and `targets` are in the same units."""
    # With room for what the fit adds to the greatest.
    shift = int(min(power(steps / root_mean_square(weights)), np.floor(np.log2(16000 / np.abs(weights).max()))))
    step = np.array([[2.0**-shift]])
    coarse = None if coarse is None else coarse[None]
    *both, coarse = fit(weights[None], inputs[None], targets[None], near, step, coarse)
    both = [(integers[0], bias[0] * 2.0**shift) for integers, bias in both]
    return shift, *both, [part[0] for part in coarse]


def dot_layer(*arguments):
    """A layer whose sums are shifted down to activations, and the same with the finest steps."""
    shift, *both, coarse = fit_dot(*arguments)
    return [Layer(*fitted, shift, max(0, shift - 1), coarse=coarse) for fitted in both]


def head_layer(*arguments):
    """A layer whose sums are numbers of the output, in units of the reference but for a scale."""
    shift, (integers, bias), _, coarse = fit_dot(*arguments)
    fits = max(0, int(np.ceil(np.log2(np.abs(bias).max() / 32767))))
    return Layer(integers, bias, 0, fits, scale=shift + int(power(ONE * FINE)), coarse=coarse)


def depthwise_layer(weights, inputs, targets, near, coarse):
    """Gives the layer, the same with the finest steps, and what a unit of each of its outputs stands for."""
    step = np.abs(weights).max(0)[:, None] / DEPTHWISE_STEPS
    *both, half = fit(weights.T[:, None], inputs, targets, near, step, coarse[:, None], alike=True)
    step = step[:, 0]
    (integers, bias), fine = [(integers[:, 0], bias[:, 0] / step) for integers, bias in both]
    # How far each channel's sums are to be shifted down.
    spread = np.sqrt(np.square(targets[:, :, 0]).sum(1) / targets.shape[1]) / step + 1
    most = np.maximum(np.abs(targets[:, :, 0]).max(1) / step * HEADROOM, np.abs(bias) * 2) + 1
    down = np.maximum(-power(ROOT_MEAN_SQUARE / spread), np.ceil(np.log2(most / 32767)))
    shift = down.max()
    up = np.minimum(np.minimum(shift - down, 7), np.floor(np.log2(32767 / np.maximum(1, np.abs(integers).max(1)))))
    # The file has the integers without the bits that their steps leave at 0.
    zeros = levels(half[0][:, 0], half[1][:, 0])

    def layer(integers, bias):
        return Layer(integers, bias * 2.0**up, int(shift), max(0, int(shift) - 1), up=up, coarse=zeros)

    return layer(integers, bias), layer(*fine), step * 2.0 ** (shift - up)


def reference(layers, pictures):
    """What each layer puts out before it cuts off what is below 0, and the heads: finely, in integers."""
    unit, bits = ONE * FINE, 2.0**REFERENCE_BITS

    def dot(plane, weights):
        return np.floor(plane.reshape(-1, plane.shape[-1]) @ np.round(weights * bits).T / bits)

    weights, bias = layers[0]
    sums = dot(columns(2.0 * pictures - 255), weights * unit / INPUT) + np.round(bias * unit)
    outputs = [sums.reshape(len(pictures), 64, 64, -1)]
    plane = np.maximum(outputs[0], 0)
    for index, (_, after, stride) in enumerate(BLOCKS):
        weights, bias = layers[1 + 2 * index]
        sums = sum(tap * np.round(weight * bits) for tap, weight in zip(taps(plane, stride), weights))
        outputs.append(np.floor(sums / bits) + np.round(bias * unit))
        weights, bias = layers[2 + 2 * index]
        sums = dot(outputs[-1], weights) + np.round(bias * unit)
        if index == TAPPED:
            tapped = plane
        plane = sums.reshape(*outputs[-1].shape[:3], after) + widened(skip(plane, stride), after)
        outputs.append(plane)
        plane = np.maximum(plane, 0)
    heads = zip((tapped, plane, tapped, plane), layers[-4:])
    return outputs, [dot(plane, weights) + np.round(bias * unit) for plane, (weights, bias) in heads]


def near_faces(heads, count):
    """The pixels of each size of picture that are near a guess of a face."""
    guesses = [head.max(1) > NEAR * ONE * FINE for head in heads[:2]]
    exact = [guesses[0].reshape(count, 16, 16), guesses[1].reshape(count, 8, 8)]
    seen = exact[0] | np.kron(exact[1], np.ones((1, 2, 2), bool))
    padded = np.pad(seen, ((0, 0), (2, 2), (2, 2)))
    seen = np.any([padded[:, y : y + 16, x : x + 16] for y in range(5) for x in range(5)], axis=0)
    sizes = {side: np.kron(seen, np.ones((1, side // 16, side // 16), bool)) for side in (16, 32, 64)}
    sizes[8] = seen.reshape(count, 8, 2, 8, 2).any((2, 4))
    return {side: mask.ravel() for side, mask in sizes.items()}, [guess.ravel() for guess in guesses]


def quantise(layers, pictures):
    """The layers in integers."""
    count = len(pictures)
    rows = [list(map(int, line.split(","))) for line in IMPORTANCE.read_text().splitlines()]
    coarse = {layer: np.array(row, float) for layer, *row in rows}
    goals, heads = reference(layers, pictures)
    near, guesses = near_faces(heads, count)
    inputs = columns(2.0 * pictures - 255)
    stored, stem = dot_layer(
        layers[0][0] * ONE / INPUT, inputs, np.floor(goals[0].reshape(-1, 24) / FINE), near[64], STEM_STEPS, None
    )
    result = [stored]
    plane = np.maximum(narrow(inputs @ stem.weights.T + stem.bias, stem.shift), 0).reshape(count, 64, 64, -1)
    for index, (before, after, stride) in enumerate(BLOCKS):
        side = plane.shape[1] // stride
        inputs = np.stack(taps(plane, stride), 3).reshape(-1, 9, before).transpose(2, 0, 1)
        goal = np.floor(goals[1 + 2 * index].reshape(-1, before) / FINE).T[:, :, None]
        stored, layer, unit = depthwise_layer(layers[1 + 2 * index][0], inputs, goal, near[side], coarse[1 + 2 * index])
        result.append(stored)
        filters = (layer.weights * 2.0 ** layer.up[:, None])[:, :, None]
        middle = narrow((inputs @ filters)[:, :, 0] + layer.bias[:, None], layer.shift).T

        held = widened(skip(plane, stride), after)
        goal = np.floor(goals[2 + 2 * index] / FINE) - held
        weights, goal = layers[2 + 2 * index][0] * unit, goal.reshape(-1, after)
        stored, layer = dot_layer(weights, middle, goal, near[side], DOT_STEPS, coarse[2 + 2 * index])
        result.append(stored)
        if index == TAPPED:
            tapped = plane
        sums = narrow(middle @ layer.weights.T + layer.bias, layer.shift).reshape(held.shape)
        plane = np.clip(sums + held, 0, 32767)
    for head, source in enumerate((tapped, plane, tapped, plane)):
        inputs = source.reshape(-1, source.shape[3])
        at = len(layers) - 4 + head
        result.append(head_layer(layers[at][0] * FINE, inputs, heads[head], guesses[head % 2], HEAD_STEPS, coarse[at]))
    return result


def packed(layers):
    """The file: see `src/detector/weights.rs`."""
    coder = Coder()
    for index, layer in enumerate(layers):
        kind = 0 if index == 0 else 1 if layer.up is not None else 2 if layer.scale is None else 3
        coder.settings([layer.shift if layer.scale is None else layer.scale, layer.bias_shift])
        weights, ups = layer.weights, np.zeros(layer.weights.shape)
        if layer.up is not None:
            # Tap by tap. A channel without weights needs no bits.
            by = (layer.up + layer.coarse) * weights.any(1)
            coder.settings(by.astype(int).tolist())
            weights, ups = (weights * 2.0 ** layer.up[:, None]).T, np.tile(by, (9, 1))
        elif index:
            by_output, by_input = layer.coarse
            ups = levels(by_output[:, None], by_input)
            # Near 0, they are shorter.
            middles = [np.floor(np.median(half)) for half in layer.coarse]
            coder.settings([int(sum(middles))])
            for half, middle in zip(layer.coarse, middles):
                coder.settings((half - middle).astype(int).tolist())
        coder.weights(kind, (weights / 2.0**ups).astype(int).tolist(), ups.astype(int).tolist())
        coder.biases(kind, layer.stored_bias.astype(int).tolist())
    return coder.done()


def main():
    result = packed(quantise(read(sys.argv[1]), pictures()))
    if "--check" not in sys.argv[2:]:
        RESULT.write_bytes(result)
    elif RESULT.read_bytes() != result:
        sys.exit(f"{RESULT.name} is not what this script makes of the model")
    print(len(result), "bytes, SHA-256", hashlib.sha256(result).hexdigest())


if __name__ == "__main__":
    main()
