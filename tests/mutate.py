#!/usr/bin/env python3
"""Do the tests notice? Changes an operator or a constant of a header, or leaves out a statement, one at a time.

    tests/mutate.py hifloat/codec.hpp test_codec_constexpr exhaustive_codec

A change is killed where a test fails or hangs, or a constant expression does; it survives where all tests pass; what is
no C++ does not count. mutation_survivors.txt says of each survivor why no test can fail for it. A survivor that it does
not list makes the exit code 1, and so does a change that it lists and that did not survive.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent
INCLUDE = TESTS.parent / "include"

INSIDE = r"[^()]*"  # of parentheses, which may be nested
for _ in range(5):
    INSIDE = rf"(?:[^()]|\({INSIDE}\))*"
OPERAND = rf"(?:[^?:;,()]|::|\({INSIDE}\))+"
STATEMENT = rf"\s*(?!return|using|friend|const)\w(?:[^;{{}}()]|\({INSIDE}\)|= \{{[^;{{}}]*\}})+;"
OPERATORS = "== !=, != ==, <= <, >= >, < <=, > >=, && ||, || &&, + -, - +, * /, >> <<, << >>, & |, | &, ^ &, += -="
EDITS = [
    (rf"(?<=[;{{}}]){STATEMENT}", lambda statement: ""),
    (rf"(?<=if \(){INSIDE}(?=\))", lambda condition: f"!({condition})"),
    (rf"(?<= \? ){OPERAND} : {OPERAND}", lambda choice: " : ".join(reversed(choice.split(" : ")))),
    (r"(?<= )\S{1,2}(?= )", dict(pair.split() for pair in OPERATORS.split(", ")).get),
    (r"!(?=[\w(])", lambda negation: ""),
    (r"\+\+", lambda step: "--"),
    (r"\b(?:true|false)\b", {"true": "false", "false": "true"}.get),
    (r"(?<![\w.])(?:0x[0-9A-Fa-f]+|\d+)(?=[uUlL]*(?![\w.]))", lambda number: str(int(number, 0) + 1)),
]


def changes(header, text):
    """(the change as mutation_survivors.txt has it, the changed text)"""
    untouched = r"//.*|\"(?:\\.|[^\"\\\n])*\"|^\s*(?:#|static_assert).*"
    code = re.sub(untouched, lambda match: " " * len(match[0]), text, flags=re.MULTILINE)
    for pattern, edit in EDITS:
        for match in re.finditer(pattern, code):
            (begin, end), other = match.span(), edit(match[0])
            if other is None:
                continue
            line_begin = code.rfind("\n", 0, end - len(match[0].lstrip())) + 1
            line_end = code.find("\n", end)
            before, after = code[line_begin:line_end], code[line_begin:begin] + other + code[end:line_end]
            name = [header, "- " + " ".join(before.split()), "+ " + " ".join(after.split())]
            yield "\n".join(name).rstrip(), text[:begin] + other + text[end:]


class Runner:
    def __init__(self, options, work):
        self.header, self.tests, self.compiler, self.work = options.header, options.tests, options.compiler, work
        self.main = self.work / "main.o"
        subprocess.run([self.compiler, "-std=c++20", "-c", TESTS / "doctest_main.cpp", "-o", self.main], check=True)

    def outcome(self, number, text):
        """'killed', 'survived' or 'no C++'"""
        folder = self.work / str(number)
        (folder / self.header).parent.mkdir(parents=True)
        (folder / self.header).write_text(text)
        try:
            return next((outcome for test in self.tests if (outcome := self.run(test, folder))), "survived")
        finally:
            shutil.rmtree(folder)

    def run(self, test, folder):
        program = folder / test
        includes = [f"-I{place}" for place in (folder, INCLUDE, TESTS)]
        golden = f'-DHIFLOAT_TEST_GOLDEN_DIR="{TESTS}/golden"'
        build = subprocess.run([self.compiler, "-std=c++20", "-O0", "-w", "-pthread", golden, *includes,
                                TESTS / f"{test}.cpp", self.main, "-o", program], capture_output=True, text=True)
        if build.returncode != 0:
            constant = "static assertion failed|constant expression|operand of shift expression|array subscript value"
            return "killed" if re.search(constant, build.stderr) else "no C++"
        try:
            passed = subprocess.run([program, "--abort-after=1"], capture_output=True, timeout=120).returncode == 0
            return None if passed else "killed"
        except subprocess.TimeoutExpired:
            return "killed"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("header", help="as it is included")
    parser.add_argument("tests", nargs="+", help="names of tests/*.cpp, the quickest to build first")
    parser.add_argument("--only", default="", help="changes of lines that hold this text")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--compiler", default="g++")
    options = parser.parse_args()
    text = (INCLUDE / options.header).read_text()
    chosen = [change for change in changes(options.header, text) if options.only in change[0]]
    listed = re.findall(r"^(\S+\n- .*\n\+.*)\n(\w.*)$", (TESTS / "mutation_survivors.txt").read_text(), re.MULTILINE)
    reasons = {name: why for name, why in listed if name.startswith(options.header + "\n") and options.only in name}
    counts, survivors = {"killed": 0, "survived": 0, "no C++": 0}, set()
    with tempfile.TemporaryDirectory() as work:
        runner = Runner(options, pathlib.Path(work))
        if runner.outcome("unchanged", text) != "survived":
            raise SystemExit("the tests fail without any change")
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            outcomes = pool.map(runner.outcome, range(len(chosen)), (changed for _, changed in chosen))
            for (name, _), outcome in zip(chosen, outcomes):
                counts[outcome] += 1
                if outcome == "survived":
                    survivors.add(name)
                    print(name, reasons.get(name, "UNEXPLAINED"), "", sep="\n", flush=True)
    for name in reasons.keys() - survivors:
        print(name, "LISTED, BUT NO SURVIVOR", "", sep="\n")
    print(", ".join(f"{number} {name}" for name, number in counts.items()))
    return reasons.keys() != survivors


sys.exit(main())
