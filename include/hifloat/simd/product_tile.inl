// The loops of a matrix product, for any instruction set. Included inside a target region and a namespace of that
// instruction set, after its `Products`:
//
//   Word                 what is multiplied: a float, or a pair of bfloat16 numbers
//   Words, Sums          vectors of `lanes` words, and of as many floats
//   rows, vectors        a tile's size: so many rows, and vectors of columns, whose sums fit into registers
//   load, store, broadcast, multiply_add; zero, load_sums, store_sums; prefetch
//   Doubles, double_lanes, set, load_doubles, widen, narrow (every NaN a quiet one), multiply, fused: for ends
//   arrange, of a panel's rows of words; widen_sums: where columns are summed in an order of its own

/// f(0), f(1), ... each a constant: what an array of registers is indexed by.
template <class F, std::size_t... Indices>
HIFLOAT_ALWAYS_INLINE void for_each_index(std::index_sequence<Indices...>, const F& f) {
  (f(std::integral_constant<std::size_t, Indices>{}), ...);
}
template <std::size_t N, class F>
HIFLOAT_ALWAYS_INLINE void for_each_index(const F& f) {
  for_each_index(std::make_index_sequence<N>{}, f);
}

template <class V>
HIFLOAT_ALWAYS_INLINE void fetch(CodesAhead& ahead) {
  V::prefetch(ahead.address);
  V::prefetch(ahead.address + ahead.step / 2);
  ahead.address += ahead.step;
}

/// The sums of a tile of so many rows, all in registers.
template <class V, std::size_t Rows>
struct TileSums {
  static constexpr std::size_t columns = V::vectors * V::lanes;

  /// As they were left, or 0.
  HIFLOAT_ALWAYS_INLINE TileSums(const float* sums, bool continues) {
    for_each([&](auto i, auto j) HIFLOAT_INLINE_LAMBDA {
      sum_[i][j] = continues ? V::load_sums(sums + i * columns + j * V::lanes) : V::zero();
    });
  }
  HIFLOAT_ALWAYS_INLINE void store(float* sums) const {
    for_each([&](auto i, auto j)
                 HIFLOAT_INLINE_LAMBDA { V::store_sums(sums + i * columns + j * V::lanes, sum_[i][j]); });
  }
  /// A word of each row, times a row of a panel.
  HIFLOAT_ALWAYS_INLINE void add(const typename V::Word* a, std::size_t a_stride, const typename V::Words* b) {
    for_each_index<Rows>([&](auto i) HIFLOAT_INLINE_LAMBDA {
      const typename V::Words x = V::broadcast(a + i * a_stride);
      for_each_index<V::vectors>([&](auto j)
                                     HIFLOAT_INLINE_LAMBDA { sum_[i][j] = V::multiply_add(x, b[j], sum_[i][j]); });
    });
  }

 private:
  template <class F>
  static HIFLOAT_ALWAYS_INLINE void for_each(const F& f) {
    for_each_index<Rows>([&](auto i) HIFLOAT_INLINE_LAMBDA {
      for_each_index<V::vectors>([&](auto j) HIFLOAT_INLINE_LAMBDA { f(i, j); });
    });
  }
  typename V::Sums sum_[Rows][V::vectors];
};

/// ProductTile.
template <class V, std::size_t Rows>
void multiply_tile(const void* rows, std::size_t row_stride, const void* panel, std::size_t words, float* sums,
                   bool continues, CodesAhead ahead) noexcept {
  const auto* a = static_cast<const typename V::Word*>(rows);
  const auto* b = static_cast<const typename V::Word*>(panel);
  TileSums<V, Rows> tile(sums, continues);
  for (std::size_t k = 0; k < words; ++k, b += tile.columns) {
    fetch<V>(ahead);
    typename V::Words row[V::vectors];
    for_each_index<V::vectors>([&](auto j) HIFLOAT_INLINE_LAMBDA { row[j] = V::load(b + j * V::lanes); });
    tile.add(a + k, row_stride, row);
  }
  tile.store(sums);
}

/// HiF8 codes that become words in registers, four vectors at a time: as an instruction set's array kernels decode.
///
/// What `multiply_codes` is told: word_rows, how many rows of words are in hand at a time, and their bytes; load,
/// words; note and any_special, of codes that it can't decode.
template <class V, class Primitives, class Decoding>
struct CodesInRegisters {
  using Group = typename Primitives::Ints;
  static constexpr std::size_t word_rows = 4 / V::vectors;
  static constexpr std::size_t bytes = sizeof(Group);

  static HIFLOAT_ALWAYS_INLINE Group load(const std::uint8_t* p) { return Primitives::load(p); }
  static HIFLOAT_ALWAYS_INLINE void words(const Group& codes, typename V::Words* words) {
    const auto values = Decoding::values(codes);
    words[0] = V::from_bits(values.a);
    words[1] = V::from_bits(values.b);
    words[2] = V::from_bits(values.c);
    words[3] = V::from_bits(values.d);
  }
  static HIFLOAT_ALWAYS_INLINE Group nothing_special() { return Primitives::zero(); }
  static HIFLOAT_ALWAYS_INLINE Group note(const Group& special, const Group& codes) {
    return Decoding::note(special, codes);
  }
  static HIFLOAT_ALWAYS_INLINE bool any_special(const Group& special) { return Decoding::any_special(special); }
};

template <class V, class Codes, std::size_t Rows, bool Keeps>
bool multiply_codes(const void* rows, std::size_t row_stride, const std::uint8_t* panel, std::size_t words, float* sums,
                    bool continues, CodesAhead ahead, void* kept) noexcept {
  constexpr std::size_t vectors = Codes::word_rows * V::vectors;
  if (words % Codes::word_rows != 0) return false;
  const auto* a = static_cast<const typename V::Word*>(rows);
  auto* to = static_cast<typename V::Word*>(kept);
  TileSums<V, Rows> tile(sums, continues);
  auto special = Codes::nothing_special();
  for (std::size_t k = 0; k < words; k += Codes::word_rows, panel += Codes::bytes) {
    const auto codes = Codes::load(panel);
    special = Codes::note(special, codes);
    typename V::Words b[vectors];
    Codes::words(codes, b);
    if constexpr (Keeps) {
      for_each_index<vectors>([&](auto j) HIFLOAT_INLINE_LAMBDA { V::store(to + j * V::lanes, b[j]); });
      to += vectors * V::lanes;
    }
    for_each_index<Codes::word_rows>([&](auto row) HIFLOAT_INLINE_LAMBDA {
      fetch<V>(ahead);
      tile.add(a + k + row, row_stride, b + row * V::vectors);
    });
  }
  if (Codes::any_special(special)) return false;
  tile.store(sums);
  return true;
}

/// ProductStream.
template <class V, class Codes, std::size_t Rows>
bool multiply_codes(const void* rows, std::size_t row_stride, const std::uint8_t* panel, std::size_t words, float* sums,
                    bool continues, CodesAhead ahead, void* kept) noexcept {
  if constexpr (Rows == V::stream_rows) {
    if (kept != nullptr) {
      return multiply_codes<V, Codes, Rows, true>(rows, row_stride, panel, words, sums, continues, ahead, kept);
    }
  }
  return multiply_codes<V, Codes, Rows, false>(rows, row_stride, panel, words, sums, continues, ahead, kept);
}

/// FinishRow. Scales before sums: a product of three floats is rounded once, whichever are multiplied first, so that
/// operands may change places.
template <class V>
void finish_row(float* y, const float* sums, const double* column_scales, std::size_t n, double row_factor, double beta,
                bool reads) noexcept {
  const typename V::Doubles factor = V::set(row_factor), old_factor = V::set(beta);
  for (std::size_t j = 0; j < n; j += V::double_lanes) {
    typename V::Doubles x =
        V::multiply(V::multiply(V::load_doubles(column_scales + j), factor), V::widen_sums(sums, j));
    if (reads) x = V::fused(old_factor, V::widen(y + j), x);
    V::narrow(y + j, x);
  }
}

template <class V, class Backend>
void decode_panel(const std::uint8_t* codes, void* words, std::size_t rows, const KernelParams& unscaled) noexcept {
  const std::size_t bytes = rows * V::vectors * V::lanes * sizeof(typename V::Word);
  Backend::decode(codes, static_cast<typename V::Number*>(words), bytes / sizeof(typename V::Number), unscaled);
  V::arrange(static_cast<typename V::Word*>(words), rows);
}

template <class V, std::size_t... Indices>
constexpr ProductTiles tiles_of(std::index_sequence<Indices...>) {
  ProductTiles tiles{};
  ((tiles[Indices] = &multiply_tile<V, Indices + 1>), ...);
  return tiles;
}
template <class V, class Codes, std::size_t... Indices>
constexpr ProductStreams streams_of(std::index_sequence<Indices...>) {
  ProductStreams streams{};
  ((streams[Indices] = &multiply_codes<V, Codes, Indices + 1>), ...);
  return streams;
}

/// The kernels of V, which read HiF8 as `Backend` decodes it, and as Codes in registers.
template <class V, class Backend, class Codes = void>
inline constexpr ProductKernels kernels_of = {
    .rows = V::rows,
    .columns = std::size_t{V::vectors} * V::lanes,
    .depth = sizeof(typename V::Word) / sizeof(typename V::Number),
    .stream_rows = V::stream_rows,
    .slice_words = V::slice_words,
    .part_words = V::part_words,
    .few_rows = V::few_rows,
    .few_words = V::few_words,
    .block_panels = V::block_panels,
    .block_rows = V::block_rows,
    .tiles = tiles_of<V>(std::make_index_sequence<V::rows>{}),
    .streams = streams_of<V, Codes>(std::make_index_sequence<V::stream_rows>{}),
    .finish = &finish_row<V>,
    .decode = &decode_numbers<Backend, typename V::Number>,
    .decode_panel = &decode_panel<V, Backend>,
};
