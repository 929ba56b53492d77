#!/usr/bin/env python3
"""Writes the seeds beside this file: python3 make_seeds.py. They are written by hand from the formats' descriptions."""

import json
import pathlib
import struct
import zlib

seeds = pathlib.Path(__file__).parent / "seeds"


def seed(target, name, data):
    (seeds / target).mkdir(parents=True, exist_ok=True)
    (seeds / target / name).write_bytes(data)


numbers = ["1.5", "-0.1875", "32768", "40960", "1e-7", "-2.5E+3", "0x1p0", "1.8p-3", "inf", "-Infinity", "nan(quiet)",
           "123456789012345678901234567890e-25", "0." + "0" * 40 + "1e30", "", "-", ".", "1e", "1e999999999999999999999"]
for i, text in enumerate(numbers):
    seed("from_chars", f"{i:02}", text.encode())


def state(kind, contents):
    head = b"HiF8SCAL" + struct.pack("<IIQ", 1, kind, len(contents)) + contents
    return head + struct.pack("<I", zlib.crc32(head))


def array(data, count=None):
    return struct.pack("<Q", len(data) if count is None else count) + data


def common(algorithm, parameters, window, options=(15.0, float("inf"), 0, 0, 1, 0.0)):
    return (array(algorithm) + array(parameters) + struct.pack("<Q", window) + struct.pack("<ffiBif", *options) +
            struct.pack("<Bf", 1, 1.0) + b"\0" + struct.pack("<BQ", 1, 9))


def tensor(amaxes):
    return (struct.pack("<fIQQQ", 5.0, 0, 1, len(amaxes), 0) +
            array(struct.pack(f"<{len(amaxes)}f", *amaxes), len(amaxes)))


scaler = common(b"max", b"", 2) + tensor([3.0])
smooth = common(b"exp_smooth", struct.pack("<d", 0.25), 6, (224.0, 224.0, -2, 0, 3, 8.0)) + tensor([3.0, 1.0])
percentile = struct.pack("<d", 0.75)
group = (common(b"percentile", percentile, 4) + struct.pack("<Q", 2) + array(b"weight") + array(b"") + tensor([3.0]) +
         tensor([]))
fake = b"\1" + struct.pack("<I", 1) + scaler + struct.pack("<QQQQ", 1, 2, 3, 4)
seed("saved_state", "scaler", state(1, scaler))
seed("saved_state", "smooth", state(1, smooth))
seed("saved_state", "group", state(2, group))
seed("saved_state", "group_max", state(2, common(b"max", b"", 3) + struct.pack("<Q", 1) + array(b"a") + tensor([1.0])))
seed("saved_state", "fake_quantizer", state(3, fake))
seed("saved_state", "layer", state(4, struct.pack("<QQ", 3, 2) + fake * 3))
seed("saved_state", "gate", state(5, struct.pack("<QQ", 20, 4) + array(b"a") + array(b"b")))
seed("saved_state", "cold_start_scale", state(1, scaler.replace(struct.pack("<Bf", 1, 1.0), struct.pack("<Bf", 1, 2.0))))
seed("saved_state", "truncated", state(1, scaler)[:60])


def npy(descr, shape, data, order="False", version=1):
    header = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    prefix = 10 if version == 1 else 12
    header += b" " * (63 - (prefix + len(header)) % 64) + b"\n"
    return b"\x93NUMPY" + struct.pack("<BB", version, 0) + struct.pack("<H" if version == 1 else "<I", len(header)) + \
        header + data


tag = "inverse_scale=0.5 target=15 rounding=ties_away"
seed("npy", "f32", npy("'<f4'", "(2, 3)", bytes(24)))
seed("npy", "f64_number", npy("'<f8'", "()", bytes(8)))
seed("npy", "f16_columns", npy("'<f2'", "(3,)", bytes(6), "True", 2))
seed("npy", "bytes_empty", npy("'|u1'", "(0, 7)", b"", version=3))
seed("npy", "bf16", npy("[('bfloat16', '<u2')]", "(1,)", bytes(2)))
seed("npy", "hif8", npy(f"[(('{tag}', 'hif8'), '|u1')]", "(4,)", b"\x08\x80\x88\x6f"))
seed("npy", "big_endian", npy("'>f4'", "(1,)", bytes(4)))
seed("npy", "too_large", npy("'<f4'", "(4294967296, 4294967296)", bytes(4)))


def safetensors(header, data):
    text = header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


seed("safetensors", "f32", safetensors({"x": entry("F32", [1, 2], 0, 8)}, bytes(8)))
seed("safetensors", "empty", safetensors(b"{}", b""))
seed("safetensors", "two", safetensors({"__metadata__": {"format": "pt"}, "b": entry("BF16", [], 2, 4),
                                        "a\u00e4": entry("F16", [1], 0, 2), "e": entry("I64", [0, 3], 4, 4)}, bytes(4)))
seed("safetensors", "hif8", safetensors({"__metadata__": {"hif8:w": "inverse_scale=0.5,0.1 target=15 rounding=hybrid"},
                                         "w": entry("U8", [2, 2], 0, 4)}, b"\x08\x80\x88\x6f"))
seed("safetensors", "hole", safetensors({"a": entry("U8", [1], 0, 1), "b": entry("U8", [1], 2, 3)}, bytes(3)))
seed("safetensors", "overlap", safetensors({"a": entry("U8", [2], 0, 2), "b": entry("U8", [2], 1, 3)}, bytes(3)))
seed("safetensors", "four_bits", safetensors({"a": entry("F4", [4], 0, 2)}, bytes(2)))
seed("safetensors", "deep", safetensors(b'{"a":' + b"[" * 200, b""))
