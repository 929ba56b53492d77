#include "training.hpp"

#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <span>
#include <string>

#include <hifloat/qat/schedule.hpp>

#include "language/adamw.hpp"
#include "language/corpus.hpp"
#include "language/decoder.hpp"
#include "language/sgd.hpp"
#include "language/wordnet.hpp"

namespace schedule_study {
namespace {

using language::Token;
using language::Vector;

constexpr std::size_t context = 32, batch = 16;

using Rate = std::function<double(std::uint64_t)>;

Rate schedule(const Recipe& recipe, double warm_down) {
  using namespace hifloat::qat::schedule;
  const std::uint64_t up = recipe.steps / 20;
  const LinearWarmup warmup{recipe.rate, up};
  if (recipe.shape == Recipe::Shape::linear) {
    return WarmDown(Sequence(warmup, Constant{recipe.rate, recipe.steps - up}), warm_down);
  }
  const auto down = static_cast<std::uint64_t>(std::llround(warm_down * static_cast<double>(recipe.steps)));
  return Sequence(warmup, Constant{recipe.rate, recipe.steps - up - down}, Cosine(recipe.rate, down));
}

/// The mean loss over the text.
double held_out_loss(language::Decoder& decoder, const Vector& parameters, std::span<const Token> text) {
  double sum = 0, count = 0;
  constexpr std::size_t part = batch * (context + 1);
  for (; text.size() >= part; text = text.subspan(part)) {
    const std::vector<float> losses = decoder.losses(parameters, text.first(part), context);
    sum = std::accumulate(losses.begin(), losses.end(), sum);
    count += static_cast<double>(losses.size());
  }
  return sum / count;
}

template <class Optimiser>
common::Record train_by(const Optimiser& optimiser, const language::Layout& layout, const Recipe& recipe,
                        const language::Format& format, std::uint64_t seed, const Text& text) {
  struct State {
    Vector parameters;
    Optimiser optimiser;
  };
  language::Decoder decoder(layout, context, format.make_linear);  // its layers keep nothing from step to step
  Vector gradient = Vector::Zero(layout.size());  // between its tensors it stays zero, as its norm must have it
  const language::Corpus corpus{text.training, language::Corpus::Batches::scattered, seed};
  const auto advance = [&](State& state, std::uint64_t step, double rate) {
    (void)decoder.train(state.parameters, corpus.batch(step, batch, context), context, gradient);
    state.optimiser.step(state.parameters, gradient, rate);
  };

  // All schedules share their beginning: each goes on by itself from the first step at which it leaves it.
  const Rate shared = schedule(recipe, 0);
  std::vector<Rate> rates;
  for (const double warm_down : warm_downs) rates.push_back(schedule(recipe, warm_down));
  std::vector<double> losses(rates.size());
  std::map<std::string, std::vector<double>> distances;
  State state{layout.initial(seed), optimiser};
  for (std::uint64_t step = 0; step <= recipe.steps; ++step) {
    for (std::size_t i = 0; i < rates.size(); ++i) {
      if (rates[i] == nullptr || (step < recipe.steps && rates[i](step) == shared(step))) continue;
      for (const language::Format& other : language::all_formats()) {
        if (other.grid_distance == nullptr) continue;
        auto& series = distances[distance_series(other)];
        series.resize(rates.size());
        series[i] = other.grid_distance(layout, state.parameters);
      }
      State branch = state;
      for (std::uint64_t s = step; s < recipe.steps; ++s) advance(branch, s, rates[i](s));
      losses[i] = held_out_loss(decoder, branch.parameters, text.held_out);
      rates[i] = nullptr;
    }
    if (step < recipe.steps) advance(state, step, shared(step));
  }

  common::Record record;
  record.set("loss", std::move(losses));
  for (auto& [name, series] : distances) record.set(name, std::move(series));
  return record;
}

}  // namespace

Text read_text(const std::filesystem::path& wordnet) {
  // So few tokens that their embedding doesn't outweigh the blocks, which are what is quantized.
  constexpr std::size_t glosses = 16'000, tokens = 256;
  const std::vector<std::string> texts = language::WordNet(wordnet).glosses(glosses);
  const auto byte_pairs = language::BytePairs::train(texts, tokens);
  Text text{{}, {}, static_cast<language::Index>(byte_pairs.vocabulary())};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::vector<language::Token> encoded = byte_pairs.encode(texts[i]);
    auto& stream = i % 32 == 31 ? text.held_out : text.training;
    stream.insert(stream.end(), encoded.begin(), encoded.end());
    stream.push_back(language::end_of_text);
  }
  return text;
}

language::Shape shape_of(language::Index width, language::Index vocabulary) {
  return {.vocabulary = vocabulary, .width = width, .heads = width / 8, .hidden = width * 8 / 3 / 8 * 8, .blocks = 2};
}

common::Record train(const Recipe& recipe, const language::Format& format, language::Index width, std::uint64_t seed,
                     const Text& text) {
  const language::Layout layout(shape_of(width, text.vocabulary));
  if (recipe.optimiser == Recipe::Optimiser::sgd) {
    return train_by(language::Sgd(layout), layout, recipe, format, seed, text);
  }
  return train_by(language::AdamW(layout), layout, recipe, format, seed, text);
}

}  // namespace schedule_study
