/* SPDX-License-Identifier: MIT */
/* bench - times one round of the library's work and prints it as a JSON object; bench.py pairs the rounds with those of
 * others.
 *
 *     bench TRAIN TEST FACTORS
 */
#include "timing.h"

enum { THREADS = 2, LIMIT = 20, QUESTIONS = 2000, FEW = 5, MANY = 15 };

static reco_data *read_events(const char *path, double *seconds, int64_t *rows)
{
    reco_builder *builder = NULL;
    reco_data *data = NULL;
    double begin = now();
    OK(reco_builder_new(&builder, &err));
    OK(reco_builder_read_events(builder, path, NULL, &err));
    *seconds = now() - begin;
    *rows = reco_builder_count(builder, "rows");
    OK(reco_builder_finish(builder, &data, &err));
    reco_builder_free(builder);
    return data;
}

/* The objective and parameters that implicit's figures are for. */
static reco_model *fit(const reco_data *data, int32_t factors, int32_t iterations, double *seconds)
{
    reco_model *model = NULL;
    OK(reco_model_new(&model, "als", &err));
    OK(reco_model_set_text(model, "objective", "hkv", &err));
    OK(reco_model_set(model, "factors", factors, &err));
    OK(reco_model_set(model, "iterations", iterations, &err));
    OK(reco_model_set(model, "alpha", 10, &err));
    OK(reco_model_set(model, "regularization", 10, &err));
    OK(reco_model_set(model, "threads", THREADS, &err));
    double begin = now();
    OK(reco_model_fit(model, data, NULL, &err));
    *seconds = now() - begin;
    return model;
}

/* The second of two rounds: the first pays for fresh memory. */
static double batch(const reco_model *model)
{
    int64_t n = reco_model_count(model, "users");
    int32_t *items = malloc((size_t)n * LIMIT * sizeof *items), *sizes = malloc((size_t)n * sizeof *sizes);
    float *scores = malloc((size_t)n * LIMIT * sizeof *scores);
    reco_query *query = NULL;
    double seconds = 0;
    OK(reco_query_new(&query, &err));
    OK(reco_query_limit(query, LIMIT, &err));
    for (int round = 0; round < 2 && items && sizes && scores; round++) {
        double begin = now();
        OK(reco_model_recommend_batch(model, query, NULL, n, THREADS, NULL, items, scores, sizes, NULL,
                                      &err));
        seconds = now() - begin;
    }
    reco_query_free(query);
    free(items);
    free(sizes);
    free(scores);
    return seconds;
}

/* One user's ten, one after the other: the times, sorted. */
static void latencies(const reco_model *model, double *times)
{
    reco_query *query = NULL;
    reco_list *list = NULL;
    int64_t n = reco_model_count(model, "users");
    OK(reco_query_new(&query, &err));
    OK(reco_list_new(&list, &err));
    for (int64_t k = 0; k < QUESTIONS; k++) {
        double begin = now();
        OK(reco_query_user(query, reco_model_id(model, RECO_USER, (int32_t)(k * 7919 % n)), &err));
        OK(reco_model_recommend(model, query, list, &err));
        times[k] = now() - begin;
    }
    qsort(times, QUESTIONS, sizeof *times, by_value);
    reco_list_free(list);
    reco_query_free(query);
}

static double load(const reco_model *model, int64_t *size)
{
    void *bytes = NULL;
    reco_model *loaded = NULL;
    OK(reco_model_save_bytes(model, RECO_SAVE_ALL, &bytes, size, &err));
    double begin = now();
    OK(reco_model_load_bytes(&loaded, bytes, *size, &err));
    double seconds = now() - begin;
    reco_model_free(loaded);
    reco_bytes_free(bytes);
    return seconds;
}

/* Bytes that this program had in memory at most. getrusage would count those of the program that started it too. */
static int64_t peak_memory(void)
{
    char line[256];
    long long kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file) && sscanf(line, "VmHWM: %lld", &kilobytes) != 1) {
    }
    if (file) {
        fclose(file);
    }
    return kilobytes * 1024;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: bench TRAIN TEST FACTORS\n");
        return 2;
    }
    static double times[QUESTIONS];
    double read, few, many, unused;
    int64_t rows, size, other;
    reco_report *report = NULL;
    reco_data *train = read_events(argv[1], &read, &rows), *test = read_events(argv[2], &unused, &other);
    reco_model_free(fit(train, atoi(argv[3]), FEW, &few));
    reco_model *model = fit(train, atoi(argv[3]), MANY, &many);
    int64_t peak = peak_memory();
    reco_protocol *protocol;
    OK(reco_protocol_new(&protocol, &err));
    OK(reco_protocol_set_text(protocol, "metrics", "recall@20", &err));
    OK(reco_protocol_set(protocol, "threads", THREADS, &err));
    OK(reco_model_evaluate(model, test, NULL, protocol, NULL, &report, &err));
    reco_protocol_free(protocol);
    double all = batch(model), loading = load(model, &size);
    latencies(model, times);
    printf(
        "{\"rows_per_second\": %.0f, \"iteration\": %.6f, \"fit\": %.4f, \"recall\": %.6f, \"batch\": %.5f, "
        "\"p50\": %.3e, \"p99\": %.3e, \"load\": %.5f, \"model_bytes\": %lld, \"peak_bytes\": %lld}\n",
        (double)rows / read, (many - few) / (MANY - FEW), many, reco_report_value(report, 0), all,
        times[QUESTIONS / 2], times[QUESTIONS * 99 / 100], loading, (long long)size, (long long)peak);
    reco_report_free(report);
    reco_model_free(model);
    reco_data_free(test);
    reco_data_free(train);
    return 0;
}
