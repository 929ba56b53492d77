// The runs of a study: on all cores, each done once even if the study is interrupted.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "record.hpp"

namespace common {

struct Job {
  std::string key;              ///< of its record: everything that the run depends on and the file's header doesn't say
  std::function<Record()> run;  ///< must not depend on what runs beside it or ran before
  double cost = 1;              ///< about how long it takes, against the other jobs
};

/// The records of the jobs, in their order. Those that the file has are taken from there; the others run on `threads`
/// threads (0: one a core), the longest first, and go into the file as each finishes. Jobs with the same key are one.
/// When one throws, no other is started; the exception goes on to the caller once those that run are in the file.
[[nodiscard]] std::vector<Record> run_jobs(const std::vector<Job>& jobs, RecordFile& file, unsigned threads = 0);

}  // namespace common
