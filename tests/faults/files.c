/* SPDX-License-Identifier: MIT */
/* files save|load|read PATH: does one thing with a file, between two calls of getppid that mark it in a trace
 * of system calls. Ends in 0, or in the status's number without its sign. Driven by files.py. */
#include <reco/reco.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static reco_status make(reco_model **model, int32_t events)
{
    reco_builder *b = NULL;
    reco_data *data = NULL;
    reco_status status = reco_builder_new(&b, NULL);
    for (int64_t k = 0; k < events && status == RECO_OK; k++) {
        int64_t user = k % 997, item = k * k % 1009;
        status = reco_builder_add_events_i64(b, 1, &user, &item, NULL, NULL, NULL);
    }
    status = status ? status : reco_builder_finish(b, &data, NULL);
    status = status ? status : reco_model_new(model, "popular", NULL);
    status = status ? status : reco_model_fit(*model, data, NULL, NULL);
    reco_data_free(data);
    reco_builder_free(b);
    return status;
}

static reco_status save(const char *path, int32_t events)
{
    reco_model *model = NULL;
    reco_status status = make(&model, events);
    (void)getppid();
    status = status ? status : reco_model_save(model, path, RECO_SAVE_ALL, NULL);
    (void)getppid();
    reco_model_free(model);
    return status;
}

static reco_status load(const char *path)
{
    reco_model *model = NULL;
    (void)getppid();
    reco_status status = reco_model_load(&model, path, NULL);
    (void)getppid();
    reco_model_free(model);
    return status;
}

/* Also fails with RECO_EINTERNAL when a read that failed left something in the builder. */
static reco_status read_events(const char *path)
{
    reco_builder *b = NULL;
    reco_data *data = NULL;
    reco_status status = reco_builder_new(&b, NULL);
    (void)getppid();
    status = status ? status : reco_builder_read_events(b, path, NULL, NULL);
    (void)getppid();
    if (status && reco_builder_finish(b, &data, NULL) == RECO_OK && reco_data_count(data, "users") != 0) {
        status = RECO_EINTERNAL;
    }
    reco_data_free(data);
    reco_builder_free(b);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: files save-old|save-new|load|read PATH\n");
        return 99;
    }
    reco_status status = strcmp(argv[1], "save-old") == 0   ? save(argv[2], 4000)
                         : strcmp(argv[1], "save-new") == 0 ? save(argv[2], 9000)
                         : strcmp(argv[1], "load") == 0     ? load(argv[2])
                                                            : read_events(argv[2]);
    return (int)-status;
}
