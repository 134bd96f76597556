# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # A query and a list, lent by a model's stock of those that are free: to make them costs more than to ask. A question
  # from another thread or fiber, or from inside a filter, gets another. They stay with their model, since a list holds on
  # to the ids of the model that it last answered for.
  class Ask # :nodoc:
    LIMIT = 10
    UNKNOWN = Object.new
    # By their addresses: they are static in the library.
    SOURCES = Hash.new { |known, at| known[at] = Library.text(FFI::Pointer.new(at).read_string).freeze }

    ALLOW = 1
    HIDE = 0
    STOP = -1
    COME_BACK = FFI::Function.new(:int32, %i[pointer int32 string]) { |_context, _item, id| Fiber.yield(Library.text(id)) }

    attr_reader :query, :list, :error

    def initialize
      @handles = %w[query list].map do |noun|
        Handle.make(:"reco_#{noun}_free") { |out| Library.call(:"reco_#{noun}_new", out) }
      end
      @query, @list = @handles.map { |handle| handle.use(&:itself) } # closed when no question has them
      @error = Library.error
      @places = FFI::MemoryPointer.new(:uint64, 4)
      @scores_place = @places + 8
      @source_place = @places + 16
      @withheld_place = @places + 24
      @limit = LIMIT
      @asked = @ruled = false
    end

    def close
      @handles.each(&:close)
    end

    # Who asks: a user, whoever has a history, or nobody. The first thing to say.
    def who(user, history)
      reset if @ruled || (@asked && user.nil?)
      return if user.nil? && history.nil?

      @asked = true
      return history(history) if user.nil?
      raise ArgumentError, "give a user or a history, not both" unless history.nil?

      check(Library.reco_query_user(@query, Convert.text(user, "user"), @error))
    end

    # More of who asks, and of the moment.
    def tell(events, about, context, unknown, history = nil)
      return if events.nil? && about.nil? && context.nil? && unknown.nil?
      raise ArgumentError, "give a history or events, not both: events may be ids alone" unless events.nil? || history.nil?

      @ruled = true
      told = Told.new(@query, @error)
      told.unknown(unknown) unless unknown.nil?
      told.events(events) unless events.nil?
      told.features(API::RECO_USER, about, "about") unless about.nil?
      told.features(API::RECO_CONTEXT, context, "context") unless context.nil?
    end

    # How many, and what may be answered.
    def what(limit, offset, include, exclude, where, seen, purpose = nil)
      limit(limit) unless limit.equal?(@limit)
      purpose(purpose) unless purpose.nil?
      return if offset.equal?(0) && include.nil? && exclude.nil? && where.nil? && !seen

      @ruled = true
      check(Library.reco_query_offset(@query, Convert.integer(offset, "offset"), @error))
      listed(:reco_query_include, include, "include") unless include.nil?
      listed(:reco_query_exclude, exclude, "exclude") unless exclude.nil?
      check(Library.reco_query_where(@query, Convert.text(where, "where"), @error)) unless where.nil?
      Library.reco_query_include_seen(@query, 1) if seen
    end

    # Whether items of the history may be answered, where that is not as usual.
    def seen(yes)
      @ruled = true
      Library.reco_query_include_seen(@query, yes ? 1 : 0)
    end

    # What the answer is for.
    def purpose(purpose)
      @ruled = true
      check(Library.reco_query_purpose(@query, Convert.text(purpose, "purpose"), @error))
    end

    # Asks by the block, with a filter or none.
    #
    # With one, the library works in a fiber that comes back for each item's verdict: the filter runs where it was
    # written, so whatever it raises and however it is left, by break, throw, a Timeout, nothing passes through the library.
    def put(filter = nil, &question)
      return check(yield) unless filter

      @ruled = true
      Library.reco_query_filter(@query, COME_BACK, nil)
      judge(Fiber.new(&question), filter)
    end

    # How many ids and features of the question the model did not know.
    def skipped
      @ruled ? Library.reco_list_skipped(@list) : 0
    end

    # The items' numbers, their scores, what answered, and the bits of what was withheld. The arrays stay where they are
    # until the list grows, so the pointers to them are kept.
    def answer
      n = Library.reco_list_get(@list, @places, @scores_place, nil, @source_place, @withheld_place)
      items, scores, source = @places.read_array_of_uint64(3)
      @items = FFI::Pointer.new(@items_at = items) if items != @items_at
      @scores = FFI::Pointer.new(@scores_at = scores) if scores != @scores_at
      [@items.read_array_of_int32(n), @scores.read_array_of_float(n), SOURCES[source], @withheld_place.read_int32]
    end

    private

    def judge(question, filter)
      found = question.resume # an item's id, or in the end a status
      found = question.resume(filter.call(found) ? ALLOW : HIDE) while question.alive?
      check(found)
    ensure
      question.resume(STOP) while question.alive?
    end

    def check(status)
      Library.check(status, @error) unless status.zero?
    end

    def reset
      Library.reco_query_reset(@query)
      @limit = LIMIT
      @asked = @ruled = false
    end

    def limit(limit)
      @limit = UNKNOWN # until the library has taken it
      check(Library.reco_query_limit(@query, Convert.integer(limit, "limit"), @error))
      @limit = limit
    end

    def history(history)
      values = Convert.floats(history.values, "history") if history.is_a?(Hash)
      items = Convert.texts(values ? history.keys : history, "history")
      check(Library.reco_query_history(@query, items.pointer, values, items.size, @error))
    end

    def listed(function, items, what)
      items = Convert.texts(items, what)
      check(Library.public_send(function, @query, items.pointer, items.size, @error))
    end
  end
  private_constant :Ask
end
