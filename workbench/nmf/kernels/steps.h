/* What is wanted of a block, and the two ways in which the activations of its frames are updated. */

#include "vectors.h"

/* What becomes of a bin: V itself; V/L; or V/L² and 1/L, where V too is at least the floor. */
enum { AS_IT_IS, KULLBACK_LEIBLER, ITAKURA_SAITO };

/* NULL is what is not wanted. The fields are those of compiled.py, in its order. */
struct block {
  int64_t rule, frames, width, components;
  int64_t root;    /* whether the ratio by which h is multiplied is under a square root */
  int64_t sweeps;  /* of HALS over the components */
  float floor;     /* added to the model */
  float log_shift; /* KULLBACK_LEIBLER's cost is Σ v log(v/L + this) */
  float reach;     /* how far beyond h `ahead` lies, in steps from `last` to h */
  float unused;
  const float *v, *w;
  float *h;
  const uint8_t *hold;          /* (components): whose h stays */
  const float *more;            /* (components): what h's denominators have beside the sums; NULL: not multiplied */
  const float *gram, *less;     /* (components, components), (components): HALS; NULL: no such step */
  const float *last;            /* (frames, components) */
  float *ahead;                 /* (frames, components): in h's place from here on; NULL: h itself */
  float *frame_up, *frame_down; /* (frames, components): sums onto the templates */
  float *bin_up, *bin_down;     /* (components, width): sums onto the new activations */
  float *quotient;              /* (frames, width): V/L at them */
  double *cost;                 /* at them, without what depends on V alone */
  float *scratch;               /* `scratch_size` floats */
};

/* h ← h (up/down)^γ of one frame, as `Problem.step` does it. */
static void multiplied(const struct block *b, float *h, const float *up, const float *down) {
  const float least = 1.17549435e-38f, most = 1.84467430e19f; /* the least normal number, √ of the largest */
  for (int64_t k = 0; k < b->components; k++) {
    if (b->hold[k]) continue;
    float ratio = up[k] / (down[k] > least ? down[k] : least);
    ratio = ratio > most ? most : ratio;
    h[k] *= b->root ? sqrtf(ratio) : ratio;
    if (h[k] < least) h[k] = 0; /* smaller ones are slow */
  }
}

/* Sweeps over the rows of x (components, LANES): each at the minimum of ½ xᵀ gram x − upᵀ x over x ≥ 0, all others
   fixed (Cichocki & Phan, IEICE Trans. E92-A(3), 2009, eq. 25). */
static void in_turn(vec *x, const vec *up, const float *gram, const uint8_t *hold, int64_t components, int64_t sweeps) {
  for (int64_t sweep = 0; sweep < sweeps; sweep++)
    for (int64_t k = 0; k < components; k++) {
      const float *row = gram + k * components;
      if (hold[k] || !(row[k] > 0)) continue;
      vec even = up[k], odd = row[k] * x[k];
      int64_t j = 0;
      for (; j + 1 < components; j += 2) even -= row[j] * x[j], odd -= row[j + 1] * x[j + 1];
      if (j < components) even -= row[j] * x[j];
      x[k] = larger(all(0), (even + odd) / row[k]);
    }
}

/* The same for some frames, whose sums are up (count, components), and the points ahead of them. */
static void descended(const struct block *b, int64_t frame, int64_t count, const float *up, vec *x) {
  int64_t size = b->components;
  vec *aim = x + size;
  float *h = b->h + frame * size;
  for (int64_t first = 0; first < count; first += LANES) {
    int64_t lanes = count - first < LANES ? count - first : LANES;
    for (int64_t k = 0; k < size; k++) {
      x[k] = aim[k] = all(0);
      for (int64_t i = 0; i < lanes; i++) {
        x[k][i] = h[(first + i) * size + k];
        aim[k][i] = up[(first + i) * size + k] - b->less[k];
      }
    }
    in_turn(x, aim, b->gram, b->hold, size, b->sweeps);
    for (int64_t k = 0; k < size; k++)
      for (int64_t i = 0; i < lanes; i++) h[(first + i) * size + k] = x[k][i];
  }
  for (int64_t i = frame * size; b->ahead && i < (frame + count) * size; i++) {
    float far = b->h[i] + b->reach * (b->h[i] - b->last[i]);
    b->ahead[i] = far < 0 ? 0 : far;
  }
}
