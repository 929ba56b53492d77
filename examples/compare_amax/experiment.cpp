#include "experiment.hpp"

#include <cstddef>
#include <exception>
#include <future>
#include <vector>

#include "common/tasks.hpp"

namespace compare_amax {
namespace {

constexpr std::size_t pretraining_share = 8;  // steps in float for each quantized one

}  // namespace

std::vector<SectionResult> run_experiment(const Options& options, const Speech& speech) {
  std::vector<SectionResult> results;
  for (const Section& section : sections(options)) {
    results.push_back({section.title, {}});
    for (const Scheme& scheme : section.schemes) {
      results.back().lines.push_back({scheme, std::vector<RunResult>(options.seeds)});
    }
  }

  // Every run of a seed starts from the same pre-trained model.
  std::vector<std::promise<Model>> promises(options.seeds);
  std::vector<std::shared_future<Model>> pretrained;
  for (auto& promise : promises) pretrained.push_back(promise.get_future().share());

  std::vector<common::Task> tasks;
  for (std::size_t s = 0; s < options.seeds; ++s) {
    tasks.push_back({"pre-training", [&, s] {
                       try {
                         promises[s].set_value(pretrain(speech, pretraining_share * options.steps, options.seed + s));
                       } catch (...) {
                         promises[s].set_exception(std::current_exception());
                       }
                     }});
  }
  for (std::size_t s = 0; s < options.seeds; ++s) {
    for (SectionResult& section : results) {
      for (Line& line : section.lines) {
        tasks.push_back({line.scheme.name(), [&, s] {
                           line.runs[s] = train_quantized(pretrained[s].get(), speech, line.scheme, options.steps,
                                                          options.seed + s);
                         }});
      }
    }
  }
  common::run_tasks(tasks);
  return results;
}

}  // namespace compare_amax
