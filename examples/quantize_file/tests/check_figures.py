#!/usr/bin/env python3
"""Are quantize_file's figures right? A second model of them, which shares nothing with the library: values of each
format listed from its definition, rounding by looking for the nearest one, exact sums.

    check_figures.py <quantize_file> <work folder>
"""
import bisect
import json
import math
import pathlib
import random
import struct
import subprocess
import sys


class Format:
    """A grid of values, symmetric about zero; what is beyond the largest becomes the largest."""

    def __init__(self, target, values, ties_to_even):
        self.target, self.values, self.ties_to_even = target, sorted(values), ties_to_even

    def rounded(self, x):
        above = bisect.bisect_left(self.values, abs(x))
        neighbours = range(max(above - 1, 0), min(above + 1, len(self.values)))

        def distance(i):  # the even one is the one of an even place
            return abs(self.values[i] - abs(x)), i % 2 if self.ties_to_even else -i

        return math.copysign(self.values[min(neighbours, key=distance)], x)


def small_float(exponent_bits, mantissa_bits, target):
    """IEEE's layout, up to the target, which is the largest value."""
    bias, steps = 2 ** (exponent_bits - 1) - 1, 2**mantissa_bits
    values = [m / steps * 2.0 ** (1 - bias) for m in range(steps)]
    values += [(1 + m / steps) * 2.0 ** (e - bias) for e in range(1, 2**exponent_bits) for m in range(steps)]
    return Format(target, [v for v in values if v <= target], ties_to_even=True)


def hif8_mantissa_bits(exponent):
    size = abs(exponent)
    return 0 if exponent < -15 else 3 if size <= 3 else 2 if size <= 7 else 1


def hif8(target):
    values = [0.0]
    for e in range(-22, 16):
        steps = 2 ** hif8_mantissa_bits(e)
        values += [(1 + m / steps) * 2.0**e for m in range(steps)]
    return Format(target, [v for v in values if v <= 2.0**15], ties_to_even=False)


def in_binary32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def sqnr(xs, ys):
    return 10 * math.log10(math.fsum(x * x for x in xs) / math.fsum((x - y) ** 2 for x, y in zip(xs, ys)))


def quantized(channels, number_format):
    """Of all numbers: what the format makes of each, its channel under its own scale; and that scaled back."""
    codes, restored = [], []
    for xs in channels:
        scale = in_binary32(number_format.target / max(map(abs, xs)))
        for x in xs:
            codes.append((x * scale, number_format.rounded(x * scale)))
            restored.append(in_binary32(codes[-1][1] * in_binary32(1 / scale)))
    return codes, restored


def figures(channels, target):
    """The row that the program prints, as numbers."""
    channels = [[x for x in xs if math.isfinite(x)] for xs in channels]
    everything = [x for xs in channels for x in xs]
    codes, restored = quantized(channels, hif8(target))
    others = [small_float(4, 3, 448.0), small_float(5, 2, 57344.0), Format(127.0, map(float, range(128)), True)]
    row = [max(map(abs, everything)), sqnr(everything, restored)]
    row += [sqnr(everything, quantized(channels, other)[1]) for other in others]

    def percent(condition):
        return 100 * sum(1 for scaled, code in codes if condition(scaled, code)) / COUNT

    row += [percent(lambda scaled, code: abs(scaled) >= 16), percent(lambda scaled, code: scaled != 0 and code == 0), 0]
    for bits in (3, 2, 1, 0):
        row.append(percent(lambda _, code: code != 0 and hif8_mantissa_bits(math.frexp(abs(code))[1] - 1) == bits))
    return row


ROWS, COLUMNS = 8, 700
COUNT = ROWS * COLUMNS


def tensors():
    """Numbers that differ in how much of each format's range they need."""
    source = random.Random(8)
    normal = [source.gauss(0, 0.02) for _ in range(COUNT)]
    wide = [math.copysign(math.exp(source.gauss(-3, 4)), source.random() - 0.5) for _ in range(COUNT)]
    rows = [source.gauss(0, 4.0**row) for row in range(ROWS) for _ in range(COLUMNS)]
    relu = [max(0.0, source.gauss(0, 1)) for _ in range(COUNT)]
    ties = [15.0 if i % COLUMNS == 0 else source.choice([2**-23, 1.875 * 2**-4]) for i in range(COUNT)]  # between tiers
    return {"normal": ("F32", "<f", normal), "wide": ("F64", "<d", wide), "rows": ("F16", "<e", [x / 4 for x in rows]),
            "relu": ("BF16", None, relu), "ties": ("F32", "<f", ties),
            "holes": ("F32", "<f", [math.inf, -math.inf, math.nan] + normal[3:])}


def write(path):
    """The file, and what the numbers are in it."""
    header, data, stored = {}, b"", {}
    for name, (dtype, code, xs) in tensors().items():
        if code:
            packed = b"".join(struct.pack(code, x) for x in xs)
            stored[name] = [x for x, in struct.iter_unpack(code, packed)]
        else:  # bfloat16: the upper half of binary32
            packed = b"".join(struct.pack("<f", x)[2:] for x in xs)
            stored[name] = [struct.unpack("<f", b"\0\0" + packed[i:i + 2])[0] for i in range(0, len(packed), 2)]
        header[name] = {"dtype": dtype, "shape": [ROWS, COLUMNS], "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return stored


def main():
    program, work = sys.argv[1], pathlib.Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    stored = write(work / "in.safetensors")
    wrong = 0
    for options, target, is_per_channel in (([], 15.0, False), (["--per-channel", "--target", "2000"], 2000.0, True)):
        run = subprocess.run([program, work / "in.safetensors", work / "out.safetensors", *options],
                             check=True, capture_output=True, text=True)
        lines = map(str.split, run.stdout.splitlines())
        rows = {cells[0]: cells[3:] for cells in lines if cells and cells[0] in stored}
        assert rows.keys() == stored.keys(), run.stdout
        for name, xs in stored.items():
            channels = [xs[i:i + COLUMNS] for i in range(0, COUNT, COLUMNS)] if is_per_channel else [xs]
            expected, shown = figures(channels, target), [float(cell) for cell in rows[name]]
            assert len(expected) == len(shown), rows[name]
            tolerances = [1e-7 * expected[0]] + 4 * [0.0051] + 7 * [0.00051]  # as many digits as are shown
            for place, (a, b, tolerance) in enumerate(zip(expected, shown, tolerances)):
                if not (a == b or abs(a - b) <= tolerance):
                    print(f"{name} {options}: column {place + 3} shows {b}, expected {a}")
                    wrong += 1
    print(f"{wrong} figures are wrong")
    return wrong != 0


sys.exit(main())
