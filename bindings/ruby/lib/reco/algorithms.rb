# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # One row of an algorithm's parameter table.
  Parameter = Struct.new(:name, :type, :default, :low, :high, :choices, :help) do
    def self.read(row) # :nodoc:
      kind = Library.reco_param_kind(row)
      type = { API::RECO_PARAM_NUMBER => Float, API::RECO_PARAM_INT => Integer }.fetch(kind, String)
      choices = (0..).lazy.map { |k| Library.reco_param_choice(row, k) }.take_while(&:itself).to_a
      new(Library.reco_param_name(row), type, nil, Library.reco_param_min(row), Library.reco_param_max(row), choices,
          Library.reco_param_help(row)).tap do |parameter|
        parameter.default = type == String ? Library.reco_param_default_text(row) : parameter.of(Library.reco_param_default(row))
      end
    end

    # A number of the library as this parameter's type.
    def of(number) # :nodoc:
      type == Integer ? number.to_i : number
    end

    def to_s
      allowed = if choices.any? then choices.join(", ")
                elsif type == String then "text"
                else format("[%<low>g, %<high>g]", low: low, high: high)
                end
      "#{help} (#{allowed}; default #{default.inspect})"
    end
  end

  class << self
    # The names of the library's algorithms.
    def algorithms
      Array.new(Library.reco_algo_count) { |k| Library.reco_algo_name(k) }
    end

    # An algorithm's parameters: a Parameter for each.
    def parameters(algorithm)
      name = Convert.text(algorithm, "algorithm")
      rows = (0..).lazy.map { |k| Library.reco_algo_param(name, k) }
      rows.take_while { |row| !row.null? }.map { |row| Parameter.read(row) }.to_a
    end

    # Loads a model from a file.
    def load(path)
      path = File.path(path)
      loaded { |out| Library.call(:reco_model_load, out, path) }
    end

    # Loads a model from what Model#to_bytes gave.
    def from_bytes(bytes)
      Convert.need(bytes, String, "bytes")
      loaded { |out| Library.call(:reco_model_load_bytes, out, bytes, bytes.bytesize) }
    end

    private

    def loaded(&make)
      handle = Work.call { Handle.make(:reco_model_free, &make) }
      CLASSES.fetch(Library.reco_model_algo(handle.pointer)).allocate.tap { |model| model.send(:hold, handle) }
    end

    # als: ALS; item-knn: ItemKNN.
    def class_name(algorithm)
      short = %w[als knn bpr svd mf vae ease slim]
      algorithm.split("-").map { |word| short.include?(word) ? word.upcase : word.capitalize }.join
    end

    def make_class(algorithm)
      model = Handle.make(:reco_model_free) { |out| Library.call(:reco_model_new, out, algorithm) }
      made = Class.new(Library.reco_model_can(model.pointer, "parts") == 1 ? Hybrid : Model) { @algorithm = algorithm }
      made.parameters.each do |parameter|
        made.define_method(parameter.name) { get(parameter) }
      end
      const_set(class_name(algorithm), made)
    end
  end

  CLASSES = algorithms.to_h { |algorithm| [algorithm, make_class(algorithm)] }.freeze
  private_constant :CLASSES
end
