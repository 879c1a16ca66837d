/* Model, quotients and sums of multiplicative updates in one pass over V, for float32.

Memory, not arithmetic, is what whole matrices cost with few components: the model, the quotient and the products with
them are each written and read again. Here the model of a tile of some frames by some bins is made in registers, turned
into its quotients there, and these are at once multiplied onto what the update needs. Nothing of V's size is written.

A tile is ROWS frames by COLS vectors of LANES bins, as many as the registers hold beside what they are multiplied by.
The compiler makes instructions of the vectors below (GCC and Clang: "Vector Extensions"); this file is compiled once
for each instruction set (see build.py), and `runs_here` tells whether this processor has the set. All loads may be
unaligned, and every sum is taken in an order that depends on the shapes alone. So results are the same, bit for bit,
wherever arrays lie. Between instruction sets they differ by rounding.

Arrays are those of problem.py: v (frames, width), h (frames, components), w (components, width), rows one after the
other, width a multiple of 16 with zeros in w beyond the last bin. */

#include "steps.h"

enum { ONTO_TEMPLATES, ONTO_ACTIVATIONS };

/* -- one tile ------------------------------------------------------------------------------------------
   `w` and `sums` of bins are stored chunk by chunk: cols vectors of the first component, of the second, … */

INLINE void model(tile m, int rows, int cols, const float *h, int64_t components, const float *w, float floor) {
  EACH(r, rows) EACH(c, cols) m[r][c] = all(floor);
  for (int64_t k = 0; k < components; k++) {
    vec x[COLS];
    EACH(c, cols) x[c] = load(w + (k * cols + c) * LANES);
    EACH(r, rows) {
      vec a = all(h[r * components + k]);
      EACH(c, cols) m[r][c] += a * x[c];
    }
  }
}

/* sums[r][k] += Σ over the tile's bins, lane by lane. */
INLINE void onto_templates(tile q, int rows, int cols, int64_t components, const float *w, float *sums) {
  for (int64_t k = 0; k < components; k++) {
    vec x[COLS];
    EACH(c, cols) x[c] = load(w + (k * cols + c) * LANES);
    EACH(r, rows) {
      float *at = sums + (r * components + k) * LANES;
      vec a = load(at);
      EACH(c, cols) a += q[r][c] * x[c];
      store(at, a);
    }
  }
}

/* sums[k][c] += Σ over the tile's frames. */
INLINE void onto_activations(tile q, int rows, int cols, const float *h, int64_t components, float *sums) {
  for (int64_t k = 0; k < components; k++) {
    vec x[COLS];
    EACH(c, cols) x[c] = load(sums + (k * cols + c) * LANES);
    EACH(r, rows) {
      vec a = all(h[r * components + k]);
      EACH(c, cols) x[c] += a * q[r][c];
    }
    EACH(c, cols) store(sums + (k * cols + c) * LANES, x[c]);
  }
}

/* Σ r − log r − 1 over the tile, lane by lane: the logarithm of a product costs one of its factors. */
INLINE vec itakura_saito(tile ratio, int rows, int cols) {
  vec sum = all(0), product = all(1), mantissa;
  bits exponent = (bits)sum;
  EACH(r, rows) EACH(c, cols) {
    exponent += split(ratio[r][c], &mantissa);
    product *= mantissa;
    sum += ratio[r][c] - 1;
  }
  return sum - (log_of(product) + __builtin_convertvector(exponent, vec) * 0.69314718056f);
}

struct sums {
  float *up, *down; /* of this chunk and these frames */
  vec *cost;        /* NULL where it is not wanted */
};

INLINE void one_tile(int rule, int half, int rows, int cols, const struct block *b, int64_t frame, int64_t bin,
                     const float *w, struct sums s) {
  const float *v = b->v + frame * b->width + bin, *h = b->h + frame * b->components;
  tile p, q;
  if (half == ONTO_ACTIVATIONS) /* V of the next tape: chunks of rows are no order that processors foresee */
    EACH(r, rows) for (int i = 0; i < cols * LANES; i += 16)
      __builtin_prefetch(v + (r + 8 * ROWS) * b->width + i, 0, 2);
  if (rule == AS_IT_IS) {
    EACH(r, rows) EACH(c, cols) p[r][c] = load(v + r * b->width + c * LANES);
  } else {
    model(q, rows, cols, h, b->components, w, b->floor);
    EACH(r, rows) EACH(c, cols) {
      vec x = load(v + r * b->width + c * LANES);
      if (rule == KULLBACK_LEIBLER) {
        p[r][c] = x / q[r][c];
      } else {
        q[r][c] = 1 / q[r][c];
        p[r][c] = larger(x, all(b->floor)) * q[r][c];
      }
    }
  }
  if (half == ONTO_ACTIVATIONS && rule == KULLBACK_LEIBLER && s.cost)
    EACH(r, rows) EACH(c, cols) *s.cost += load(v + r * b->width + c * LANES) * log_of(p[r][c] + b->log_shift);
  if (half == ONTO_ACTIVATIONS && rule == KULLBACK_LEIBLER && b->quotient)
    EACH(r, rows) EACH(c, cols) store(b->quotient + (frame + r) * b->width + bin + c * LANES, p[r][c]);
  if (half == ONTO_ACTIVATIONS && rule == ITAKURA_SAITO && s.cost) *s.cost += itakura_saito(p, rows, cols);
  if (rule == ITAKURA_SAITO) EACH(r, rows) EACH(c, cols) p[r][c] *= q[r][c];
  if (half == ONTO_TEMPLATES) {
    onto_templates(p, rows, cols, b->components, w, s.up);
    if (rule == ITAKURA_SAITO) onto_templates(q, rows, cols, b->components, w, s.down);
  } else if (b->bin_up) {
    onto_activations(p, rows, cols, h, b->components, s.up);
    if (rule == ITAKURA_SAITO) onto_activations(q, rows, cols, h, b->components, s.down);
  }
}

/* -- a tape: some frames, chunk by chunk of their bins --------------------------------------------------- */

INLINE void one_chunk(int rule, int half, int cols, const struct block *b, int64_t frame, int64_t count, int64_t bin,
                      const float *w, struct sums s) {
  int64_t step = half == ONTO_TEMPLATES ? b->components * LANES : 0, r = 0;
  for (; r + ROWS <= count; r += ROWS, s.up += ROWS * step, s.down += ROWS * step)
    one_tile(rule, half, ROWS, cols, b, frame + r, bin, w, s);
  for (; r < count; r++, s.up += step, s.down += step) one_tile(rule, half, 1, cols, b, frame + r, bin, w, s);
}

/* The bins of the chunk that begins here: COLS vectors while there are as many, then one. */
INLINE int64_t chunk(int64_t width, int64_t bin) { return width - bin >= COLS * LANES ? COLS * LANES : LANES; }

INLINE double whole_tape(int rule, int half, const struct block *b, int64_t frame, int64_t count, const float *w,
                         float *up, float *down) {
  double cost = 0;
  for (int64_t bin = 0; bin < b->width; bin += chunk(b->width, bin)) {
    int64_t at = half == ONTO_ACTIVATIONS ? b->components * bin : 0;
    vec part = all(0);
    struct sums s = {up + at, down + at, b->cost ? &part : 0};
    if (chunk(b->width, bin) > LANES)
      one_chunk(rule, half, COLS, b, frame, count, bin, w + b->components * bin, s);
    else
      one_chunk(rule, half, 1, b, frame, count, bin, w + b->components * bin, s);
    if (b->cost) /* in double precision from here on */
      for (int i = 0; i < LANES; i++) cost += part[i];
  }
  return cost;
}

static double tape(int half, const struct block *b, int64_t frame, int64_t count, const float *w, float *up,
                   float *down) {
  if (half == ONTO_TEMPLATES) switch (b->rule) {
      case AS_IT_IS: return whole_tape(AS_IT_IS, ONTO_TEMPLATES, b, frame, count, w, up, down);
      case KULLBACK_LEIBLER: return whole_tape(KULLBACK_LEIBLER, ONTO_TEMPLATES, b, frame, count, w, up, down);
      default: return whole_tape(ITAKURA_SAITO, ONTO_TEMPLATES, b, frame, count, w, up, down);
    }
  switch (b->rule) {
    case AS_IT_IS: return whole_tape(AS_IT_IS, ONTO_ACTIVATIONS, b, frame, count, w, up, down);
    case KULLBACK_LEIBLER: return whole_tape(KULLBACK_LEIBLER, ONTO_ACTIVATIONS, b, frame, count, w, up, down);
    default: return whole_tape(ITAKURA_SAITO, ONTO_ACTIVATIONS, b, frame, count, w, up, down);
  }
}

/* -- a block -------------------------------------------------------------------------------------------- */

/* Between rows of all components and chunks, there and back. */
static void packed(const float *rows, float *chunks, int64_t components, int64_t width) {
  for (int64_t bin = 0; bin < width; bin += chunk(width, bin))
    for (int64_t k = 0; k < components; k++, chunks += chunk(width, bin))
      memcpy(chunks, rows + k * width + bin, 4 * chunk(width, bin));
}

static void unpacked(const float *chunks, float *rows, int64_t components, int64_t width) {
  for (int64_t bin = 0; bin < width; bin += chunk(width, bin))
    for (int64_t k = 0; k < components; k++, chunks += chunk(width, bin))
      memcpy(rows + k * width + bin, chunks, 4 * chunk(width, bin));
}

/* Sums over lanes, and the update of the activations by them. */
static void frames_of(const struct block *b, int64_t frame, int64_t count, const float *up, const float *down,
                      float *sums) {
  int64_t size = b->components;
  float *ups = sums, *downs = sums + count * size;
  for (int64_t i = 0; i < count * size; i++, up += LANES, down += LANES) {
    ups[i] = sum_of(up);
    downs[i] = (b->rule == ITAKURA_SAITO ? sum_of(down) : 0) + (b->more ? b->more[i % size] : 0);
  }
  if (b->frame_up) memcpy(b->frame_up + frame * size, ups, 4 * count * size);
  if (b->frame_down) memcpy(b->frame_down + frame * size, downs, 4 * count * size);
  for (int64_t r = 0; b->more && r < count; r++)
    multiplied(b, b->h + (frame + r) * size, ups + r * size, downs + r * size);
  if (b->gram) descended(b, frame, count, ups, (vec *)(downs + count * size));
}

int64_t scratch_size(int64_t components, int64_t width) {
  return components * (3 * width + 2 * tape_length(components) * (LANES + 1) + 2 * LANES) + 16;
}

int runs_here(void) {
#if defined(__AVX512F__)
  return __builtin_cpu_supports("avx512f");
#elif defined(__AVX2__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return 1;
#endif
}

void sweep(const struct block *b) {
  struct block after = *b;
  int64_t size = b->components * b->width, length = tape_length(b->components), lanes = b->components * length * LANES;
  float *w = (float *)(((uintptr_t)b->scratch + 63) & ~(uintptr_t)63);
  float *bin_up = w + size, *bin_down = bin_up + size, *up = bin_down + size, *down = up + lanes, *sums = down + lanes;
  double cost = 0;
  if (b->ahead) after.h = b->ahead;
  packed(b->w, w, b->components, b->width);
  memset(bin_up, 0, 4 * 2 * size);
  for (int64_t frame = 0; frame < b->frames; frame += length) {
    int64_t count = b->frames - frame < length ? b->frames - frame : length;
    if (b->more || b->gram || b->frame_up) {
      memset(up, 0, 4 * 2 * lanes);
      tape(ONTO_TEMPLATES, b, frame, count, w, up, down);
      frames_of(b, frame, count, up, down, sums);
    }
    if (b->bin_up || b->cost) cost += tape(ONTO_ACTIVATIONS, &after, frame, count, w, bin_up, bin_down);
  }
  if (b->bin_up) unpacked(bin_up, b->bin_up, b->components, b->width);
  if (b->bin_down) unpacked(bin_down, b->bin_down, b->components, b->width);
  if (b->cost) *b->cost = cost;
}

/* HALS of templates: x, up (components, width) in place of activations. */
void coordinates(int64_t components, int64_t width, float *x, const float *up, const float *gram, const uint8_t *hold,
                 int64_t sweeps, float *scratch) {
  vec *column = (vec *)scratch, *aim = column + components;
  for (int64_t bin = 0; bin < width; bin += LANES) {
    for (int64_t k = 0; k < components; k++) column[k] = load(x + k * width + bin), aim[k] = load(up + k * width + bin);
    in_turn(column, aim, gram, hold, components, sweeps);
    for (int64_t k = 0; k < components; k++) store(x + k * width + bin, column[k]);
  }
}
