# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # Users, items, the interaction matrix and features. Immutable; any number of threads may use one.
  class Data
    # From what a block puts into a Builder with these settings.
    def self.build(**settings)
      builder = Builder.new(**settings)
      yield builder
      builder.spend
    ensure
      builder&.close
    end

    # From an Enumerable of [user, item], then value, time and type as far as they are said, as `pluck` gives them.
    def self.from_events(events, **settings)
      build(**settings) { |builder| builder.add_events(events) }
    end

    # From Arrays of equal length, as Builder#add_columns takes them; `values_are` is the Builder's setting `values`.
    def self.from_columns(users, items, values: nil, times: nil, context: {}, values_are: :amounts, **settings)
      build(values: values_are, **settings) do |builder|
        builder.add_columns(users, items, values: values, times: times, context: context)
      end
    end

    # From a CSV or TSV file of events; options as in Builder#read_events.
    def self.read(path, **format)
      build { |builder| builder.read_events(path, **format) }
    end

    attr_reader :handle # :nodoc:

    def initialize(handle) # :nodoc:
      @handle = handle
    end

    # A count, as :users, :items, :pairs or :events: see reco_data_count.
    def count(name)
      Library.count(:reco_data_count, @handle, name)
    end

    # The times of the first and the last event, in Unix seconds; nil when no event has one.
    def times
      Library.times(:reco_data_times, @handle)
    end

    # The ids of all users (:user) or items (:item), in the order of their numbers.
    def ids(side)
      Library.ids(:reco_data_id, @handle, side, count("#{side}s"))
    end

    # The number of a user or item.
    def find(side, id)
      Library.find(:reco_data_find, @handle, side, id)
    end

    # The purposes that users may have agreed to.
    def purposes
      @handle.use { |data| Library.purposes(:reco_data_purpose, data) }
    end

    # The purposes that a user agreed to.
    def consent(user)
      number = find(:user, user)
      @handle.use { |data| Library.purposes(:reco_data_purpose, data, Library.reco_data_consent(data, number)) }
    end

    # Divides into [train, test]: "time:0.2", "random:0.2", "last:1", "leave-one-out", "kfold:5/1", ...
    def split(spec, seed: 1)
      spec = Convert.text(spec, "spec")
      seed = Convert.integer(seed, "seed", 0..2**64 - 1)
      Work.call do
        parts = Array.new(2) { FFI::MemoryPointer.new(:pointer) }
        @handle.use { |data| Library.call(:reco_data_split, data, spec, seed, *parts) }
        parts.map { |part| Data.new(Handle.new(part.read_pointer, :reco_data_free)) }
      end
    end

    # One user's items, by their numbers, and values, by the user's number.
    def row(user)
      places = FFI::MemoryPointer.new(:pointer, 3)
      items, values, size = Array.new(3) { |k| places + 8 * k }
      @handle.use do |data|
        Library.call(:reco_data_row, data, Convert.integer(user, "user"), items, values, size)
        n = size.read_int64
        [items.read_pointer.read_array_of_int32(n), values.read_pointer.read_array_of_float(n)]
      end
    end

    # The types of events, in the order they were named.
    def types
      Library.types(:reco_data_type, @handle, count(:types))
    end

    # One user's events in the order they came, by the user's number: items by their numbers, with repeats; values as given,
    # without the weights of their types; times in Unix seconds, and types. Where an event has no time or type it is nil.
    def trail(user)
      places = FFI::MemoryPointer.new(:pointer, 5)
      items, values, times, types, size = Array.new(5) { |k| places + 8 * k }
      names = self.types
      @handle.use do |data|
        Library.call(:reco_data_trail, data, Convert.integer(user, "user"), items, values, times, types, size)
        n = size.read_int64
        read = ->(place, kind) { place.read_pointer.null? ? Array.new(n) : place.read_pointer.public_send("read_array_of_#{kind}", n) }
        [read.(items, :int32), read.(values, :float), read.(times, :int64).map { |time| time unless time == API::RECO_NO_TIME },
         read.(types, :uint8).map { |type| type && names[type] }]
      end
    end

    # Frees the data set: now, or when the calls that use it return. It cannot be used afterwards.
    def close
      @handle.close
    end

    def inspect
      "#<Reco::Data: #{count(:users)} users, #{count(:items)} items, #{count(:pairs)} pairs>"
    end
  end
end
