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
/// A line for each number that a run recorded: the loss of each step, answers, overshoots and amaxes of each tensor.
void print_series_csv(std::ostream& out, const Results& results);

[[nodiscard]] std::vector<common::Claim> claims(const Results& results);

}  // namespace qat_study
