/* SPDX-License-Identifier: MIT */
/* F^T F in a shape of sums that depends on the sizes alone: F is cut into a fixed number of slices, a slice
 * into runs of rows that are summed in float, runs into slices and slices into G in double. */
#include "base/thread.h"
#include "normal.h"

#include <string.h>

enum { MOST_SLICES = 16, FEWEST_SLICES = 4, ROWS_IN_FLOAT = 2048 };

/* Few when the matrix is large, to bound the memory. */
static int32_t slices(int64_t width)
{
    int64_t n = ((int64_t)1 << 22) / (width * width);
    return (int32_t)(n > MOST_SLICES ? MOST_SLICES : n < FEWEST_SLICES ? FEWEST_SLICES : n);
}

int64_t reco__gram_need(int64_t width, int32_t threads)
{
    return width * width * (2 * slices(width) + threads);
}

typedef struct job {
    const reco__kernels *kernels;
    const float *rows;
    int64_t n, width;
    double *sum;    /* [slices, width, width] */
    float *partial; /* [threads, width, width] */
} job;

static reco_status add_slice(void *context, int64_t begin, int64_t end, int32_t worker)
{
    job *j = context;
    int64_t size = j->width * j->width, count = slices(j->width);
    for (int64_t slice = begin; slice < end; slice++) {
        double *sum = j->sum + slice * size;
        float *partial = j->partial + worker * size;
        int64_t last = j->n * (slice + 1) / count;
        memset(sum, 0, (size_t)size * sizeof *sum);
        for (int64_t row = j->n * slice / count; row < last; row += ROWS_IN_FLOAT) {
            const float *rows = j->rows + row * j->width;
            int64_t depth = last - row < ROWS_IN_FLOAT ? last - row : ROWS_IN_FLOAT;
            memset(partial, 0, (size_t)size * sizeof *partial);
            j->kernels->rank_update(j->width, depth, rows, rows, j->width, partial, j->width);
            for (int64_t k = 0; k < size; k++) {
                sum[k] += (double)partial[k];
            }
        }
    }
    return RECO_OK;
}

reco_status reco__gram(reco__run *run, const float *rows, int64_t n, int64_t width, double scale, float *gram,
                       float *scratch)
{
    int32_t count = slices(width);
    int64_t size = width * width;
    job j = {reco__kernels_best(), rows, n, width, (double *)(void *)scratch, scratch + 2 * count * size};
    reco_status status = reco__parallel_for(run, count, 1, add_slice, &j);
    for (int64_t r = 0; status == RECO_OK && r < width; r++) {
        for (int64_t c = r; c < width; c++) {
            double sum = 0;
            for (int32_t slice = 0; slice < count; slice++) {
                sum += j.sum[slice * size + r * width + c];
            }
            gram[r * width + c] = gram[c * width + r] = (float)(scale * sum);
        }
    }
    return status;
}
