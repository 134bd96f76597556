/* SPDX-License-Identifier: MIT */
#include "csr.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"

reco_status reco__csr_transpose(const reco__csr *x, reco__csr *out, reco_error *err)
{
    reco_status status = RECO_OK;
    int64_t entries = reco__csr_size(x);
    int64_t *start = reco__alloc_zero((int64_t)x->columns + 2, sizeof *start);
    int32_t *index = reco__alloc(entries, sizeof *index);
    float *value = x->value ? reco__alloc(entries, sizeof *value) : NULL;
    TRY_ALLOC(start && index && (value || !x->value));
    for (int64_t e = 0; e < entries; e++) {
        start[x->index[e] + 2]++;
    }
    for (int32_t c = 0; c < x->columns; c++) {
        start[c + 2] += start[c + 1];
    }
    for (int32_t r = 0; r < x->rows;
         r++) { /* start[c + 1] is where column c is written next; it ends as its end */
        for (int64_t e = x->start[r]; e < x->start[r + 1]; e++) {
            int64_t to = start[x->index[e] + 1]++;
            index[to] = r;
            if (value) {
                value[to] = x->value[e];
            }
        }
    }
    *out = (reco__csr){x->columns, x->rows, start, index, value};
    return RECO_OK;
done:
    reco__free(start);
    reco__free(index);
    reco__free(value);
    return status;
}

float reco__csr_value(const reco__csr *x, int32_t row, int32_t column)
{
    int64_t from = x->start[row], at = reco__find_in(x->index + from, x->start[row + 1] - from, column);
    return at >= 0 ? x->value[from + at] : 0;
}

void reco__csr_free(reco__csr *x)
{
    reco__free(x->start);
    reco__free(x->index);
    reco__free(x->value);
    *x = (reco__csr){0};
}

int32_t reco__csr_valid(const reco__csr *x, int64_t entries)
{
    if (x->start[0] != 0 || x->start[x->rows] != entries || !reco__all_finite(x->value, entries)) {
        return 0;
    }
    for (int32_t r = 0; r < x->rows; r++) {
        if (x->start[r] > x->start[r + 1] || x->start[r + 1] > entries) {
            return 0;
        }
        for (int64_t e = x->start[r]; e < x->start[r + 1]; e++) {
            int32_t before = e > x->start[r] ? x->index[e - 1] : -1;
            if (x->index[e] <= before || x->index[e] >= x->columns) {
                return 0;
            }
        }
    }
    return 1;
}
