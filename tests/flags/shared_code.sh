#!/usr/bin/env bash
# Which functions of the library two object files leave the linker to pick one of, though it matters which: none.
#
#   shared_code.sh <g++> <include directory> <source> <work directory> <regex of names that a compiler defines>
#
# Compiles the source for any x86-64 CPU, for AVX-512, and without exceptions, at -O0 and at -O2, with every inline
# function kept. A function is shared where both files have it under one name, weak. It matters which copy is kept if one
# of them
#   - has an instruction that the older CPU lacks,
#   - throws, and the other does not,
#   - refers to something that is keyed by the flags of its file (config.hpp): it would bring it into the other file.
# Functions of the library are those in namespace hifloat and the members of its specialisations of std's templates.
# Left out is what can't be keyed: what a compiler defines by itself, and instantiations of the standard library's own
# templates (std::vector<hif8_t>).
set -euo pipefail

compiler=("$1" -std=c++20 -I "$2" -DHIFLOAT_SIMD_X86=0)  # kernels are chosen at run time, whatever the flags
source=$3
work_dir=$4
compiler_defined=$5
mkdir -p "$work_dir"
cd "$work_dir"

declare -A flags=([any]='' [avx512]=-march=skylake-avx512 [aborts]=-fno-exceptions)
declare -A key
for side in "${!flags[@]}"; do
  key[$side]=$(echo HIFLOAT_KEY | "${compiler[@]}" ${flags[$side]} -include hifloat/config.hpp -x c++ -E -P - | tail -n 1)
  for level in O0 O2; do
    "${compiler[@]}" -march=x86-64 ${flags[$side]} -$level -fkeep-inline-functions -S "$source" -o $side.$level.s
  done
done

# compare <side> <side> <level>: prints why, and which function.
compare() {
  awk -v key="${key[$1]}|${key[$2]}" -v compiler_defined="$compiler_defined" '
    function ours(name) {
      return name ~ /^_Z+NK?(7hifloat|St(14numeric_limits|4hash|9formatter)I[NL]?7hifloat)/ &&
             name !~ compiler_defined
    }
    function found(why, name) { if (!(name in reason)) reason[name] = why }
    FNR == 1 { ++file }
    file <= 2 { if ($1 == ".weak" && ours($2)) ++weak[$2]; next }           # both files
    /^_Z[^:]*:$/ {                                                          # both again: here a function begins
      name = substr($0, 1, length($0) - 1)
      sub(/\.(cold|part|isra|constprop).*/, "", name)                       # a piece of it, split off
      is_shared = weak[name] == 2
      next
    }
    !is_shared || $1 ~ /^\./ { next }                                       # a directive
    $0 ~ key { found("refers to what is keyed", name) }
    /__cxa_throw/ { throws[file, name] = 1 }
    $1 ~ /^(v[a-z]|k[a-z]+[bwdq]$|lzcnt|popcnt|movbe|andn|bextr|bls|bzhi|sh[lr]x|sarx|rorx|mulx|pdep|pext)/ {
      found("has a newer instruction", name)
    }
    END {
      for (name in weak) {
        if (weak[name] == 2 && throws[3, name] != throws[4, name]) found("throws in one file", name)
        if (name in reason) print reason[name] ": " name
        ++functions
      }
      if (functions == 0) print "no function of the library: this test looks at nothing"
    }' "$1.$3.s" "$2.$3.s" "$1.$3.s" "$2.$3.s" | sort | c++filt
}

failed=0
for level in O0 O2; do
  for other in avx512 aborts; do
    found=$(compare any $other $level)
    [[ -z $found ]] && continue
    echo "shared by a file for any CPU and one with ${flags[$other]}, -$level:"
    echo "$found"
    failed=1
  done
done
exit $failed
