# SPDX-License-Identifier: MIT
# frozen_string_literal: true

require "ffi"

module Reco
  # The shared library: found, its functions declared, its statuses turned into exceptions.
  module Library # :nodoc:
    extend FFI::Library

    # A string of the library: UTF-8, or nil.
    module Text
      extend FFI::DataConverter
      native_type FFI::Type::STRING

      def self.from_native(value, _context)
        value&.force_encoding(Encoding::UTF_8)
      end
    end

    # They take long, so other Ruby threads run meanwhile. Work calls them.
    LONG = %i[
      reco_builder_add_context_numbers reco_builder_add_context_tokens
      reco_builder_add_events reco_builder_add_events_i64 reco_builder_add_ids reco_builder_add_ids_i64
      reco_builder_read_events reco_builder_read_features reco_builder_finish reco_builder_finish_free reco_data_split
      reco_model_copy reco_model_fit reco_model_evaluate
      reco_model_recommend_batch reco_model_save reco_model_save_bytes reco_model_load reco_model_load_bytes
    ].freeze

    # The library that came with the gem, or the one that RECO_LIBRARY names, or the system's.
    def self.path
      name = FFI::Platform.mac? ? "libreco.dylib" : "libreco.so"
      bundled = File.join(__dir__, name)
      return bundled if File.exist?(bundled)

      system = FFI::Platform.mac? ? "libreco.#{API::RECO_ABI}.dylib" : "libreco.so.#{API::RECO_ABI}"
      ENV.fetch("RECO_LIBRARY", system)
    end

    ffi_lib path
    API::FUNCTIONS.each do |name, (result, arguments)|
      attach_function name, arguments, result == :string ? Text : result, blocking: LONG.include?(name)
    rescue FFI::NotFoundError
      raise LoadError, "#{path} has no #{name}: it is another version than these bindings"
    end

    # A batch that keeps other Ruby threads out, and so may come back for each verdict of a filter.
    result, arguments = API::FUNCTIONS.fetch(:reco_model_recommend_batch)
    attach_function :recommend_one, :reco_model_recommend_batch, arguments, result

    # A place for a message.
    def self.error
      FFI::MemoryPointer.new(:char, API::RECO_ERROR_SIZE)
    end

    # Raises what a status says.
    def self.check(status, error)
      raise Error.of(status, text(error.read_string)) unless status.zero?
    end

    # Calls a function that returns a status.
    def self.call(name, *arguments)
      error = self.error
      check(public_send(name, *arguments, error), error)
    end

    # A string that was read from the library's memory.
    def self.text(bytes)
      bytes.force_encoding(Encoding::UTF_8)
    end

    # What the block gives for 0, 1, ... up to nil.
    def self.each_of(&block)
      (0..).lazy.map(&block).take_while(&:itself).to_a
    end

    # A count by its name.
    def self.count(function, handle, name)
      text = Convert.text(name, "name")
      found = handle.use { |pointer| public_send(function, pointer, text) }
      raise ArgumentError, "there is no count #{name.inspect}" if found == -1

      found
    end

    # The times of the first and the last event; nil when no event has one.
    def self.times(function, handle)
      places = Array.new(2) { FFI::MemoryPointer.new(:int64) }
      handle.use { |pointer| call(function, pointer, *places) }
      places.map(&:read_int64).map { |time| time unless time == API::RECO_NO_TIME }
    end

    # The types of events.
    def self.types(function, handle, size)
      handle.use { |pointer| Array.new(size) { |k| public_send(function, pointer, k) } }
    end

    # The number of an id.
    def self.find(function, handle, side, id)
      place = FFI::MemoryPointer.new(:int32)
      handle.use { |pointer| call(function, pointer, Convert.side(side), Convert.text(id, "id"), place) }
      place.read_int32
    end

    # The names of the purposes whose bits a consent has.
    def self.purposes(function, pointer, consent = API::RECO_CONSENT_ALL)
      names = each_of { |k| public_send(function, pointer, k) }
      names.each_index.select { |k| consent[k] == 1 }.map { |k| names[k] }
    end

    # The ids of all `size` users or items.
    def self.ids(function, handle, side, size)
      side = Convert.side(side)
      handle.use { |pointer| Array.new(size) { |k| public_send(function, pointer, side, k) } }
    end
  end

  # Questions to models of so many items that other Ruby threads should run until the answer is there. It is not worth it
  # for others: who gives Ruby's lock away may wait longer to get it back than an answer takes.
  module Aside # :nodoc:
    extend FFI::Library

    ITEMS = 100_000

    ffi_lib Library.path
    %i[reco_model_recommend reco_model_similar reco_model_similar_users reco_model_explain reco_model_score].each do |name|
      result, arguments = API::FUNCTIONS.fetch(name)
      attach_function name, arguments, result, blocking: true
    end
  end
  private_constant :API, :Library, :Aside

  # The version of the library.
  def self.library_version
    Library.reco_version
  end
end
