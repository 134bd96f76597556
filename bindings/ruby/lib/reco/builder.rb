# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # Collects events, features and consent; `finish` makes the data set. For one thread at a time.
  #
  # Settings (see include/reco/data.h): combine, half_life_days, reference_time, min_user_events, min_item_events,
  # values (:amounts or :ratings), like_from.
  # Ids are Strings, Symbols or Integers: 17, "17" and :"17" are one. A side is :user or :item.
  class Builder
    def initialize(**settings)
      @handle = Handle.make(:reco_builder_free) { |out| Library.call(:reco_builder_new, out) }
      @error = Library.error
      settings.each { |name, value| set(name, value) }
    end

    # Sets one setting.
    def set(name, value)
      name = Convert.text(name, "name")
      return call(:reco_builder_set_text, name, Convert.text(value, name)) if value.is_a?(String) || value.is_a?(Symbol)

      call(:reco_builder_set, name, Convert.number(value, name))
    end

    # Names a type of event and what one of it weighs.
    def event_type(name, weight)
      call(:reco_builder_set_event_type, Convert.text(name, "name"), Convert.number(weight, "weight"))
    end

    # Names a purpose that users may agree to, beside "training" and "personal".
    def purpose(name)
      call(:reco_builder_set_purpose, Convert.text(name, "name"), nil)
    end

    # Says what a user agreed to: :all, :none, or the names of purposes, one or several.
    def consent(user, consent)
      words = (consent.is_a?(Array) ? consent : [consent]).map { |name| Convert.text(name, "consent") }
      words = ["none"] if words.empty?
      call(:reco_builder_set_consent_text, Convert.text(user, "user"), words.join("|"))
    end

    # Adds one event; `value` nil is 1, `time` is a Time or Unix seconds, `type` was named with event_type.
    def add(user, item, value = nil, time = nil, type = nil)
      user = Convert.text(user, "user")
      item = Convert.text(item, "item")
      value = value.nil? ? 1.0 : Convert.number(value, "value")
      time = Convert.time(time, "time")
      type &&= Convert.text(type, "type")
      @handle.use do |builder|
        Library.check(Library.reco_builder_add_event(builder, user, item, type, value, time, @error), @error)
      end
      self
    end

    # Says what was so at the event that `add` added last: a String or Symbol is a token, as the device, and may be one of
    # several; a number is one, as the temperature.
    def context(field, value)
      function, field, column = said(field, [value])
      long(function, field, 1, column)
    end

    # Adds events from any Enumerable of what `add` takes: [user, item], [user, item, value, time, type].
    def add_events(events)
      raise TypeError, "events must be an Enumerable, not #{events.inspect}" unless events.is_a?(Enumerable)

      events.each_with_index do |event, k|
        unless event.is_a?(Array) && event.size.between?(2, 5)
          raise ArgumentError, "must be [user, item], then value, time and type as far as they are said, not #{event.inspect}"
        end

        add(*event)
      rescue Error, ArgumentError, TypeError, RangeError => e
        raise e, "event #{k}: #{e.message}"
      end
      self
    end

    # Adds events from Arrays of equal length, all of them or none. Whole numbers as ids are quickest.
    #
    # `context`: what was so at each, as { device: ["tv", nil], temperature: [20, 3.5] }: Strings and Symbols are tokens. When
    # the library refuses a context, the events are there without it.
    def add_columns(users, items, values: nil, times: nil, types: nil, context: {})
      Convert.need(users, Array, "users")
      Convert.need(context, Hash, "context")
      { items: items, values: values, times: times, types: types, **named_contexts(context) }.each do |name, column|
        next if column.nil? && %i[values times types].include?(name)

        Convert.need(column, Array, name)
        next if column.size == users.size

        raise ArgumentError, "#{name} has #{column.size} entries, users has #{users.size}"
      end
      values &&= Convert.floats(values, "values")
      times &&= Convert.int64s(times.map { |time| Convert.time(time, "times") }, "times")
      said = context.map { |field, column| said(field, column) }
      add_rows(users, items, types, values, times)
      said.each { |function, field, column| long(function, field, users.size, column) }
      self
    end

    # Adds users (:user) or items (:item) that are in the data set also without events and features, as a whole catalog:
    # an Array or another Enumerable of ids, all of them or none.
    def add_ids(side, ids)
      side = Convert.side(side)
      ids = Convert.array(ids, "ids")
      if ids.all?(Integer)
        long(:reco_builder_add_ids_i64, side, ids.size, Convert.int64s(ids, "ids"))
      else
        ids = Convert.texts(ids, "ids")
        long(:reco_builder_add_ids, side, ids.size, ids.pointer)
      end
    end

    # Gives a user or item a text, as a title.
    def text(side, id, field, value)
      call(:reco_builder_add_text, *named(side, id, field), Convert.text(value, "value"))
    end

    # Gives a user or item one more token of a field, as a category.
    def token(side, id, field, value, weight = 1)
      call(:reco_builder_add_token, *named(side, id, field), Convert.text(value, "value"),
           Convert.number(weight, "weight"))
    end

    # Gives a user or item a number, as a price.
    def number(side, id, field, value)
      call(:reco_builder_add_number, *named(side, id, field), Convert.number(value, "value"))
    end

    # Gives a user or item a vector, as an image embedding.
    def vector(side, id, field, value)
      Convert.need(value, Array, "value")
      call(:reco_builder_add_vector, *named(side, id, field), Convert.floats(value, "value"), value.size)
    end

    # Reads a CSV or TSV file of events; options as in reco_format_set and reco_format_set_text of
    # include/reco/data.h: delimiter: ";", header: false, columns: { user: "Customer", item: "Product" }, ...
    def read_events(path, **format)
      read(:reco_builder_read_events, File.path(path), format)
    end

    # Reads a CSV or TSV file of features, whose first column is the id.
    def read_features(side, path, **format)
      read(:reco_builder_read_features, Convert.side(side), File.path(path), format)
    end

    # A count of what was taken in, as :rows or :events: see reco_builder_count.
    def count(name)
      Library.count(:reco_builder_count, @handle, name)
    end

    # Makes the data set; the builder may go on.
    def finish
      Work.call { @handle.change { |builder| made(:reco_builder_finish, builder) } }
    end

    # Makes the data set and closes the builder, whose events need not be copied then.
    def spend # :nodoc:
      Work.call { @handle.spend { |builder| made(:reco_builder_finish_free, builder) } }
    end

    # Frees the builder. It cannot be used afterwards.
    def close
      @handle.close
    end

    private

    def made(function, builder)
      Data.new(Handle.make(:reco_data_free) { |out| Library.call(function, builder, out) })
    end

    def call(name, *arguments)
      @handle.use { |builder| Library.call(name, builder, *arguments) }
      self
    end

    def long(name, *arguments)
      Work.call { @handle.change { |builder| Library.call(name, builder, *arguments) } }
      self
    end

    def named(side, id, field)
      [Convert.side(side), Convert.text(id, "id"), Convert.text(field, "field")]
    end

    def named_contexts(context)
      context.transform_keys { |field| "context #{Convert.text(field, 'field').inspect}" }
    end

    # The call for a column of what was so at events, its field and the column as the call takes it.
    def said(field, column)
      field = Convert.text(field, "field")
      if column.any? { |value| value.is_a?(String) || value.is_a?(Symbol) }
        texts = Convert::Texts.new(column.map { |value| value && Convert.text(value, "context #{field.inspect}") })
        return [:reco_builder_add_context_tokens, field, texts.pointer, texts]
      end
      [:reco_builder_add_context_numbers, field, Convert.doubles(column, "context #{field.inspect}")]
    end

    def add_rows(users, items, types, values, times)
      if types.nil? && users.all?(Integer) && items.all?(Integer)
        return long(:reco_builder_add_events_i64, users.size, Convert.int64s(users, "users"),
                    Convert.int64s(items, "items"), values, times)
      end
      types &&= Convert::Texts.new(types.map { |type| type && Convert.text(type, "types") })
      users = Convert.texts(users, "users")
      items = Convert.texts(items, "items")
      long(:reco_builder_add_events, users.size, users.pointer, items.pointer, types&.pointer, values, times)
    end

    def read(name, *arguments, options)
      format = Handle.make(:reco_format_free) { |out| Library.call(:reco_format_new, out) }
      format.use do |pointer|
        options.each { |option, value| set_format(pointer, option.to_s, value) }
        long(name, *arguments, pointer)
      end
    ensure
      format&.close
    end

    def set_format(format, name, value)
      value = value.map { |key, column| "#{key}=#{column}" }.join(",") if value.is_a?(Hash)
      case value
      when String, Symbol then Library.call(:reco_format_set_text, format, name, Convert.text(value, name))
      when true, false then Library.call(:reco_format_set, format, name, value ? 1 : 0)
      else Library.call(:reco_format_set, format, name, Convert.number(value, name))
      end
    end
  end
end
