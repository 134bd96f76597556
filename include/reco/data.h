/* SPDX-License-Identifier: MIT */
/** @file data.h
 * Events and features in (`reco_builder`), an immutable data set out (`reco_data`).
 *
 *     reco_builder *b;  reco_data *d;
 *     reco_builder_new(&b, &err);
 *     reco_builder_read_events(b, "events.csv", NULL, &err);
 *     reco_builder_finish(b, &d, &err);
 *     reco_builder_free(b);
 *
 * Ids are strings; a 64-bit id is the same id as its decimal text, so 17 and "17" are one item. An id has 1
 * to 1023 bytes. In a data set users and items are numbered from 0 in the order of their ids, shorter ids
 * first and equal lengths by bytes, so whole numbers are in numeric order and the order of the events does
 * not matter.
 */
#ifndef RECO_DATA_H
#define RECO_DATA_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Collects events, features and consent; the only mutable data object. */
typedef struct reco_builder reco_builder;
/** Users, items, the interaction matrix and features. Immutable: any number of threads may use one. */
typedef struct reco_data reco_data;
/** How a text file of events, items or users is written. */
typedef struct reco_format reco_format;

/** Whom a feature or an id belongs to. A context is what was so at an event, as the season, the device or the place:
 * it has features and no id. */
#define RECO_USER    0
#define RECO_ITEM    1
#define RECO_CONTEXT 2

/** What a feature is made of. */
#define RECO_FIELD_TOKEN  0
#define RECO_FIELD_NUMBER 1
#define RECO_FIELD_TEXT   2
#define RECO_FIELD_VECTOR 3

/** The time of an event that has none. */
#define RECO_NO_TIME INT64_MIN

/** What a user has agreed to: the bits of purposes, added up. There are 32: two that are always there and those of
 * reco_builder_set_purpose. Who never said anything has agreed to all.
 *
 * It fails closed. Who agreed to nothing is in no data set and no model: no id, no event, no feature. Who has not
 * agreed to training has no event in them, so also none that could be looked up: to answer such a user personally, give
 * the history with the question (reco_query_history). Who has not agreed to personal answers, or not to the purpose
 * that a question names, is answered as nobody is (reco_list_withheld). What cannot be read as a consent is refused.
 *
 * A consent is a signed number with all bits set for all, since every language has int32_t and not each an unsigned
 * one: `RECO_CONSENT_ALL & ~email` is all but that. */
#define RECO_CONSENT_NONE     0    /**< nothing: no id, event or feature of this user enters a data set */
#define RECO_CONSENT_TRAINING 1    /**< "training": events may enter the matrix that models learn from */
#define RECO_CONSENT_PERSONAL 2    /**< "personal": the history in the matrix may be looked up to answer */
#define RECO_CONSENT_ALL      (-1) /**< all bits: also those of purposes that are named later */

/* ---- builder ---- */

/** Makes an empty builder. @return RECO_OK, RECO_EINVAL (`out` is NULL), RECO_ENOMEM */
RECO_API reco_status reco_builder_new(reco_builder **out, reco_error *err);
/** Frees a builder; NULL is allowed. */
RECO_API void reco_builder_free(reco_builder *builder);

/** Sets a number. They act when the data set is finished:
 * - `half_life_days` [0, 36500], 0: the age at which an event counts half; 0 = never ages
 * - `reference_time` Unix seconds: the moment from which ages count; by default the newest event's time. An
 * event after it counts full.
 * - `min_user_events`, `min_item_events` [0, 1e9], 0: users and items with fewer events lose theirs, repeated
 * until all that remain have enough
 * - `like_from` [0, 1e30], 0: only when values are ratings, from which on a pair is a taste; 0 = not said: then those above
 * 0 are, and an algorithm that learns from tastes refuses data with others
 *
 * @return RECO_OK, RECO_ENOTFOUND (no such setting: the message lists them), RECO_EINVAL (out of range) */
RECO_API reco_status reco_builder_set(reco_builder *builder, const char *name, double value, reco_error *err);

/** Sets a text:
 * - `combine`: what the repeated events of a pair amount to: `sum` (default), `last` (the newest; among equal
 * times the one added last; the default of ratings), `max`, `count` (events, each weighing 1 times its age factor; a
 * negative value counts -1)
 * - `values`: what they are, `amounts` (default) as quantities and play counts, or `ratings`. Must be set before events are
 * added: an amount of 0 says nothing, a rating of 0 does
 *
 * **Amounts.** Whatever the rule, a pair whose total is not positive is no taste and is not in the matrix: goods that came
 * back, what somebody does not want. It was had, though, and is not recommended to that user. What came back is gone however
 * old it was: a return meets what was taken last before it, or else first after it, and only what is left ages. A total
 * within a millionth of the sum of absolute values is 0.
 *
 * **Ratings.** Every pair stays as it was rated, of either sign, for algorithms that predict ratings (`baseline`). All others
 * learn from tastes: the matrix holds the pairs rated at or above `like_from`, and the rest was had. A taste ages, a rating
 * does not.
 * @return as reco_builder_set; RECO_EINVAL also when events were added before `values` */
RECO_API reco_status reco_builder_set_text(reco_builder *builder, const char *name, const char *value,
                                           reco_error *err);

/** Names a type of event and what one of it weighs: in the interaction matrix its values are multiplied by `weight`.
 * Types must be set before events of that type are added; a type that has events keeps its weight. A weight of 0
 * drops the events of that type.
 * @param type    1 to 1023 bytes; at most 255 types
 * @param weight  finite; negative for events that take taste away, as returns
 * @return RECO_OK, RECO_EINVAL, RECO_ENOMEM */
RECO_API reco_status reco_builder_set_event_type(reco_builder *builder, const char *type, double weight,
                                                 reco_error *err);

/** Names a further purpose that users may agree to, as "email", beside "training" and "personal"; it gets a bit of its
 * own. A name that there is already keeps its bit. There can be 30 beside those two.
 * @param purpose  1 to 63 bytes, without control characters and `|`, no space at its ends, neither all nor none
 * @param bit      NULL, or out: a consent to this purpose alone
 * @return RECO_OK, RECO_EINVAL, RECO_ENOMEM */
RECO_API reco_status reco_builder_set_purpose(reco_builder *builder, const char *purpose, int32_t *bit,
                                              reco_error *err);

/** Says what a user agreed to: RECO_CONSENT_NONE, RECO_CONSENT_ALL, or bits of purposes; the last word counts, and it
 * counts for events added before as well.
 * @param consent  bits that no purpose has are all clear, or all set as in RECO_CONSENT_ALL
 * @return RECO_OK, RECO_EINVAL, RECO_ENOMEM; what was said before stays on failure */
RECO_API reco_status reco_builder_set_consent(reco_builder *builder, const char *user, int32_t consent,
                                              reco_error *err);
/** The same in words: `all`, `none`, or names of purposes joined by `|`, as "training|email".
 * @return as reco_builder_set_consent; a word that names no purpose is RECO_EINVAL: the message lists those there are */
RECO_API reco_status reco_builder_set_consent_text(reco_builder *builder, const char *user,
                                                   const char *consent, reco_error *err);

/** Adds one event.
 * @param type   NULL, or a type named with reco_builder_set_event_type
 * @param value  finite; how much, as a rating, a quantity, a play count; 1 when there is nothing to say
 * @param time   Unix seconds, or RECO_NO_TIME
 * @return RECO_OK, RECO_EINVAL (empty or overlong id, NaN, infinity), RECO_ENOTFOUND (unknown type),
 * RECO_ENOMEM */
RECO_API reco_status reco_builder_add_event(reco_builder *builder, const char *user, const char *item,
                                            const char *type, float value, int64_t time, reco_error *err);

/** Adds n events from columns. All of them or, on failure, none.
 * @param users,items  [n] ids
 * @param types        [n] names of event types or NULL; or NULL for none at all
 * @param values       [n] or NULL for 1
 * @param times        [n] or NULL for none
 * @return as reco_builder_add_event; the message names the row, from 0 */
RECO_API reco_status reco_builder_add_events(reco_builder *builder, int64_t n, const char *const *users,
                                             const char *const *items, const char *const *types,
                                             const float *values, const int64_t *times, reco_error *err);

/** Adds n events from columns with 64-bit ids. All of them or, on failure, none.
 * @param users,items  [n]
 * @param values       [n] or NULL for 1
 * @param times        [n] or NULL for none
 * @return RECO_OK, RECO_EINVAL (the message names the row), RECO_ENOMEM */
RECO_API reco_status reco_builder_add_events_i64(reco_builder *builder, int64_t n, const int64_t *users,
                                                 const int64_t *items, const float *values,
                                                 const int64_t *times, reco_error *err);

/** Adds users or items that are in the data set also without events and features: a catalog's, or all the rows and
 * columns of a matrix. All of them or, on failure, none. An id that is there already, or is given twice, is one.
 *
 * With the ids 0 to n - 1 and no others, a user's or item's index in the data set is its id, whatever the events.
 * @param side  RECO_USER or RECO_ITEM
 * @param ids   [n]
 * Cost: O(n).
 * @return RECO_OK, RECO_EINVAL (NULL; empty or overlong id, not UTF-8: the message names the row, from 0),
 * RECO_ENOMEM */
RECO_API reco_status reco_builder_add_ids(reco_builder *builder, int32_t side, int64_t n,
                                          const char *const *ids, reco_error *err);
/** The same for 64-bit ids. */
RECO_API reco_status reco_builder_add_ids_i64(reco_builder *builder, int32_t side, int64_t n,
                                              const int64_t *ids, reco_error *err);

/** Says what was so at the events of the last call that added some: of reco_builder_add_event, _add_events or
 * _add_events_i64. Row k describes row k of that call; a row that was left out for its value of 0 needs a place too.
 * Each call adds to what was said of these events before, so a row may have several tokens of a field. When the call
 * failed, or a file was read since, there is nothing to describe.
 *
 *     reco_builder_add_events(b, n, users, items, NULL, NULL, times, &err);
 *     reco_builder_add_context_tokens(b, "device", n, devices, &err);
 *     reco_builder_add_context_numbers(b, "temperature", n, degrees, &err);
 *
 * @param field   the field's name, as of reco_builder_add_text
 * @param n       as many as that call had; 1 after reco_builder_add_event
 * @param tokens  [n], each UTF-8 of 1 to 1023 bytes; NULL or "" says nothing
 * @return RECO_OK, RECO_EINVAL (another n, a bad name or token, the field has another kind; the message names the
 * row, from 0), RECO_ESTATE (there are no such events), RECO_ENOMEM; on failure the builder is as it was */
RECO_API reco_status reco_builder_add_context_tokens(reco_builder *builder, const char *field, int64_t n,
                                                     const char *const *tokens, reco_error *err);

/** The same with a number for each event, as the temperature. A later one replaces it.
 * @param numbers  [n], finite and within float range; NaN says nothing
 * @return as reco_builder_add_context_tokens */
RECO_API reco_status reco_builder_add_context_numbers(reco_builder *builder, const char *field, int64_t n,
                                                      const double *numbers, reco_error *err);

/** Gives a user or item a text, as a title. A later text for the same field replaces it.
 * @param side   RECO_USER or RECO_ITEM
 * @param field  the field's name: 1 to 63 bytes, without control characters and without any of < > = !; a
 *               side has at most 4096 fields
 * @param text   UTF-8; what is not is RECO_EINVAL; an empty text is none
 * @return RECO_OK, RECO_EINVAL (also: the field has another kind), RECO_ENOMEM */
RECO_API reco_status reco_builder_add_text(reco_builder *builder, int32_t side, const char *id,
                                           const char *field, const char *text, reco_error *err);

/** Gives a user or item one more token of a field, as a category, a tag, a country. The same token again
 * replaces its weight.
 * @param weight  finite, above 0; 1 when there is nothing to say
 * @return as reco_builder_add_text */
RECO_API reco_status reco_builder_add_token(reco_builder *builder, int32_t side, const char *id,
                                            const char *field, const char *token, float weight,
                                            reco_error *err);

/** Gives a user or item a number, as a price. A later one replaces it. @return as reco_builder_add_text */
RECO_API reco_status reco_builder_add_number(reco_builder *builder, int32_t side, const char *id,
                                             const char *field, double number, reco_error *err);

/** Gives a user or item a vector, as an image embedding. A later one replaces it.
 * @param vector  [n], finite
 * @param n       in [1, 65536], the same for all of a field
 * @return as reco_builder_add_text */
RECO_API reco_status reco_builder_add_vector(reco_builder *builder, int32_t side, const char *id,
                                             const char *field, const float *vector, int32_t n,
                                             reco_error *err);

/** Returns a count of what the builder has taken in, which is never negative, or -1 for a name it does not know:
 * - `rows`: data rows read from event files; each is one of the next five
 * - `events`: rows, and events added by call, that were taken in; `returns`: those of them with a negative
 * value
 * - `events_zero`: events added by call that were left out because their value (times the weight) is 0
 * - `rows_without_user`, `rows_without_item`: left out because the id is empty
 * - `rows_zero`: left out because the value is 0
 * - `rows_bad`: left out because they could not be read (only with `skip_bad_rows`)
 * - `feature_rows`: data rows read from files of items and users; `feature_rows_bad`: those of them that
 * could not be read and were left out
 *
 * `rows` = `rows_without_user` + `rows_without_item` + `rows_zero` + `rows_bad` + the events that came from
 * files. */
RECO_API int64_t reco_builder_count(const reco_builder *builder, const char *name);

/** Makes the data set. The builder stays as it is and may go on.
 * Cost: O(events log events) time, memory for the events twice.
 * @return RECO_OK, RECO_EINVAL (also: `like_from` of amounts), RECO_ENOMEM. A builder without events gives a data set
 * without interactions. */
RECO_API reco_status reco_builder_finish(const reco_builder *builder, reco_data **out, reco_error *err);

/** Makes the data set and frees the builder, also on failure. Events go as they are copied, so that the memory for
 * them is needed about once: for large data.
 * @return as reco_builder_finish */
RECO_API reco_status reco_builder_finish_free(reco_builder *builder, reco_data **out, reco_error *err);

/* ---- files ---- */

/** Makes the default format: the delimiter is found from the first line, which is the header; UTF-8.
 * @return RECO_OK, RECO_EINVAL, RECO_ENOMEM */
RECO_API reco_status reco_format_new(reco_format **out, reco_error *err);
/** Frees a format; NULL is allowed. */
RECO_API void reco_format_free(reco_format *format);

/** Sets a number: `header` 0 or 1 (default 1); `skip_bad_rows` 0 or 1 (default 0).
 * @return RECO_OK, RECO_ENOTFOUND, RECO_EINVAL */
RECO_API reco_status reco_format_set(reco_format *format, const char *name, double value, reco_error *err);

/** Sets a text:
 * - `delimiter`: 1 to 7 bytes, as "," or "\t" or "::"; empty (default) = found from the first line: a comma
 * if it has one outside quotes, else a tab, else a semicolon
 * - `encoding`: `utf-8` (default) or `latin1`
 * - `columns` of an event file: which column is what, as
 * "user=CustomerID,item=StockCode,value=Quantity,time=InvoiceDate,type=kind". Names of the header, or numbers
 * from 1. Events need `user` and `item`. By default the columns named user, item, value, time and type, or,
 * without a header, columns 1 to 3 as user, item, value.
 * - `columns` of a file of items or users: [NAME@]COLUMN=KIND, as "title=text,year@3=number,isbn=skip".
 * COLUMN is a name of the header or a number from 1; NAME is what the field is called, by default COLUMN;
 * KIND is `text`, `number`, `token`, `id` (by default the first column), `consent` (of users) or `skip`.
 * - `item_columns`, `user_columns`: columns of an event file that describe the row's item or user, written
 * alike, as "Description=text,UnitPrice=number,category@5=token". The last row that counts as an event and
 * has one wins; its tokens replace those before.
 * - `context_columns`: columns of an event file that say what was so at the row's event, written alike, as
 * "season=token,temperature=number". KIND is `token` or `number`.
 *
 * @return RECO_OK, RECO_ENOTFOUND, RECO_EINVAL (the message says what), RECO_ENOMEM */
RECO_API reco_status reco_format_set_text(reco_format *format, const char *name, const char *value,
                                          reco_error *err);

/** Reads a CSV or TSV file of events: RFC 4180 quoting, UTF-8 with or without byte order mark, LF or CRLF.
 * Times are Unix seconds or ISO 8601 ("2011-12-09 12:50:00", "2011-12-09T12:50:00Z", "2011-12-09", with or
 * without an offset; UTC when none is said). A row without a user or item and a row with value 0 is counted
 * and left out; an empty value is 1, an empty time none. On failure the builder is as it was before the call.
 * @param path    a file, or "-" for standard input
 * @param format  NULL for the default
 * A cell that begins with a quote but goes on after the closing one, as `"Fast" Eddie`, is taken as it
 * stands. No row may be longer than 64 MiB.
 * @return RECO_OK; RECO_EIO (message: file and reason), RECO_ENOTFOUND (no such file; a column the header
 * does not have: the message lists it), RECO_EINVAL (`format` says what cannot be), RECO_EFORMAT (file, line,
 * column and reason: not UTF-8, a zero byte, a wrong number of fields, a value or time that is none, a quote
 * never closed, an empty file, an event type nobody named), RECO_ENOMEM */
RECO_API reco_status reco_builder_read_events(reco_builder *builder, const char *path,
                                              const reco_format *format, reco_error *err);

/** Reads a CSV or TSV file of items or users: the first column is the id, each other column becomes a field.
 * Its kind is what `columns` says, or that of the field if the builder has it, or is found from the whole
 * column: number when every non-empty value is one; token when the distinct values are at most one in five or
 * one in ten of them holds `|`; else text. Without a header only the columns that `columns` lists become
 * fields, all if it lists none; those without a name are called by their number. Tokens are separated by `|`.
 * An empty field says nothing. An id may have several rows: their tokens add up, of the rest the last one
 * counts. Whoever is listed is in the data set, also without events. On failure the builder is as it was
 * before the call.
 *
 * A column `consent` of users, in letters of either case, holds what they agreed to: `all`, `none`, or names of
 * purposes joined by `|`; purposes must be named before (reco_builder_set_purpose). Anything else is RECO_EFORMAT, also
 * with `skip_bad_rows`, and so is a row whose id or consent cannot be read. A row that is left out for another of its
 * fields still says what its user agreed to.
 * @param side    RECO_USER or RECO_ITEM
 * @return as reco_builder_read_events */
RECO_API reco_status reco_builder_read_features(reco_builder *builder, int32_t side, const char *path,
                                                const reco_format *format, reco_error *err);

/* ---- data ---- */

/** Frees a data set; NULL is allowed. Models made from it live on. */
RECO_API void reco_data_free(reco_data *data);

/** Returns a count, which is never negative, or -1 for a name it does not know:
 * `users`, `items`, `pairs` (entries of the interaction matrix), `pairs_had` (not in it, but hidden from who had them),
 * `events` (that entered it; of ratings, all), `users_without_consent` (who agreed to nothing and are not there),
 * `events_without_consent` (of those and of who has not agreed to training), `events_rare` (left out by the minimum
 * counts), `pairs_returned` (of amounts: not in it since their total was not positive), `events_returned` (the events of
 * those pairs), `types` (of events, as they were named), `contexts` (distinct combinations of what was so at events). */
RECO_API int64_t reco_data_count(const reco_data *data, const char *name);
/** Gives the times of the first and the last event; both RECO_NO_TIME when no event has one.
 * @return RECO_OK, RECO_EINVAL */
RECO_API reco_status reco_data_times(const reco_data *data, int64_t *first, int64_t *last, reco_error *err);

/** Returns the id of a user or item, borrowed, or NULL when `index` is out of range. */
RECO_API const char *reco_data_id(const reco_data *data, int32_t side, int32_t index);

/** Finds the index of an id. @return RECO_OK, RECO_EINVAL, RECO_ENOTFOUND */
RECO_API reco_status reco_data_find(const reco_data *data, int32_t side, const char *id, int32_t *index,
                                    reco_error *err);

/** Returns what a user agreed to, never nothing; RECO_CONSENT_NONE when `user` is out of range. */
RECO_API int32_t reco_data_consent(const reco_data *data, int32_t user);
/** Returns the name of the `index`-th purpose, whose bit is 1 << index, borrowed, or NULL past the last: "training",
 * "personal" and then those named, in the order in which they were. */
RECO_API const char *reco_data_purpose(const reco_data *data, int32_t index);

/** Gives one user's row of the interaction matrix X[n_users, n_items].
 * @param items,values,n  borrowed arrays [n], items ascending, values above 0
 * @return RECO_OK, RECO_EINVAL (index out of range) */
RECO_API reco_status reco_data_row(const reco_data *data, int32_t user, const int32_t **items,
                                   const float **values, int64_t *n, reco_error *err);

/** Returns the name of the `index`-th feature of users, items or contexts, in the order of the names, borrowed, or
 * NULL past the last.
 * @param side  RECO_USER, RECO_ITEM or RECO_CONTEXT
 * @param kind  NULL, or out: RECO_FIELD_TOKEN, _NUMBER, _TEXT or _VECTOR */
RECO_API const char *reco_data_field(const reco_data *data, int32_t side, int32_t index, int32_t *kind);

/** Gives one user's events in the order of their times, equal times and those without one as they were added; events
 * without a time come first. They are the events that entered the matrix and those of pairs that were dropped, each
 * as it was given: neither combined nor aged nor weighed.
 * @param items,values,n  out, any may be NULL: borrowed arrays [n], items with repeats
 * @param times           out or NULL: borrowed array [n], RECO_NO_TIME where there is none; NULL when no event of the
 * data set has a time
 * @param types           out or NULL: borrowed array [n] of numbers for reco_data_type, 255 where there is none; NULL
 * when no event of the data set has a type
 * @return RECO_OK, RECO_EINVAL (index out of range) */
RECO_API reco_status reco_data_trail(const reco_data *data, int32_t user, const int32_t **items,
                                     const float **values, const int64_t **times, const uint8_t **types,
                                     int64_t *n, reco_error *err);

/** Returns the name of the `index`-th type of event, in the order in which the builder named them, borrowed, or NULL
 * past the last. */
RECO_API const char *reco_data_type(const reco_data *data, int32_t index);

/** Gives the whole interaction matrix X[n_users, n_items] as compressed sparse rows: the entries of row u are
 * those from offsets[u] up to, and without, offsets[u + 1].
 * @param offsets       borrowed array [n_users + 1]
 * @param items,values  borrowed arrays [pairs], items ascending within a row, values above 0; may be NULL when there
 * are no pairs
 * @return RECO_OK, RECO_EINVAL */
RECO_API reco_status reco_data_matrix(const reco_data *data, const int64_t **offsets, const int32_t **items,
                                      const float **values, reco_error *err);

/** Divides a data set in two that share ids and features. Deterministic for equal data, `spec` and `seed`.
 * @param spec  one of
 * - `random:F`: F of the pairs (all events of a pair go one way), at random, are for the test
 * - `kfold:N/I`: the I-th of N random parts of the pairs, equal but for one, I from 1
 * - `leave-one-out`: each user's last pair, by its last event
 * - `last:K`: each user's last K pairs; users with no more than K keep all in train
 * - `time:F`: the last F of the events, all from one moment on; events without a time stay in train
 * - `cold-users:F`, `cold-items:F`: all of F of the users, or items, that have any
 *
 * 0 < F < 1. Of ratings all pairs are divided; of amounts those that are not in the matrix stay in train. The rules of the
 * builder apply to each part, but for the minimum counts: those the whole has met.
 * @return RECO_OK, RECO_EINVAL (bad spec; a split by time of events without times or all at one time),
 * RECO_ENOMEM */
RECO_API reco_status reco_data_split(const reco_data *data, const char *spec, uint64_t seed,
                                     reco_data **train, reco_data **test, reco_error *err);

#ifdef __cplusplus
}
#endif

#endif
