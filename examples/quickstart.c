/* SPDX-License-Identifier: MIT */
/* quickstart - from a few purchases to recommendations.
 *
 *     cc quickstart.c $(pkg-config --cflags --libs libreco) -o quickstart && ./quickstart
 */
#include <reco/reco.h>
#include <stdio.h>

static const char *const bought[][2] = {
    {"ann", "teapot"}, {"ann", "mug"},       {"ann", "tea towel"}, {"bob", "teapot"}, {"bob", "mug"},
    {"bob", "trowel"}, {"cleo", "teapot"},   {"cleo", "mug"},      {"cleo", "honey"}, {"dan", "trowel"},
    {"dan", "gloves"}, {"dan", "plant pot"}, {"eve", "trowel"},    {"eve", "gloves"}, {"eve", "teapot"},
};

static void show(const char *question, const reco_list *list)
{
    printf("%s\n", question);
    for (int32_t k = 0; k < reco_list_size(list); k++)
        printf("  %-10s %.2f\n", reco_list_id(list, k), (double)reco_list_scores(list)[k]);
}

int main(void)
{
    reco_error err = {""};
    reco_builder *builder = NULL;
    reco_data *data = NULL;
    reco_model *model = NULL;
    reco_query *query = NULL;
    reco_list *list = NULL;
    const char *const basket[] = {"gloves", "trowel"};
    int failed = 1;

    if (reco_builder_new(&builder, &err))
        goto done;
    for (size_t k = 0; k < sizeof(bought) / sizeof(bought[0]); k++)
        if (reco_builder_add_event(builder, bought[k][0], bought[k][1], NULL, 1, RECO_NO_TIME, &err))
            goto done;
    if (reco_builder_finish(builder, &data, &err))
        goto done;

    if (reco_model_new(&model, "item-knn", &err) || reco_model_set(model, "shrink", 0, &err) ||
        reco_model_fit(model, data, NULL, &err))
        goto done;

    if (reco_query_new(&query, &err) || reco_list_new(&list, &err) || reco_query_limit(query, 3, &err))
        goto done;
    if (reco_query_user(query, "ann", &err) || reco_model_recommend(model, query, list, &err))
        goto done;
    show("For ann:", list);
    if (reco_query_history(query, basket, NULL, 2, &err) || reco_model_recommend(model, query, list, &err))
        goto done;
    show("For somebody with gloves and a trowel in the basket:", list);
    if (reco_model_similar(model, "teapot", NULL, list, &err))
        goto done;
    show("Like a teapot:", list);

    if (reco_model_save(model, "quickstart.reco", RECO_SAVE_ALL, &err))
        goto done;
    failed = 0;
done:
    if (failed)
        fprintf(stderr, "quickstart: %s\n", err.message);
    reco_list_free(list);
    reco_query_free(query);
    reco_model_free(model);
    reco_data_free(data);
    reco_builder_free(builder);
    return failed;
}
