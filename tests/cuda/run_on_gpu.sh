#!/usr/bin/env bash
# Everything that only a GPU can show, as one command for a machine that has nvcc, g++ and a GPU, and neither CMake nor a
# network. What is worth most comes first, and each result is printed as it comes, for the case that it is cut off:
# the tests that take seconds, speed, all inputs, compute-sanitizer on small sizes, all inputs under --use_fast_math.
#
#   tests/cuda/run_on_gpu.sh [work directory [directory for the results]]
#
# results: summary.txt, bandwidth.txt, matmul.txt and tests.log, all that the tests printed. The exit code is 0 where no
# test failed; goals of speed that were missed are marked.
# DOCTEST_INCLUDE: the directory that has doctest/doctest.h, if that is neither the compiler's nor build/doctest_include.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=${1:-build/gpu}
results=${2:-$work}
mkdir -p "$work" "$results"
rm -f "$results"/{summary,bandwidth,matmul}.txt "$results/tests.log"
includes=(-I include)
if [[ -n ${DOCTEST_INCLUDE:-} ]]; then
  includes+=(-I "$DOCTEST_INCLUDE")
elif [[ -f build/doctest_include/doctest/doctest.h ]]; then
  includes+=(-I build/doctest_include)
fi
nvcc=$(command -v nvcc || echo /usr/local/cuda/bin/nvcc)
architecture=${HIFLOAT_GPU_ARCH:-sm_$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -n 1 | tr -d .)}

failed=0
say() { echo "$*" | tee -a "$results/summary.txt"; }
# run <name> <seconds at most> <command>...: one line, and after it what a failed one printed.
run() {
  local name=$1 limit=$2 start=$SECONDS code=0
  shift 2
  timeout "$limit" "$@" >"$work/$name.log" 2>&1 || code=$?
  { echo "== $name"; cat "$work/$name.log"; } >>"$results/tests.log"
  say "$(printf '%-24s %-12s %3d s, at %3d s' "$name" "$(outcome $code)" $((SECONDS - start)) $SECONDS)"
  [[ $code == 0 ]] || { failed=1; head -n 40 "$work/$name.log"; }
}
outcome() {
  case $1 in
    0) echo ok ;;
    124) echo "NOT FINISHED" ;;
    *) echo "FAILED ($1)" ;;
  esac
}

cuda() { "$nvcc" -std=c++20 -O2 "-arch=$architecture" "${includes[@]}" "$@"; }
cxx() { g++ -std=c++20 -O3 -march=native -DGPU_TEST_SKIPPED=77 "${includes[@]}" "$@"; }
tests=(group calls device_api options skinny matmul arrays)
pids=()
build() { "$@" & pids+=($!); }
for test in "${tests[@]}"; do build cuda -c "tests/cuda/gpu_$test.cu" -o "$work/$test.o"; done
build cuda --use_fast_math -c tests/cuda/gpu_arrays.cu -o "$work/arrays_fast.o"
build cuda -c tests/cuda/usable_gpu.cu -o "$work/usable.o"
build cuda bench/cuda_bandwidth.cu -o "$work/cuda_bandwidth"
build cuda bench/cuda_matmul.cu -lcublasLt -o "$work/cuda_matmul"
build cxx -c tests/cuda/reference.cpp -o "$work/reference.o"
build cxx -c tests/cuda/main.cpp -o "$work/main.o"
for pid in "${pids[@]}"; do wait "$pid"; done
pids=()
for test in "${tests[@]}" arrays_fast; do
  build cuda "$work/$test.o" "$work"/{usable,reference,main}.o -lcublasLt -o "$work/gpu_$test"
done
for pid in "${pids[@]}"; do wait "$pid"; done
say "built for $architecture in $SECONDS s"

for test in group calls device_api options skinny matmul; do run "$test" 120 "$work/gpu_$test" --duration; done
for bench in bandwidth matmul; do
  timeout 120 "$work/cuda_$bench" 2>&1 | tee "$results/$bench.txt" || failed=1
done
run arrays 300 "$work/gpu_arrays" --duration
if sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2>/dev/null); then
  for tool in memcheck racecheck; do
    for test in group calls device_api skinny options arrays; do
      run "${test}_$tool" 90 env HIFLOAT_GPU_QUICK=9 "$sanitizer" --tool $tool --error-exitcode 1 "$work/gpu_$test"
    done
  done
else
  say "no compute-sanitizer here: memory accesses and races were not checked"
fi
run arrays_fast_math 300 "$work/gpu_arrays_fast" --duration
say "all in $SECONDS s"
exit $failed
