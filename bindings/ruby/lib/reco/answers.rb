# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # An answer: pairs of an item's id and its score, best first.
  class Recommendations
    include Enumerable

    NONE = [].freeze
    private_constant :NONE

    # Ids, scores, the items' numbers; and what answered: the algorithm's name, or "popular" when the asker had no
    # history. A row of a batch does not know: nil. And the purposes that a user has not agreed to, who was answered as
    # nobody is therefore. And how many ids and features of the question the model did not know, with unknown: :skip.
    attr_reader :ids, :scores, :items, :source, :withheld, :skipped

    def initialize(ids, scores, items, source, withheld = NONE, skipped = 0) # :nodoc:
      @ids = ids
      @scores = scores
      @items = items
      @source = source
      @withheld = withheld
      @skipped = skipped
    end

    def each(&block)
      return enum_for(:each) { size } unless block

      @ids.zip(@scores).each(&block)
      self
    end

    # The k-th pair, or nil.
    def [](k)
      [@ids[k], @scores[k]] if @ids[k]
    end

    def size
      @ids.size
    end
    alias length size

    def empty?
      @ids.empty?
    end

    def inspect
      shown = first(5).map { |id, score| format("%<id>s %<score>.3g", id: id, score: score) }
      "#<Reco::Recommendations#{" of #{source}" if source}: #{shown.join(', ')}#{', ...' if size > 5}>"
    end
  end

  # The answers for many users: a Recommendations for each, in the order they were asked for. Who could not be answered, as
  # a user whom the model does not know, has an empty one, and is among the failures.
  class Batch
    include Enumerable

    attr_reader :size, :limit
    alias length size

    def initialize(size, limit) # :nodoc:
      @size = size
      @limit = limit
      cells = [size * limit, 1].max
      @items = FFI::MemoryPointer.new(:int32, cells)
      @scores = FFI::MemoryPointer.new(:float, cells)
      @sizes = FFI::MemoryPointer.new(:int32, [size, 1].max)
      @statuses = FFI::MemoryPointer.new(:int32, [size, 1].max)
    end

    # Where the library writes, from the k-th user on.
    def places(k = 0) # :nodoc:
      [@items + 4 * limit * k, @scores + 4 * limit * k, @sizes + 4 * k, @statuses + 4 * k]
    end

    def name(ids) # :nodoc:
      @ids = ids
      self
    end

    def each
      return enum_for(:each) { size } unless block_given?

      size.times { |k| yield self[k] }
      self
    end

    # The k-th user's answer, or nil.
    def [](k)
      return unless k.between?(0, size - 1)

      at = 4 * limit * k
      n = @sizes.get_int32(4 * k)
      items = @items.get_array_of_int32(at, n)
      Recommendations.new(items.map { |item| @ids[item] }, @scores.get_array_of_float(at, n), items, nil)
    end

    # What each answer ended in: 0, or the number of what is in failures.
    def statuses
      @statuses.read_array_of_int32(size)
    end

    # The exceptions that the k-th users would have met, by k: {} when all were answered.
    def failures
      statuses.each_with_index.reject { |status, _| status.zero? }.to_h do |status, k|
        [k, Error.of(status, "user #{k}: #{Library.reco_status_text(status)}")]
      end
    end

    def inspect
      "#<Reco::Batch: the answers for #{size} users>"
    end
  end

  # The outcome of an evaluation.
  class Report
    # By a figure's name: its value, its 95% confidence interval, the values of its units, and what those are: "user",
    # "point" or "pair" (both nil where the figure is no mean, as coverage).
    attr_reader :values, :intervals, :per_unit, :units
    # Of users, points and items, by name: see reco_report_count.
    attr_reader :counts

    def initialize(handle) # :nodoc:
      handle.use { |report| read(report) }
      handle.close
    end

    # A figure by its name, as "ndcg@10".
    def [](name)
      @values.fetch(name)
    end

    def to_h
      @values.dup
    end

    def inspect
      "#<Reco::Report: #{@values.map { |name, value| format('%<name>s %<value>.4f', name: name, value: value) }.join(', ')}>"
    end

    private

    def read(report)
      @counts = count_names(report).to_h { |name| [name.to_sym, Library.reco_report_count(report, name)] }
      names = Array.new(Library.reco_report_size(report)) { |k| Library.reco_report_name(report, k) }
      @values = by(names) { |k| Library.reco_report_value(report, k) }
      @intervals = by(names) { |k| interval(report, k) }
      @units = by(names) { |k| Library.reco_report_unit(report, k) }
      @per_unit = by(names) { |k| each_unit(report, k) }
    end

    def by(names)
      names.each_with_index.to_h { |name, k| [name, yield(k)] }
    end

    def count_names(report)
      (0..).lazy.map { |k| Library.reco_report_count_name(report, k) }.take_while(&:itself).to_a
    end

    def each_unit(report, k)
      n = FFI::MemoryPointer.new(:int64)
      values = Library.reco_report_units(report, k, n)
      values.null? ? nil : values.read_array_of_double(n.read_int64)
    end

    def interval(report, k)
      ends = FFI::MemoryPointer.new(:double, 2)
      Library.call(:reco_report_interval, report, k, ends, ends + 8)
      ends.read_array_of_double(2)
    end
  end
end
