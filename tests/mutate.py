#!/usr/bin/env python3
"""Do the tests notice? Changes one operator or constant of a header at a time, and says which changes no test fails for.

    tests/mutate.py hifloat/codec.hpp test_codec_model test_codec_golden
    tests/mutate.py hifloat/scaling/delayed_scaler.hpp test_scaler_contract test_scaler_state

A change is killed where a test fails or hangs, or a static_assert does; it survives where all tests pass; one that is no
C++ does not count. Ends with the number of each; the exit code is 0 whatever they are: survivors are to be read.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPERATORS = {
    "==": ["!="], "!=": ["=="], "<=": ["<"], ">=": [">"], " < ": [" <= "], " > ": [" >= "], "&&": ["||"], "||": ["&&"],
    " + ": [" - "], " - ": [" + "], " * ": [" / "], " >> ": [" << "], " << ": [" >> "], " & ": [" | "], " | ": [" & "],
    "++": ["--"], " += ": [" -= "], " ^ ": [" & "], "true": ["false"], "false": ["true"],
}
NUMBER = re.compile(r"(?<![\w.])(0x[0-9A-Fa-f]+|\d+)(?=[uUlL]*(?![\w.]))")


def code_only(line):
    """The line with comments and strings blanked, so that places stay."""
    line = re.sub(r'"(\\.|[^"\\])*"', lambda m: " " * len(m.group()), line)
    return re.sub(r"//.*", lambda m: " " * len(m.group()), line)


def mutations(text):
    """(line number, what is changed, the changed text)"""
    lines = text.split("\n")
    for i, line in enumerate(lines):
        code = code_only(line)
        if code.lstrip().startswith(("#", "template", "static_assert", "requires")):
            continue
        edits = []
        for operator, others in OPERATORS.items():
            for match in re.finditer(re.escape(operator), code):
                edits += [(match.start(), match.end(), other) for other in others]
        for match in NUMBER.finditer(code):
            value = int(match.group(), 0)
            edits += [(match.start(), match.end(), str(value + 1))]
        for match in re.finditer(r" \? ([^?:]+) : ([^?:;,)]+)", code):
            edits.append((match.start(), match.end(), f" ? {match.group(2)} : {match.group(1)}"))
        for begin, end, other in edits:
            changed = line[:begin] + other + line[end:]
            yield i + 1, f"{line[begin:end].strip()} -> {other.strip()}", "\n".join(lines[:i] + [changed] + lines[i + 1 :])


class Runner:
    def __init__(self, header, tests, compiler, work):
        self.header, self.tests, self.compiler, self.work = header, tests, compiler, pathlib.Path(work)
        self.main = self.work / "main.o"
        subprocess.run([compiler, "-std=c++20", "-c", ROOT / "tests/doctest_main.cpp", "-o", self.main], check=True)

    def outcome(self, number, text):
        """'killed', 'survived' or 'no C++'"""
        folder = self.work / str(number)
        changed = folder / self.header
        changed.parent.mkdir(parents=True)
        changed.write_text(text)
        try:
            return self.run(folder)
        finally:
            shutil.rmtree(folder)

    def run(self, folder):
        golden = f'-DHIFLOAT_TEST_GOLDEN_DIR="{ROOT}/tests/golden"'
        for test in self.tests:
            program = folder / test
            build = subprocess.run(
                [self.compiler, "-std=c++20", "-O0", "-w", golden, "-I", folder, "-I", ROOT / "include", "-I", ROOT / "tests",
                 ROOT / "tests" / (test + ".cpp"), self.main, "-o", program],
                capture_output=True, text=True)
            if build.returncode != 0:
                constant = re.search(r"static assertion failed|is not a constant expression|in a constant expression", build.stderr)
                return "killed" if constant else "no C++"
            try:
                if subprocess.run([program], capture_output=True, timeout=120).returncode != 0:
                    return "killed"
            except subprocess.TimeoutExpired:
                return "killed"
        return "survived"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("header", help="as it is included")
    parser.add_argument("tests", nargs="+", help="names of tests/*.cpp, the quickest to build first")
    parser.add_argument("--every", type=int, default=1, help="only every so many changes")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--compiler", default="g++")
    options = parser.parse_args()
    text = (ROOT / "include" / options.header).read_text()
    changes = list(mutations(text))[:: options.every]
    counts = {"killed": 0, "survived": 0, "no C++": 0}
    with tempfile.TemporaryDirectory() as work:
        runner = Runner(options.header, options.tests, options.compiler, work)
        if runner.outcome("unchanged", text) != "survived":
            raise SystemExit("the tests fail without any change")
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            outcomes = pool.map(lambda change: runner.outcome(change[0], change[1][2]), enumerate(changes))
            for (line, what, changed), outcome in zip(changes, outcomes):
                counts[outcome] += 1
                if outcome == "survived":
                    print(f"{options.header}:{line}: {what}: {changed.splitlines()[line - 1].strip()}", flush=True)
    print(", ".join(f"{number} {name}" for name, number in counts.items()))


main()
