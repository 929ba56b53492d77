#!/usr/bin/env bash
# What including a header costs: preprocessed lines, and the median compile time of a file that holds nothing else. The goal
# is in lines, because they don't depend on the machine. Exits with 1 when a core header misses it.
#
#   compile_cost.sh <compiler> <include directory> [--lines-only]
set -euo pipefail

compiler=$1
include_dir=$2
mode=${3:-}
goal=10000
repeats=5

core=(config format rounding overflow codec hif8)
core=("${core[@]/#/hifloat/}")
core=("${core[@]/%/.hpp}")
mapfile -t others < <(cd "$include_dir" && ls hifloat/*.hpp | grep -vxF "$(printf '%s\n' "${core[@]}")")
# To compare with; Eigen where it is installed.
to_compare=(cmath vector)
if echo '#include <Eigen/Core>' | "$compiler" -std=c++20 -isystem /usr/include/eigen3 -fsyntax-only -x c++ - 2>/dev/null; then
  to_compare+=(Eigen/Core)
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
compile=("$compiler" -std=c++20 -I "$include_dir" -isystem /usr/include/eigen3)

median_ms() {
  for ((i = 0; i < repeats; i++)); do
    local begin=${EPOCHREALTIME/[.,]/}
    "${compile[@]}" -O2 -c "$1" -o "$work/header.o"
    echo $(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
  done | sort -n | sed -n "$(((repeats + 1) / 2))p"
}

status=0
printf '%-28s %7s %6s  goal: core headers under %d lines\n' header lines ms $goal
for header in "${to_compare[@]}" "${core[@]}" "${others[@]}"; do
  source=$work/header.cpp
  echo "#include <$header>" >"$source"
  lines=$("${compile[@]}" -E "$source" | wc -l)
  ms=-
  [[ $mode == --lines-only ]] || ms=$(median_ms "$source")
  verdict=
  if [[ " ${core[*]} " == *" $header "* ]]; then
    verdict=met
    ((lines < goal)) || { verdict="not met" status=1; }
  fi
  printf '%-28s %7d %6s  %s\n' "$header" "$lines" "$ms" "$verdict"
done
exit $status
