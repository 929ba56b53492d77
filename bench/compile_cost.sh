#!/usr/bin/env bash
# What including a header costs: preprocessed lines, and the median compile time of a file that holds nothing else. The goal
# is in lines, because they don't depend on the machine. Exits with 1 when a core header misses it.
#
#   compile_cost.sh <compiler> <include directory> [--goal-only]    (the core headers' lines alone)
#
# Any bash since 3.2, which macOS has.
set -euo pipefail

compiler=$1
include_dir=$2
mode=${3:-}
goal=10000
repeats=3

compile=("$compiler" -std=c++20 -I "$include_dir" -isystem /usr/include/eigen3)
for mpi_include in $(mpicxx --showme:incdirs 2>/dev/null || true); do
  compile+=(-isystem "$mpi_include")
done
has() { echo "#include <$1>" | "${compile[@]}" -fsyntax-only -x c++ - 2>/dev/null; }

core=(config format rounding overflow codec hif8)
core=("${core[@]/#/hifloat/}")
core=("${core[@]/%/.hpp}")
others=() to_compare=()
if [[ $mode != --goal-only ]]; then
  to_compare=(cmath vector)
  left_out='/(simd|cuda)/'  # inner parts, and what nvcc compiles
  if has Eigen/Core; then to_compare+=(Eigen/Core); else left_out+='|/eigen/'; fi
  has nlohmann/json.hpp || left_out+='|/io/'
  has mpi.h || left_out+='|/mpi/'
  # shellcheck disable=SC2207  # no header's name has a space
  others=($(cd "$include_dir" && find hifloat -name '*.hpp' | grep -vE "$left_out" |
    grep -vxF "$(printf '%s\n' "${core[@]}")" | sort))
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

median_ms() {
  local TIMEFORMAT=%3R  # seconds, with three decimals
  for ((i = 0; i < repeats; i++)); do
    { time "${compile[@]}" -O2 -c "$1" -o "$work/header.o" 2>&3; } 3>&2 2>&1
  done | tr -d '.,' | sort -n | sed -n "$(((repeats + 1) / 2))p" | sed 's/^0*//'
}

status=0
printf '%-44s %7s %6s  goal: core headers under %d lines\n' header lines ms $goal
for header in "${core[@]}" ${others[@]+"${others[@]}"} ${to_compare[@]+"${to_compare[@]}"}; do
  source=$work/header.cpp
  echo "#include <$header>" >"$source"
  lines=$("${compile[@]}" -E "$source" | wc -l)
  ms=-
  [[ $mode == --goal-only ]] || ms=$(median_ms "$source")
  verdict=
  if [[ " ${core[*]} " == *" $header "* ]]; then
    verdict=met
    ((lines < goal)) || { verdict="not met" status=1; }
  fi
  printf '%-44s %7d %6s  %s\n' "$header" "$lines" "$ms" "$verdict"
done
exit $status
