/* SPDX-License-Identifier: MIT */
#include "show.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

show_text show_count(int64_t n)
{
    show_text digits, text;
    int length = snprintf(digits.s, sizeof(digits.s), "%lld", (long long)n), k = 0;
    for (int d = 0; d < length; d++) {
        if (d > (n < 0) && (length - d) % 3 == 0)
            text.s[k++] = ',';
        text.s[k++] = digits.s[d];
    }
    text.s[k] = '\0';
    return text;
}

show_text show_date(int64_t time)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    show_text text;
    time_t seconds = (time_t)time;
    struct tm date;
    if (!gmtime_r(&seconds, &date))
        memset(&date, 0, sizeof(date));
    snprintf(text.s, sizeof(text.s), "%d %s %d", date.tm_mday, months[date.tm_mon], date.tm_year + 1900);
    return text;
}

show_text show_duration(double s)
{
    show_text text;
    if (s < 1e-3)
        snprintf(text.s, sizeof(text.s), "%.0f us", s * 1e6);
    else if (s < 1)
        snprintf(text.s, sizeof(text.s), "%.1f ms", s * 1e3);
    else
        snprintf(text.s, sizeof(text.s), "%.2f s", s);
    return text;
}

double show_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void show_heading(const char *title)
{
    printf("\n%s\n", title);
    for (size_t k = strlen(title); k > 0; k--)
        putchar('-');
    putchar('\n');
}

void show_line(int64_t count, const char *sign, const char *what)
{
    printf("  %1s %11s  %s\n", sign, show_count(count).s, what);
}

void show_title(const reco_model *model, int32_t item, const char *field, int width)
{
    const char *title = reco_model_text(model, RECO_ITEM, item, field);
    if (!title)
        title = reco_model_id(model, RECO_ITEM, item);
    if (!title)
        title = "";
    if (width > 0)
        printf("%-*.*s", width, width, title);
    else
        printf("%s", title);
}

void show_list(const reco_model *model, const reco_list *list, const char *field)
{
    for (int32_t k = 0; k < reco_list_size(list); k++) {
        printf("  %2d. ", k + 1);
        show_title(model, reco_list_items(list)[k], field, 40);
        printf(" %8.3f\n", (double)reco_list_scores(list)[k]);
    }
}
