# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # What a question tells of whoever asks and of the moment: events, features, and what becomes of ids that nobody knows.
  class Told # :nodoc:
    PARTS = %w[item type value time].freeze

    def initialize(query, error)
      @query = query
      @error = error
    end

    def unknown(what)
      check(Library.reco_query_unknown(@query, Convert.text(what, "unknown"), @error))
    end

    def events(events)
      unless events.is_a?(Enumerable) && !events.is_a?(Hash)
        raise TypeError, "events must be an Array of ids, [item, type, value, time] or Hashes of these, not #{Convert.shown(events)}"
      end

      events.each_with_index do |event, k|
        event(*parts(event))
      rescue Error, ArgumentError, TypeError, RangeError => e
        raise e, "event #{k}: #{e.message}"
      end
    end

    def features(side, features, what)
      Convert.need(features, Hash, what)
      features.each do |field, value|
        feature(side, Convert.text(field, "#{what}: a field"), value, "#{what} #{field.inspect}") unless value.nil?
      end
    end

    private

    def check(status)
      Library.check(status, @error) unless status.zero?
    end

    # An event's item, type, value and time, nil where one is not said.
    def parts(event)
      case event
      when Hash
        named = event.transform_keys(&:to_s)
        other = named.keys - PARTS
        raise ArgumentError, "an event has no #{other.first}; it has: #{PARTS.join(', ')}" unless other.empty?

        named.values_at(*PARTS)
      when Array
        return event if event.size.between?(1, 4)

        raise ArgumentError, "must be an id or [item], then type, value and time as far as they are said, not #{Convert.shown(event)}"
      else [event]
      end
    end

    def event(item, type = nil, value = nil, time = nil)
      item = Convert.text(item, "item")
      type = Convert.text(type, "type") unless type.nil?
      value = value.nil? ? 1.0 : Convert.number(value, "value")
      check(Library.reco_query_event(@query, item, type, value, Convert.time(time, "time"), @error))
    end

    # A token, tokens, tokens with their weights, a number or a vector.
    def feature(side, field, value, what)
      case value
      when String, Symbol then tokens(side, field, { value => 1 }, what)
      when Hash then tokens(side, field, value, what)
      when Numeric then check(Library.reco_query_number(@query, side, field, Convert.number(value, what), @error))
      when Enumerable then several(side, field, value.to_a, what)
      else raise TypeError, "#{what} must be a String, a Symbol, a number, or an Array of either, not #{Convert.shown(value)}"
      end
    end

    def several(side, field, values, what)
      if values.any? { |one| one.is_a?(String) || one.is_a?(Symbol) }
        tokens(side, field, values.to_h { |token| [token, 1] }, what)
      elsif !values.empty?
        check(Library.reco_query_vector(@query, side, field, Convert.floats(values, what), values.size, @error))
      end
    end

    def tokens(side, field, tokens, what)
      tokens.each do |token, weight|
        check(Library.reco_query_token(@query, side, field, Convert.text(token, what), Convert.number(weight, what), @error))
      end
    end
  end
  private_constant :Told
end
