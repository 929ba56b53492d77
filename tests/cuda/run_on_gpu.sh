#!/usr/bin/env bash
# Everything that only a GPU can show, as one command for a machine that has nvcc, g++ and a GPU, and neither CMake nor a
# network: builds, runs the tests (also under --use_fast_math and, small, under compute-sanitizer), prints the bandwidth
# table and the products' speed last.
#
#   tests/cuda/run_on_gpu.sh [work directory]
#
# DOCTEST_INCLUDE: the directory that has doctest/doctest.h, if that is neither the compiler's nor build/doctest_include.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=${1:-build/gpu}
mkdir -p "$work"
includes=(-I include)
if [[ -n ${DOCTEST_INCLUDE:-} ]]; then
  includes+=(-I "$DOCTEST_INCLUDE")
elif [[ -f build/doctest_include/doctest/doctest.h ]]; then
  includes+=(-I build/doctest_include)
fi
nvcc=$(command -v nvcc || echo /usr/local/cuda/bin/nvcc)
architecture=${HIFLOAT_GPU_ARCH:-sm_$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader | head -n 1 | tr -d .)}

started=$SECONDS
cuda() { "$nvcc" -std=c++20 -O2 "-arch=$architecture" "${includes[@]}" "$@"; }
cxx() { g++ -std=c++20 -O3 -march=native -DGPU_TEST_SKIPPED=77 "${includes[@]}" "$@"; }
pids=()
build() { "$@" & pids+=($!); }
build cuda -c tests/cuda/gpu_arrays.cu -o "$work/arrays.o"
build cuda --use_fast_math -c tests/cuda/gpu_arrays.cu -o "$work/arrays_fast.o"
build cuda -c tests/cuda/gpu_calls.cu -o "$work/calls.o"
build cuda -c tests/cuda/gpu_group.cu -o "$work/group.o"
build cuda -c tests/cuda/gpu_skinny.cu -o "$work/skinny.o"
build cuda -c tests/cuda/usable_gpu.cu -o "$work/usable.o"
build cuda -c tests/cuda/gpu_matmul.cu -o "$work/matmul.o"
build cuda bench/cuda_bandwidth.cu -o "$work/cuda_bandwidth"
build cuda bench/cuda_matmul.cu -lcublasLt -o "$work/cuda_matmul"
build cxx -c tests/cuda/reference.cpp -o "$work/reference.o"
build cxx -c tests/cuda/main.cpp -o "$work/main.o"
for pid in "${pids[@]}"; do wait "$pid"; done
for test in arrays arrays_fast calls group skinny matmul; do
  cuda "$work/$test.o" "$work"/{usable,reference,main}.o -lcublasLt -o "$work/gpu_$test"
done
echo "built for $architecture in $((SECONDS - started)) s"

failed=0
run() {
  local name=$1 start=$SECONDS code=0
  shift
  "$@" >"$work/$name.log" 2>&1 || code=$?
  tail -n 4 "$work/$name.log"
  printf '%-28s %s, %d s\n' "$name" "$([[ $code == 0 ]] && echo ok || echo "FAILED ($code)")" $((SECONDS - start))
  [[ $code == 0 ]] || { failed=1; head -n 60 "$work/$name.log"; }
}
run group "$work/gpu_group" --duration
run calls "$work/gpu_calls" --duration
run arrays "$work/gpu_arrays" --duration
run arrays_fast_math "$work/gpu_arrays_fast" --duration
run skinny "$work/gpu_skinny" --duration
run matmul "$work/gpu_matmul" --duration
if sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda/bin/compute-sanitizer 2>/dev/null); then
  for tool in memcheck racecheck; do
    for test in arrays calls group skinny; do
      run "${test}_$tool" env HIFLOAT_GPU_QUICK=1 timeout 240 "$sanitizer" --tool $tool --error-exitcode 1 "$work/gpu_$test"
    done
  done
else
  echo "no compute-sanitizer here: memory accesses and races were not checked"
fi
{ "$work/cuda_bandwidth"; "$work/cuda_matmul"; } | tee "$work/bandwidth.log" || failed=1
exit $failed
