# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # Ruby's values as the library takes them; what cannot be taken is refused by the name of its argument.
  module Convert # :nodoc:
    INT32 = (-2**31..2**31 - 1).freeze
    INT64 = (-2**63..2**63 - 1).freeze
    SIDES = { "user" => API::RECO_USER, "item" => API::RECO_ITEM }.freeze

    # Some strings as an array of `const char *`; nil becomes NULL.
    class Texts
      attr_reader :pointer, :size

      def initialize(texts)
        @size = texts.size
        # All of them in one block, and pointers into it: a block does not move as small Ruby strings may.
        @block = FFI::MemoryPointer.new(:char, texts.sum { |text| text ? text.bytesize + 1 : 0 } + 1)
        @block.put_bytes(0, texts.compact.join("\0"))
        at = @block.address
        places = texts.map { |text| text ? at.tap { at += text.bytesize + 1 } : 0 }
        @pointer = FFI::MemoryPointer.new(:pointer, [size, 1].max)
        @pointer.put_bytes(0, places.pack("J*"))
      end
    end

    module_function

    # An id, name or text in UTF-8; a whole number becomes its decimal text.
    def text(value, what)
      case value
      when String then utf8(value, what)
      when Symbol then utf8(value.name, what)
      when Integer then integer(value, what, INT64).to_s
      else raise TypeError, "#{what} must be a String, a Symbol or an Integer, not #{shown(value)}"
      end
    end

    def utf8(value, what)
      value = encoded(value, what) unless value.ascii_only?
      raise ArgumentError, "#{what} must not contain a zero byte" if value.include?("\0")

      value
    end

    def encoded(value, what)
      value = value.encode(Encoding::UTF_8)
      raise ArgumentError, "#{what} must be valid UTF-8, not #{shown(value)}" unless value.valid_encoding?

      value
    rescue EncodingError => e
      raise ArgumentError, "#{what} must be text: #{e.message}"
    end

    # Ids of any Enumerable.
    def texts(values, what)
      values = array(values, what)
      found = []
      begin
        values.each { |value| found << text(value, what) }
      rescue ArgumentError, RangeError, TypeError => e
        raise e, "position #{found.size}: #{e.message}"
      end
      Texts.new(found)
    end

    def array(values, what)
      raise TypeError, "#{what} must be an Array of ids, not #{shown(values)}" unless values.is_a?(Enumerable)

      values.to_a
    end

    def integer(value, what, range = INT32)
      raise TypeError, "#{what} must be an Integer, not #{shown(value)}" unless value.is_a?(Integer)
      return value if range.cover?(value)

      raise RangeError, "#{what} must be in [#{range.begin}, #{range.end}], not #{value}"
    end

    def number(value, what)
      return value.to_f if value.is_a?(Numeric) && value.real?

      raise TypeError, "#{what} must be a number, not #{shown(value)}"
    end

    # Unix seconds of an Integer, a Time or nil.
    def time(value, what)
      case value
      when Integer then integer(value, what, INT64)
      when Time then value.to_i
      when nil then API::RECO_NO_TIME
      else raise TypeError, "#{what} must be a Time or an Integer of Unix seconds, not #{shown(value)}"
      end
    end

    def side(value)
      SIDES[value.to_s] || raise(ArgumentError, "side must be :user or :item, not #{shown(value)}")
    end

    def floats(values, what)
      FFI::MemoryPointer.new(:float, [values.size, 1].max).put_array_of_float(0, values.map { |x| number(x, what) })
    end

    # nil is NaN: none.
    def doubles(values, what)
      values = values.map { |x| x.nil? ? Float::NAN : number(x, what) }
      FFI::MemoryPointer.new(:double, [values.size, 1].max).put_array_of_double(0, values)
    end

    def int64s(values, what)
      values.each { |value| integer(value, what, INT64) }
      FFI::MemoryPointer.new(:int64, [values.size, 1].max).put_array_of_int64(0, values)
    end

    def shown(value)
      value.inspect.then { |text| text.size > 80 ? "#{text[0, 80]}..." : text }
    end

    def need(value, kind, what)
      return if value.is_a?(kind)

      raise TypeError, "#{what} must be #{kind == Array ? 'an' : 'a'} #{kind}, not #{shown(value)}"
    end
  end
  private_constant :Convert
end
