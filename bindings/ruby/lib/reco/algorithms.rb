# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # One row of an algorithm's parameter table. `search`: where to look for a good value: a Hash with scale ("log" or "linear"),
  # low and high, or with choices, or nil when it is not to be searched. A default outside is 0 and stands for something that
  # the help tells. `small`: a number that makes a fit quick, for tests.
  Parameter = Struct.new(:name, :type, :default, :low, :high, :choices, :search, :small, :help) do
    def self.from(row) # :nodoc:
      type = { API::RECO_PARAM_NUMBER => Float, API::RECO_PARAM_INT => Integer }.fetch(Library.reco_param_kind(row), String)
      whole = ->(number) { type == Integer ? number.to_i : number }
      text = Library.reco_param_default_text(row) if type == String
      new(Library.reco_param_name(row), type, text || whole[Library.reco_param_default(row)], Library.reco_param_min(row),
          Library.reco_param_max(row), Library.each_of { |k| Library.reco_param_choice(row, k) }, search_of(row, whole),
          text || whole[Library.reco_param_small(row)], Library.reco_param_help(row))
    end

    def self.search_of(row, whole) # :nodoc:
      words = Library.each_of { |k| Library.reco_param_search_word(row, k) }
      return { choices: words } if words.any?

      ends = FFI::MemoryPointer.new(:double, 2)
      scale = Library.reco_param_search(row, ends, ends + 8)
      low, high = ends.read_array_of_double(2).map(&whole)
      { scale: scale == API::RECO_SEARCH_LOG ? "log" : "linear", low: low, high: high } unless scale == API::RECO_SEARCH_NONE
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
