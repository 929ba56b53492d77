# Shows hifloat's numbers in gdb by value, with their code and its fields (sign|dot|exponent|mantissa):
#
#   (gdb) source hifloat_gdb.py
#   (gdb) print x
#   $1 = 6 (0x24: 0|01|0 0|100)
import struct

import gdb
import gdb.printing


def hif8_fields(code):
    """Kind, exponent, mantissa, and the widths of dot, exponent and mantissa: include/hifloat/format.hpp, fields()."""
    magnitude = code & 0x7F
    if magnitude < 8:
        kind = "denormal" if magnitude else "nan" if code & 0x80 else "zero"
        return kind, magnitude - 23, 0, (4, 0, 3)
    exponent_bits = (magnitude >> 5) + 1 if magnitude >> 5 else magnitude >> 4
    dot_bits = 2 if exponent_bits > 1 else 4 - exponent_bits
    mantissa_bits = 7 - dot_bits - exponent_bits
    exponent = 0
    if exponent_bits:
        hidden_one = 1 << (exponent_bits - 1)
        field = magnitude >> mantissa_bits & (2 * hidden_one - 1)
        exponent = hidden_one | field & (hidden_one - 1)
        if field & hidden_one:
            exponent = -exponent
    kind = "infinity" if magnitude == 0x6F else "normal"
    mantissa = (magnitude & ((1 << mantissa_bits) - 1)) / (1 << mantissa_bits)
    return kind, exponent, mantissa, (dot_bits, exponent_bits, mantissa_bits)


def hif8_value(code):
    kind, exponent, mantissa, _ = hif8_fields(code)
    if kind == "zero":
        return 0.0
    if kind == "nan":
        return float("nan")
    value = float("inf") if kind == "infinity" else (1 + mantissa) * 2.0**exponent
    return -value if code & 0x80 else value


def hif8_fields_text(code):
    """As hifloat::fields_text."""
    bits = format(code, "08b")
    dot_bits, exponent_bits, mantissa_bits = hif8_fields(code)[3]
    exponent = bits[1 + dot_bits : 1 + dot_bits + exponent_bits]
    if len(exponent) > 1:
        exponent = exponent[0] + " " + exponent[1:]
    return "|".join((bits[0], bits[1 : 1 + dot_bits], exponent, bits[8 - mantissa_bits :] if mantissa_bits else ""))


def number_text(value):
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text


class NumberPrinter:
    def __init__(self, value):
        self.bits = int(value["bits_"])


class Hif8Printer(NumberPrinter):
    def to_string(self):
        return "%s (0x%02X: %s)" % (number_text(hif8_value(self.bits)), self.bits, hif8_fields_text(self.bits))


class Bfloat16Printer(NumberPrinter):
    def to_string(self):
        value = struct.unpack("<f", struct.pack("<I", self.bits << 16))[0]
        return "%s (0x%04X)" % (number_text(value), self.bits)


class Binary16Printer(NumberPrinter):
    def to_string(self):
        value = struct.unpack("<e", struct.pack("<H", self.bits))[0]
        return "%s (0x%04X)" % (number_text(value), self.bits)


def printers():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("hifloat")
    collection.add_printer("hif8", r"^hifloat::(v\w+::)?hif8<.*>$", Hif8Printer)
    collection.add_printer("bfloat16", r"^hifloat::(v\w+::)?bfloat16$", Bfloat16Printer)
    collection.add_printer("binary16", r"^hifloat::(v\w+::)?binary16$", Binary16Printer)
    return collection


gdb.printing.register_pretty_printer(None, printers(), replace=True)
