"""natvis_to_cpp.py <natvis file> <header to write>: what Visual Studio evaluates, as C++.

The expressions of a natvis file are C++ over the type's members, private ones too. Each type's become the members of
shown_<type>, which is derived from it and to be compiled with -fno-access-control: a name that is not the library's any
more does not compile, and a test can ask for what Visual Studio would show.
"""
import re
import sys
import xml.etree.ElementTree as ElementTree

NAMESPACE = "{http://schemas.microsoft.com/vstudio/debugger/natvis/2010}"
TYPE = re.compile(r"(?P<name>hifloat::v\d+_\d+::(?P<short>\w+))(?P<arguments><\*>)?")


def pieces(text):
    """Of a DisplayString: statements that append its text and the values of {expression,format}."""
    for literal, expression, specifier in re.findall(r"([^{}]+)|\{([^{}]+),(\w+)\}", text):
        yield "append_text(text, \"%s\");" % literal if literal else "append_%s(text, %s);" % (specifier, expression)


def translate(kind):
    match = TYPE.fullmatch(kind.get("Name"))
    base = match["name"] + ("<>" if match["arguments"] else "")
    yield "struct shown_%s : %s {" % (match["short"], base)
    yield "  explicit shown_%s(%s x) : %s(x) {}" % (match["short"], base, base)
    for intrinsic in kind.iter(NAMESPACE + "Intrinsic"):
        yield "  auto %s() const { return %s; }" % (intrinsic.get("Name"), intrinsic.get("Expression"))
    yield "  std::string display() const {"
    yield "    std::string text;"
    for display in kind.iter(NAMESPACE + "DisplayString"):
        yield "    if (%s) {" % display.get("Condition", "true")
        yield from ("      " + piece for piece in pieces(display.text))
        yield "      return text;"
        yield "    }"
    yield "    return \"nothing\";"
    yield "  }"
    yield "  std::map<std::string, int> items() const {"
    items = ("{\"%s\", %s}" % (item.get("Name"), item.text) for item in kind.iter(NAMESPACE + "Item"))
    yield "    return {%s};" % ", ".join(items)
    yield "  }"
    yield "};"


def main():
    lines = []
    for kind in ElementTree.parse(sys.argv[1]).getroot().findall(NAMESPACE + "Type"):
        lines += translate(kind)
    with open(sys.argv[2], "w", encoding="utf-8") as header:
        header.write("\n".join(lines) + "\n")


main()
