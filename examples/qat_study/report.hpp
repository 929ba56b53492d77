// The tables, and what they say about the paper's claims.
#pragma once

#include <iosfwd>
#include <vector>

#include "common/verdict.hpp"
#include "study.hpp"

namespace qat_study {

void print_report(std::ostream& out, const Results& results);
/// A line a run.
void print_csv(std::ostream& out, const Results& results);

[[nodiscard]] std::vector<common::Claim> claims(const Results& results);

}  // namespace qat_study
