# SPDX-License-Identifier: MIT
# frozen_string_literal: true
# Written by bindings/generate.py from the public headers.
module Reco
  VERSION = "0.1.0"

  module API # :nodoc:
    RECO_ABI = 0
    RECO_ARRAY_F32 = 4
    RECO_ARRAY_F64 = 5
    RECO_ARRAY_I32 = 2
    RECO_ARRAY_I64 = 3
    RECO_ARRAY_U8 = 1
    RECO_CONSENT_ALL = -1
    RECO_CONSENT_NONE = 0
    RECO_CONSENT_PERSONAL = 2
    RECO_CONSENT_TRAINING = 1
    RECO_CONTEXT = 2
    RECO_ECANCELLED = -9
    RECO_EFORMAT = -7
    RECO_EINTERNAL = -10
    RECO_EINVAL = -2
    RECO_EIO = -6
    RECO_ENOMEM = -1
    RECO_ENOTFOUND = -3
    RECO_ENUMERIC = -8
    RECO_ERROR_SIZE = 512
    RECO_ESTATE = -4
    RECO_EUNSUPPORTED = -5
    RECO_FEATURE = -2
    RECO_FIELD_NUMBER = 1
    RECO_FIELD_TEXT = 2
    RECO_FIELD_TOKEN = 0
    RECO_FIELD_VECTOR = 3
    RECO_ITEM = 1
    RECO_NO_TIME = -9223372036854775808
    RECO_OK = 0
    RECO_PARAM_CHOICE = 2
    RECO_PARAM_INT = 1
    RECO_PARAM_NUMBER = 0
    RECO_PARAM_TEXT = 3
    RECO_REST = -1
    RECO_SAVE_ALL = 0
    RECO_SAVE_WITHOUT_TEXTS = 2
    RECO_SAVE_WITHOUT_USERS = 1
    RECO_SEARCH_LINEAR = 1
    RECO_SEARCH_LOG = 2
    RECO_SEARCH_NONE = 0
    RECO_SEARCH_WORDS = 3
    RECO_USER = 0
    RECO_VERSION_MAJOR = 0
    RECO_VERSION_MINOR = 1
    RECO_VERSION_PATCH = 0

    # name: [result, arguments]
    FUNCTIONS = {
      reco_algo_name: [:string, [:int32]],
      reco_algo_param: [:pointer, [:string, :int32]],
      reco_algo_size: [:int32, []],
      reco_algo_summary: [:string, [:string]],
      reco_builder_add_context_numbers: [:int32, [:pointer, :string, :int64, :pointer, :pointer]],
      reco_builder_add_context_tokens: [:int32, [:pointer, :string, :int64, :pointer, :pointer]],
      reco_builder_add_event: [:int32, [:pointer, :string, :string, :string, :float, :int64, :pointer]],
      reco_builder_add_events: [:int32, [:pointer, :int64, :pointer, :pointer, :pointer, :pointer, :pointer, :pointer]],
      reco_builder_add_events_i64: [:int32, [:pointer, :int64, :pointer, :pointer, :pointer, :pointer, :pointer]],
      reco_builder_add_ids: [:int32, [:pointer, :int32, :int64, :pointer, :pointer]],
      reco_builder_add_ids_i64: [:int32, [:pointer, :int32, :int64, :pointer, :pointer]],
      reco_builder_add_number: [:int32, [:pointer, :int32, :string, :string, :double, :pointer]],
      reco_builder_add_text: [:int32, [:pointer, :int32, :string, :string, :string, :pointer]],
      reco_builder_add_token: [:int32, [:pointer, :int32, :string, :string, :string, :float, :pointer]],
      reco_builder_add_vector: [:int32, [:pointer, :int32, :string, :string, :pointer, :int32, :pointer]],
      reco_builder_count: [:int64, [:pointer, :string]],
      reco_builder_finish: [:int32, [:pointer, :pointer, :pointer]],
      reco_builder_finish_free: [:int32, [:pointer, :pointer, :pointer]],
      reco_builder_free: [:void, [:pointer]],
      reco_builder_new: [:int32, [:pointer, :pointer]],
      reco_builder_read_events: [:int32, [:pointer, :string, :pointer, :pointer]],
      reco_builder_read_features: [:int32, [:pointer, :int32, :string, :pointer, :pointer]],
      reco_builder_set: [:int32, [:pointer, :string, :double, :pointer]],
      reco_builder_set_consent: [:int32, [:pointer, :string, :int32, :pointer]],
      reco_builder_set_consent_text: [:int32, [:pointer, :string, :string, :pointer]],
      reco_builder_set_event_type: [:int32, [:pointer, :string, :double, :pointer]],
      reco_builder_set_purpose: [:int32, [:pointer, :string, :pointer, :pointer]],
      reco_builder_set_text: [:int32, [:pointer, :string, :string, :pointer]],
      reco_bytes_free: [:void, [:pointer]],
      reco_data_consent: [:int32, [:pointer, :int32]],
      reco_data_count: [:int64, [:pointer, :string]],
      reco_data_field: [:string, [:pointer, :int32, :int32, :pointer]],
      reco_data_find: [:int32, [:pointer, :int32, :string, :pointer, :pointer]],
      reco_data_free: [:void, [:pointer]],
      reco_data_id: [:string, [:pointer, :int32, :int32]],
      reco_data_matrix: [:int32, [:pointer, :pointer, :pointer, :pointer, :pointer]],
      reco_data_purpose: [:string, [:pointer, :int32]],
      reco_data_row: [:int32, [:pointer, :int32, :pointer, :pointer, :pointer, :pointer]],
      reco_data_split: [:int32, [:pointer, :string, :uint64, :pointer, :pointer, :pointer]],
      reco_data_times: [:int32, [:pointer, :pointer, :pointer, :pointer]],
      reco_data_trail: [:int32, [:pointer, :int32, :pointer, :pointer, :pointer, :pointer, :pointer, :pointer]],
      reco_data_type: [:string, [:pointer, :int32]],
      reco_format_free: [:void, [:pointer]],
      reco_format_new: [:int32, [:pointer, :pointer]],
      reco_format_set: [:int32, [:pointer, :string, :double, :pointer]],
      reco_format_set_text: [:int32, [:pointer, :string, :string, :pointer]],
      reco_list_free: [:void, [:pointer]],
      reco_list_get: [:int32, [:pointer, :pointer, :pointer, :pointer, :pointer, :pointer]],
      reco_list_id: [:string, [:pointer, :int32]],
      reco_list_id_i64: [:int32, [:pointer, :int32, :pointer, :pointer]],
      reco_list_ids: [:pointer, [:pointer]],
      reco_list_items: [:pointer, [:pointer]],
      reco_list_new: [:int32, [:pointer, :pointer]],
      reco_list_scores: [:pointer, [:pointer]],
      reco_list_size: [:int32, [:pointer]],
      reco_list_skipped: [:int64, [:pointer]],
      reco_list_source: [:string, [:pointer]],
      reco_list_withheld: [:int32, [:pointer]],
      reco_metric_name: [:string, [:int32]],
      reco_metric_size: [:int32, []],
      reco_metric_summary: [:string, [:int32]],
      reco_model_add_part: [:int32, [:pointer, :pointer, :double, :pointer]],
      reco_model_algo: [:string, [:pointer]],
      reco_model_array: [:int32, [:pointer, :string, :pointer, :pointer, :pointer, :pointer, :pointer]],
      reco_model_can: [:int32, [:pointer, :string]],
      reco_model_consent: [:int32, [:pointer, :int32]],
      reco_model_copy: [:int32, [:pointer, :pointer, :pointer]],
      reco_model_count: [:int64, [:pointer, :string]],
      reco_model_estimate: [:int32, [:pointer, :pointer, :pointer, :pointer]],
      reco_model_evaluate: [:int32, [:pointer, :pointer, :pointer, :pointer, :pointer, :pointer, :pointer]],
      reco_model_explain: [:int32, [:pointer, :string, :pointer, :pointer, :pointer]],
      reco_model_field: [:string, [:pointer, :int32, :int32, :pointer]],
      reco_model_find: [:int32, [:pointer, :int32, :string, :pointer, :pointer]],
      reco_model_fit: [:int32, [:pointer, :pointer, :pointer, :pointer]],
      reco_model_free: [:void, [:pointer]],
      reco_model_get: [:int32, [:pointer, :string, :pointer, :pointer]],
      reco_model_get_text: [:int32, [:pointer, :string, :pointer, :pointer]],
      reco_model_id: [:string, [:pointer, :int32, :int32]],
      reco_model_load: [:int32, [:pointer, :string, :pointer]],
      reco_model_load_bytes: [:int32, [:pointer, :pointer, :int64, :pointer]],
      reco_model_new: [:int32, [:pointer, :string, :pointer]],
      reco_model_number: [:double, [:pointer, :int32, :int32, :string]],
      reco_model_part: [:pointer, [:pointer, :int32]],
      reco_model_part_size: [:int32, [:pointer]],
      reco_model_part_weight: [:double, [:pointer, :int32]],
      reco_model_purpose: [:string, [:pointer, :int32]],
      reco_model_recommend: [:int32, [:pointer, :pointer, :pointer, :pointer]],
      reco_model_recommend_batch: [:int32, [:pointer, :pointer, :pointer, :int64, :int32, :pointer, :pointer, :pointer, :pointer, :pointer, :pointer]],
      reco_model_save: [:int32, [:pointer, :string, :int32, :pointer]],
      reco_model_save_bytes: [:int32, [:pointer, :int32, :pointer, :pointer, :pointer]],
      reco_model_score: [:int32, [:pointer, :pointer, :pointer, :int64, :pointer, :pointer]],
      reco_model_set: [:int32, [:pointer, :string, :double, :pointer]],
      reco_model_set_text: [:int32, [:pointer, :string, :string, :pointer]],
      reco_model_similar: [:int32, [:pointer, :string, :pointer, :pointer, :pointer]],
      reco_model_similar_users: [:int32, [:pointer, :string, :pointer, :pointer, :pointer]],
      reco_model_text: [:string, [:pointer, :int32, :int32, :string]],
      reco_model_times: [:int32, [:pointer, :pointer, :pointer, :pointer]],
      reco_model_token: [:string, [:pointer, :int32, :int32, :string, :int32]],
      reco_model_type: [:string, [:pointer, :int32]],
      reco_param_choice: [:string, [:pointer, :int32]],
      reco_param_default: [:double, [:pointer]],
      reco_param_default_text: [:string, [:pointer]],
      reco_param_help: [:string, [:pointer]],
      reco_param_kind: [:int32, [:pointer]],
      reco_param_max: [:double, [:pointer]],
      reco_param_min: [:double, [:pointer]],
      reco_param_name: [:string, [:pointer]],
      reco_param_search: [:int32, [:pointer, :pointer, :pointer]],
      reco_param_search_word: [:string, [:pointer, :int32]],
      reco_param_small: [:double, [:pointer]],
      reco_protocol_free: [:void, [:pointer]],
      reco_protocol_negatives: [:int32, [:pointer, :pointer, :pointer]],
      reco_protocol_new: [:int32, [:pointer, :pointer]],
      reco_protocol_set: [:int32, [:pointer, :string, :double, :pointer]],
      reco_protocol_set_text: [:int32, [:pointer, :string, :string, :pointer]],
      reco_query_event: [:int32, [:pointer, :string, :string, :float, :int64, :pointer]],
      reco_query_exclude: [:int32, [:pointer, :pointer, :int64, :pointer]],
      reco_query_filter: [:void, [:pointer, :pointer, :pointer]],
      reco_query_free: [:void, [:pointer]],
      reco_query_history: [:int32, [:pointer, :pointer, :pointer, :int64, :pointer]],
      reco_query_history_i64: [:int32, [:pointer, :pointer, :pointer, :int64, :pointer]],
      reco_query_include: [:int32, [:pointer, :pointer, :int64, :pointer]],
      reco_query_include_seen: [:void, [:pointer, :int32]],
      reco_query_limit: [:int32, [:pointer, :int32, :pointer]],
      reco_query_new: [:int32, [:pointer, :pointer]],
      reco_query_number: [:int32, [:pointer, :int32, :string, :double, :pointer]],
      reco_query_offset: [:int32, [:pointer, :int32, :pointer]],
      reco_query_purpose: [:int32, [:pointer, :string, :pointer]],
      reco_query_reset: [:void, [:pointer]],
      reco_query_token: [:int32, [:pointer, :int32, :string, :string, :float, :pointer]],
      reco_query_unknown: [:int32, [:pointer, :string, :pointer]],
      reco_query_user: [:int32, [:pointer, :string, :pointer]],
      reco_query_user_i64: [:int32, [:pointer, :int64, :pointer]],
      reco_query_vector: [:int32, [:pointer, :int32, :string, :pointer, :int32, :pointer]],
      reco_query_where: [:int32, [:pointer, :string, :pointer]],
      reco_report_count: [:int64, [:pointer, :string]],
      reco_report_count_name: [:string, [:pointer, :int32]],
      reco_report_free: [:void, [:pointer]],
      reco_report_interval: [:int32, [:pointer, :int32, :pointer, :pointer, :pointer]],
      reco_report_name: [:string, [:pointer, :int32]],
      reco_report_size: [:int32, [:pointer]],
      reco_report_unit: [:string, [:pointer, :int32]],
      reco_report_units: [:pointer, [:pointer, :int32, :pointer]],
      reco_report_value: [:double, [:pointer, :int32]],
      reco_run_cancel: [:void, [:pointer]],
      reco_run_free: [:void, [:pointer]],
      reco_run_new: [:int32, [:pointer, :pointer]],
      reco_run_set_progress: [:void, [:pointer, :pointer, :pointer]],
      reco_status_text: [:string, [:int32]],
      reco_version: [:string, []],
    }.freeze
  end
end
