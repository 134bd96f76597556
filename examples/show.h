/* SPDX-License-Identifier: MIT */
/* show.h - how the longer examples print: counts, dates, lists beside one another. */
#ifndef SHOW_H
#define SHOW_H

#include <reco/reco.h>

/* Text that a function returned by value can hold. */
typedef struct show_text {
    char s[32];
} show_text;

show_text show_count(int64_t n);      /* 92,587 */
show_text show_date(int64_t time);    /* 5 April 2026 */
show_text show_duration(double s);    /* 12 us, 3.4 ms, 1.25 s */
double show_now(void);                /* seconds on a clock that only goes forward */
void show_heading(const char *title); /* a title with a line below */
void show_line(int64_t count, const char *sign, const char *what);

/* The title of an item, or its id when it has none (nothing for -1); cut and filled to `width` unless that is
 * 0. */
void show_title(const reco_model *model, int32_t item, const char *field, int width);
/* An answer, numbered, with scores. */
void show_list(const reco_model *model, const reco_list *list, const char *field);

#endif
