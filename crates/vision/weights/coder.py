"""Packs integers (`Coder`): an adaptive binary range coder, as in LZMA. `src/detector/stream.rs` unpacks them.

Each number is the length of its magnitude in bits, one bit after the other, then its highest bits, all with
probabilities that adapt, then its other bits and its sign as they are. Each context has its own probabilities. A
probability moves less each time: at first it is nearly the share of the bits so far, later the mean of the last few
hundred.

A weight's context depends on how large the ones before it were, in its row and in its column. Sizes are compared as
they are in the network: each weight has its own step, so the integers of neighbours may differ by far.
"""

# Contexts for the weights of each kind of layer: by the half octaves of an estimate.
ESTIMATES = 48
KINDS = 4
SETTINGS = KINDS * ESTIMATES
BIASES = SETTINGS + 1
CONTEXTS = BIASES + KINDS
# Probabilities of a context: 16 for the length, 16 for the highest bit below the first.
OF_CONTEXT = 32
# Of the second highest: by length and highest bit, for all contexts.
SECOND = CONTEXTS * OF_CONTEXT
ALL = SECOND + 32
BITS = 16
HALF = 1 << BITS - 1
# By how much, of 2^16, a probability moves towards its bit: by how often it did.
RATES = [(1 << 17) // (2 * count + 5) for count in range(256)]
# Estimates are in sixteenths, and move by an eighth of what they missed.
SIXTEENTHS, EIGHTH = 4, 3


def estimate_context(estimate):
    length = estimate.bit_length()
    return 2 * length + (estimate >> (length - 2) & 1 if length > 1 else 0)


def blend(along, column):
    if along is None or column is None:
        return column or along or 0
    return (2 * column + along) // 3


def moved(estimate, size):
    return size if estimate is None else estimate + (size - estimate >> EIGHTH)


class Coder:
    def __init__(self):
        self.models, self.counts = [HALF] * ALL, [0] * ALL
        self.low, self.range, self.held, self.waiting = 0, 0xFFFFFFFF, None, 0
        self.bytes = bytearray()

    def shift(self):
        """Moves a byte out, and adds the carry to the bytes that wait for it."""
        carry, byte = self.low >> 32, self.low >> 24 & 255
        if carry or byte != 255:
            if self.held is not None:
                self.bytes.append(self.held + carry & 255)
            self.bytes += bytes([255 + carry & 255]) * self.waiting
            self.held, self.waiting = byte, 0
        else:
            self.waiting += 1
        self.low = (self.low & 0xFFFFFF) << 8

    def narrow(self):
        while self.range < 1 << 24:
            self.range <<= 8
            self.shift()

    def bit(self, model, bit):
        probability, rate = self.models[model], RATES[self.counts[model]]
        bound = (self.range >> BITS) * probability
        if bit:
            self.low, self.range = self.low + bound, self.range - bound
            self.models[model] -= probability * rate >> BITS
        else:
            self.range = bound
            self.models[model] += ((1 << BITS) - probability) * rate >> BITS
        self.counts[model] = min(self.counts[model] + 1, len(RATES) - 1)
        self.narrow()

    def plain(self, value, count):
        for at in reversed(range(count)):
            self.range >>= 1
            if value >> at & 1:
                self.low += self.range
            self.narrow()

    def number(self, context, value):
        size, first = abs(value), context * OF_CONTEXT
        length = size.bit_length()
        assert length < 16
        for at in range(length):
            self.bit(first + at, 1)
        if length < 15:
            self.bit(first + length, 0)
        if length > 1:
            high = size >> length - 2 & 1
            self.bit(first + 16 + length, high)
            if length > 2:
                self.bit(SECOND + 2 * length + high, size >> length - 3 & 1)
                self.plain(size & (1 << length - 3) - 1, length - 3)
        if length:
            self.plain(int(value < 0), 1)

    def settings(self, values):
        for value in values:
            self.number(SETTINGS, value)

    def biases(self, kind, values):
        for value in values:
            self.number(BIASES + kind, value)

    def weights(self, kind, rows, shifts):
        """Packs rows of weights. `shifts` has the bits by which each is shifted up in the network."""
        columns = [None] * len(rows[0])
        for row, by in zip(rows, shifts):
            along = None
            for at, (value, up) in enumerate(zip(row, by)):
                estimate = blend(along, columns[at]) >> up
                self.number(kind * ESTIMATES + estimate_context(estimate), value)
                size = abs(value) << SIXTEENTHS + up
                along, columns[at] = moved(along, size), moved(columns[at], size)

    def done(self):
        for _ in range(5):
            self.shift()
        # After the end, the reader finds zeros.
        return bytes(self.bytes).rstrip(b"\0")
