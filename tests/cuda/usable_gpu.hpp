#pragma once

namespace gpu_test {

/// Null where there is a GPU that runs this program's kernels.
const char* why_no_gpu();

}  // namespace gpu_test
