/* Vectors of LANES floats, which GCC and Clang make instructions of ("Vector Extensions"), and tiles of them.

This is compiled once for each instruction set. All loads may be unaligned. */

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__)
enum { LANES = 16, ROWS = 6, COLS = 4 }; /* 24 + 4 + 1 of 32 registers */
#elif defined(__AVX__)
enum { LANES = 8, ROWS = 4, COLS = 3 }; /* 12 + 3 + 1 of 16 */
#elif defined(__aarch64__)
enum { LANES = 4, ROWS = 6, COLS = 4 }; /* 24 + 4 + 1 of 32 */
#else
enum { LANES = 4, ROWS = 4, COLS = 3 };
#endif

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLLED _Pragma("unroll")
#else
#define UNROLLED _Pragma("GCC unroll 8")
#endif
#define EACH(i, count) UNROLLED for (int i = 0; i < (count); i++)

/* Frames of a tape, whose sums and share of V stay in the nearest caches from one half-step to the other. */
INLINE int64_t tape_length(int64_t components) {
  int64_t groups = 8192 / (components * LANES * ROWS);
  return ROWS * (groups > 8 ? 8 : groups < 1 ? 1 : groups);
}

typedef float vec __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t bits __attribute__((vector_size(4 * LANES), aligned(4)));
typedef vec tile[ROWS][COLS];

INLINE vec load(const float *from) { return *(const vec *)from; }
INLINE void store(float *to, vec a) { *(vec *)to = a; }
INLINE vec all(float a) { return a - (vec){0}; }
/* b where it is not a number. */
INLINE vec larger(vec a, vec b) {
  bits which = a > b;
  return (vec)(((bits)a & which) | ((bits)b & ~which));
}

INLINE float sum_of(const float *lanes) {
  float part[LANES];
  memcpy(part, lanes, sizeof part);
  for (int half = LANES / 2; half; half /= 2)
    for (int i = 0; i < half; i++) part[i] += part[i + half];
  return part[0];
}

/* x = 2^e m with m between √½ and √2; x positive and not subnormal. */
INLINE bits split(vec x, vec *mantissa) {
  bits e = ((bits)x - 0x3f3504f3) >> 23;
  *mantissa = (vec)((bits)x - (e << 23));
  return e;
}

/* log x for a normal positive x, within 2 units in the last place (tested); NaN stays NaN, ∞ becomes NaN.
   The polynomial is that of logf in S. Moshier's Cephes library. */
INLINE vec log_of(vec x) {
  vec m, e = __builtin_convertvector(split(x, &m), vec), z, y;
  m -= 1;
  z = m * m;
  y = m * 7.0376836292e-2f - 1.1514610310e-1f;
  y = y * m + 1.1676998740e-1f;
  y = y * m - 1.2420140846e-1f;
  y = y * m + 1.4249322787e-1f;
  y = y * m - 1.6668057665e-1f;
  y = y * m + 2.0000714765e-1f;
  y = y * m - 2.4999993993e-1f;
  y = y * m + 3.3333331174e-1f;
  y = y * m * z + e * -2.12194440e-4f - 0.5f * z;
  return m + y + e * 0.693359375f + (x - x);
}
