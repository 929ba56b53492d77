# In gdb, stopped in shown(): everything is printed as the library says.
import math

import gdb

wrong = []


def same(shown, value):
    return math.isnan(shown) and math.isnan(value) or shown == value


def check(array, count, step, digits, fields=None):
    numbers, values = gdb.parse_and_eval(array), gdb.parse_and_eval(array + "_values")
    for i in range(0, count, step):
        text = numbers[i].format_string()
        number, rest = text.split(" ", 1)
        expected = "(0x%0*X%s)" % (digits, i, ": " + fields[i].string() if fields else "")
        if not same(float(number), float(values[i])) or rest != expected:
            wrong.append("%s[%d] is %s, not %s %s" % (array, i, text, values[i], expected))


check("hif8", 256, 1, 2, gdb.parse_and_eval("hif8_fields"))
check("bfloat16", 65536, 61, 4)
check("binary16", 65536, 61, 4)
if gdb.parse_and_eval("other_policies").format_string() != "6 (0x24: 0|01|0 0|100)":
    wrong.append("other policies: " + gdb.parse_and_eval("other_policies").format_string())
for line in wrong[:20]:
    print(line)
print("%d wrong" % len(wrong))
