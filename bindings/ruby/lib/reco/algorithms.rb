# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # One row of an algorithm's parameter table.
  Parameter = Struct.new(:name, :type, :default, :low, :high, :choices, :help) do
    def self.from(row) # :nodoc:
      type = { API::RECO_PARAM_NUMBER => Float, API::RECO_PARAM_INT => Integer }.fetch(Library.reco_param_kind(row), String)
      default = type == String ? Library.reco_param_default_text(row) : Library.reco_param_default(row)
      new(Library.reco_param_name(row), type, type == Integer ? default.to_i : default, Library.reco_param_min(row),
          Library.reco_param_max(row), Library.each_of { |k| Library.reco_param_choice(row, k) },
          Library.reco_param_help(row))
    end

    # Its value, from where the library put that.
    def read(place) # :nodoc:
      return Library.text(place.read_pointer.read_string) if type == String

      type == Integer ? place.read_double.to_i : place.read_double
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
      Array.new(Library.reco_algo_size) { |k| Library.reco_algo_name(k) }
    end

    # An algorithm's parameters: a Parameter for each.
    def parameters(algorithm)
      name = Convert.text(algorithm, "algorithm")
      rows = Library.each_of { |k| Library.reco_algo_param(name, k).then { |row| row unless row.null? } }
      raise NotFound, "no algorithm #{algorithm}; there are: #{algorithms.join(', ')}" if rows.empty?

      rows.map { |row| Parameter.from(row) }
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
      CLASSES.fetch(handle.use { |model| Library.reco_model_algo(model) }).allocate.send(:hold, handle)
    end

    # als: ALS; item-knn: ItemKNN.
    def class_name(algorithm)
      short = %w[als knn bpr svd mf vae ease slim]
      algorithm.split("-").map { |word| short.include?(word) ? word.upcase : word.capitalize }.join
    end

    def make_class(algorithm)
      model = Handle.make(:reco_model_free) { |out| Library.call(:reco_model_new, out, algorithm) }
      hybrid = model.use { |pointer| Library.reco_model_can(pointer, "parts") } == 1
      made = Class.new(hybrid ? Hybrid : Model) { define_singleton_method(:algorithm) { algorithm } }
      made.parameters.each do |parameter|
        made.define_method(parameter.name) { get(parameter) } unless Model.method_defined?(parameter.name)
      end
      const_set(class_name(algorithm), made)
    end
  end

  CLASSES = algorithms.to_h { |algorithm| [algorithm, make_class(algorithm)] }.freeze
  private_constant :CLASSES
end
