# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # What all models share. The classes of the algorithms are made from the library's own parameter tables.
  class Model
    class << self
      # The algorithm's name in the library.
      def algorithm; end

      # Its parameters.
      def parameters
        Reco.parameters(algorithm)
      end

      # What it does and what its parameters mean.
      def help
        summary = Library.reco_algo_summary(algorithm)
        ["#{summary.capitalize}.", "", *parameters.map { |parameter| "#{parameter.name}: #{parameter}" }].join("\n")
      end
    end

    # How the library's arrays are read.
    ARRAYS = { API::RECO_ARRAY_U8 => :read_array_of_uint8, API::RECO_ARRAY_I32 => :read_array_of_int32,
               API::RECO_ARRAY_I64 => :read_array_of_int64, API::RECO_ARRAY_F32 => :read_array_of_float,
               API::RECO_ARRAY_F64 => :read_array_of_double }.freeze
    private_constant :ARRAYS

    attr_reader :handle # :nodoc:

    def initialize(**parameters)
      algorithm = self.class.algorithm
      raise TypeError, "make a model of one of the algorithms, as Reco::ALS.new" unless algorithm

      known = self.class.parameters.map(&:name)
      unknown = parameters.keys.map(&:to_s) - known
      unless unknown.empty?
        raise ArgumentError, "#{self.class} has no parameter #{unknown.first}; there are: #{known.sort.join(', ')}"
      end
      hold(Handle.make(:reco_model_free) { |out| Library.call(:reco_model_new, out, algorithm) })
      parameters.each { |name, value| set(name.to_s, value) }
    end

    # ---- life ----

    # Fits the model. A block is told of progress: fit(data) { |stage, done| ... }.
    # Ctrl-C cancels: the model stays unfitted and may be fitted again.
    def fit(data, &progress)
      Convert.need(data, Data, "data")
      Work.call(progress) do |run|
        @handle.change do |model|
          data.handle.use { |given| Library.call(:reco_model_fit, model, given, run) }
        end
      end
      hold(@handle)
    end

    # Another fitted model with all that this one learned, which lives by itself: `dup` and `clone`.
    def initialize_copy(other)
      super
      hold(Work.call do
        other.handle.use { |model| Handle.make(:reco_model_free) { |out| Library.call(:reco_model_copy, model, out) } }
      end)
    end

    # Saves to one file for every platform; `path` holds the old file or the whole new one.
    def save(path, users: true, texts: true)
      path = File.path(path)
      Work.call { @handle.use { |model| Library.call(:reco_model_save, model, path, flags(users, texts)) } }
      self
    end

    # The model file's bytes, for Reco.from_bytes.
    def to_bytes(users: true, texts: true)
      Work.call do
        out = FFI::MemoryPointer.new(:pointer)
        size = FFI::MemoryPointer.new(:int64)
        @handle.use { |model| Library.call(:reco_model_save_bytes, model, flags(users, texts), out, size) }
        bytes = out.read_pointer
        begin
          bytes.read_bytes(size.read_int64)
        ensure
          Library.reco_bytes_free(bytes)
        end
      end
    end

    # Marshal takes a model as its file, for caches and other processes; what is not fitted is refused.
    def marshal_dump
      to_bytes
    end

    def marshal_load(bytes) # :nodoc:
      hold(Work.call { Handle.make(:reco_model_free) { |out| Library.call(:reco_model_load_bytes, out, bytes, bytes.bytesize) } })
    end

    # Frees the model: now, or when the calls that use it return. It cannot be used afterwards.
    def close
      @handle.close
      while (ask = @free.pop)
        ask.close
      end
    end

    # ---- questions ----

    # Recommends for a user the model knows, or for whoever has a history: ids, or a Hash of ids and values.
    # `include`, `exclude`: ids; `where`: as "price<50 and category=kitchen"; a block is a filter: it is given an id and
    # says whether to allow it. `purpose`: what it is for, as "email": a user who has not agreed to that is answered as
    # nobody is.
    #
    # `events`: what a session holds, or a user did since the model was fitted, the newest last: ids, [item, type, value,
    # time] as far as they are said, or Hashes of these names.
    # `about`, `context`: features of who asks and of the moment, as { country: :de, age: 34 } and { device: "phone" }:
    # Strings, Symbols and Arrays of them are tokens, Hashes tokens and their weights, numbers numbers, other Arrays vectors.
    # A field told so replaces the user's own; nil says nothing.
    # `unknown`: :skip leaves out ids, fields and tokens that the model does not know, and the answer has how many in
    # `skipped`; :refuse (the default) raises NotFound.
    def recommend(user = nil, history: nil, limit: 10, offset: 0, include: nil, exclude: nil, where: nil,
                  include_seen: false, purpose: nil, events: nil, about: nil, context: nil, unknown: nil, &filter)
      asking do |model, ask|
        ask.who(user, history)
        ask.tell(events, about, context, unknown, history)
        ask.what(limit, offset, include, exclude, where, include_seen, purpose)
        ask.put(filter) { (filter ? Library : @library).reco_model_recommend(model, ask.query, ask.list, ask.error) }
        answer(model, ask)
      end
    end

    # Items like an item; the rest as in `recommend`.
    def similar(item, limit: 10, offset: 0, include: nil, exclude: nil, where: nil, unknown: nil, &filter)
      item = Convert.text(item, "item")
      asking do |model, ask|
        ask.who(nil, nil)
        ask.tell(nil, nil, nil, unknown)
        ask.what(limit, offset, include, exclude, where, false)
        ask.put(filter) { (filter ? Library : @library).reco_model_similar(model, item, ask.query, ask.list, ask.error) }
        answer(model, ask)
      end
    end

    # Users like a user: ids and numbers of users, where can?(:similar_users), who all agreed to the purpose.
    def similar_users(user, limit: 10, offset: 0, purpose: nil)
      user = Convert.text(user, "user")
      asking do |model, ask|
        ask.who(nil, nil)
        ask.what(limit, offset, nil, nil, nil, false, purpose)
        ask.put { @library.reco_model_similar_users(model, user, ask.query, ask.list, ask.error) }
        users, scores, source = ask.answer
        Recommendations.new(users.map { |k| Library.reco_model_id(model, API::RECO_USER, k) }, scores, users, source)
      end
    end

    # What adds how much to an item's score: items of the history, and features of who asks and of the moment, as
    # "country=de", whose number in `items` is -2; what none of them explains has the id "" and the number -1.
    def explain(item, user = nil, history: nil, limit: 10, offset: 0, purpose: nil, events: nil, about: nil, context: nil,
                unknown: nil)
      item = Convert.text(item, "item")
      asking do |model, ask|
        ask.who(user, history)
        ask.tell(events, about, context, unknown, history)
        ask.what(limit, offset, nil, nil, nil, false, purpose)
        ask.put { @library.reco_model_explain(model, item, ask.query, ask.list, ask.error) }
        answer(model, ask) { |items| items.each_index.map { |k| Library.reco_list_id(ask.list, k) } }
      end
    end

    # The scores of given items, seen or not; NaN of an item that is skipped as unknown.
    def score(items, user = nil, history: nil, purpose: nil, events: nil, about: nil, context: nil, unknown: nil)
      items = Convert.texts(items, "items")
      scores = FFI::MemoryPointer.new(:float, [items.size, 1].max)
      asking do |model, ask|
        ask.who(user, history)
        ask.tell(events, about, context, unknown, history)
        ask.purpose(purpose) unless purpose.nil?
        ask.put { @library.reco_model_score(model, ask.query, items.pointer, items.size, scores, ask.error) }
      end
      scores.read_array_of_float(items.size)
    end

    # Recommends for many users (nil: all), at once and on `threads` of the processor (0: all): a Batch. A user who cannot
    # be answered, as one the model does not know, fails alone: see Batch#failures; with unknown: :skip they are answered as
    # somebody without history is. `context` is everybody's. Takes what `recommend` takes but history, events, about and
    # offset; with a filter, users are asked for one after the other.
    def recommend_all(users = nil, threads: 0, limit: 10, include: nil, exclude: nil, where: nil, include_seen: false,
                      purpose: nil, context: nil, unknown: nil, &filter)
      users = ids(:user) if users.nil? && filter
      users = Convert.texts(users, "users") unless users.nil?
      threads = Convert.integer(threads, "threads")
      items = count(:items)
      batch = Batch.new(users ? users.size : count(:users), [Convert.integer(limit, "limit"), items].min)
      asking do |model, ask|
        ask.who(nil, nil)
        ask.tell(nil, nil, context, unknown)
        ask.what(batch.limit, 0, include, exclude, where, include_seen, purpose)
        filter ? judged(model, ask, users, batch, filter) : at_once(model, ask, users, batch, threads)
        batch.name(names(model, [*0...items]))
      end
    end

    # Evaluates on held-out data: a Report. `metrics` and who asks as in include/reco/eval.h; a block is told of progress.
    # `ask`: "user"; "given": somebody unknown by the first `given` (5) events of each test user; "next": after each event
    # for the next. `negatives`: what to rank among. The rest as in `recommend`, with one context for all; with ask: "next"
    # seen items may be answered unless `include_seen` is false.
    def evaluate(test, metrics = "ndcg@10,recall@10", ask: "user", given: nil, negatives: nil, include: nil, exclude: nil,
                 where: nil, include_seen: nil, purpose: nil, context: nil, unknown: nil, threads: 0, &progress)
      Convert.need(test, Data, "test")
      Convert.need(negatives, Data, "negatives") unless negatives.nil?
      texts = { "metrics" => Convert.text(Array(metrics).join(","), "metrics"), "ask" => Convert.text(ask, "ask") }
      numbers = { "threads" => threads, "given" => given }.compact.to_h { |name, value| [name, Convert.integer(value, name)] }
      asking do |model, ask|
        ask.who(nil, nil)
        ask.tell(nil, nil, context, unknown)
        ask.what(Ask::LIMIT, 0, include, exclude, where, false, purpose)
        ask.seen(include_seen) unless include_seen.nil?
        protocol(texts, numbers) { |protocol| report(model, test, ask.query, protocol, negatives, progress) }
      end
    end

    # ---- what it knows ----

    # A count, as :users, :items, :pairs or :bytes: see reco_model_count.
    def count(name)
      Library.count(:reco_model_count, @handle, name)
    end

    # The times of the first and the last event, in Unix seconds; nil when no event has one.
    def times
      Library.times(:reco_model_times, @handle)
    end

    # The types of events, in the order the builder named them.
    def types
      Library.types(:reco_model_type, @handle, count(:types))
    end

    # Whether it can answer :similar, :similar_users, :explain, :history or :users.
    def can?(what)
      what = Convert.text(what, "what")
      @handle.use { |model| Library.reco_model_can(model, what) } == 1
    end

    # The ids of all users (:user) or items (:item), in the order of their numbers.
    def ids(side)
      Library.ids(:reco_model_id, @handle, side, count("#{side}s"))
    end

    # The number of a user or item.
    def find(side, id)
      Library.find(:reco_model_find, @handle, side, id)
    end

    # The purposes that users may have agreed to.
    def purposes
      @handle.use { |model| Library.purposes(:reco_model_purpose, model) }
    end

    # The purposes that a user agreed to.
    def consent(user)
      number = find(:user, user)
      @handle.use { |model| Library.purposes(:reco_model_purpose, model, Library.reco_model_consent(model, number)) }
    end

    # A text of an item or user, as a title, or nil.
    def text(id, field, side: :item)
      described(side, id, field) { |*place| Library.reco_model_text(*place) }
    end

    # A number of an item or user, as a price, or nil.
    def number(id, field, side: :item)
      found = described(side, id, field) { |*place| Library.reco_model_number(*place) }
      found unless found.nan?
    end

    # The tokens of an item or user, as its categories.
    def tokens(id, field, side: :item)
      described(side, id, field) { |*place| Library.each_of { |k| Library.reco_model_token(*place, k) } }
    end

    # An array that the model learned, as "item_factors" of ALS: an Array of rows, or of numbers when it has one column.
    # Rows of items or users are in the order of `ids`.
    def array(name)
      name = Convert.text(name, "name")
      values, kind = FFI::MemoryPointer.new(:pointer), FFI::MemoryPointer.new(:int32)
      rows, columns = FFI::MemoryPointer.new(:int64), FFI::MemoryPointer.new(:int64)
      @handle.use do |model|
        Library.call(:reco_model_array, model, name, values, kind, rows, columns)
        width = columns.read_int64
        size = rows.read_int64 * width
        flat = size.zero? ? [] : values.read_pointer.public_send(ARRAYS.fetch(kind.read_int32), size)
        width == 1 ? flat : flat.each_slice([width, 1].max).to_a
      end
    end

    # Whether it was fitted or loaded.
    def fitted?
      count(:fitted) == 1
    end

    def inspect
      "#<#{self.class}: #{fitted? ? "#{count(:users)} users, #{count(:items)} items" : 'not fitted'}>"
    end

    private

    def hold(handle)
      @handle = handle
      @ids = []
      @free = [] # to push to it and to pop from it are single steps in Ruby
      @library = count(:items) < Aside::ITEMS ? Library : Aside
      self
    end

    def set(name, value)
      @handle.use do |model|
        case value
        when String, Symbol then Library.call(:reco_model_set_text, model, name, Convert.text(value, name))
        else Library.call(:reco_model_set, model, name, Convert.number(value, name))
        end
      end
    end

    def get(parameter)
      @handle.use do |model|
        place = FFI::MemoryPointer.new(:double)
        Library.call(parameter.type == String ? :reco_model_get_text : :reco_model_get, model, parameter.name, place)
        parameter.read(place)
      end
    end

    def flags(users, texts)
      (users ? 0 : API::RECO_SAVE_WITHOUT_USERS) + (texts ? 0 : API::RECO_SAVE_WITHOUT_TEXTS)
    end

    # Lends this model and a question.
    def asking
      @handle.use do |model|
        ask = @free.pop || Ask.new
        begin
          yield model, ask
        ensure
          @free.push(ask)
        end
      end
    end

    def answer(model, ask)
      items, scores, source, withheld = ask.answer
      ids = block_given? ? yield(items) : names(model, items)
      skipped = ask.skipped
      return Recommendations.new(ids, scores, items, source) if withheld.zero? && skipped.zero?

      Recommendations.new(ids, scores, items, source, Library.purposes(:reco_model_purpose, model, withheld), skipped)
    end

    # Ids become Ruby strings once, when first answered. An Array's `values_at` is quick, but its arguments must fit
    # the stack.
    def names(model, items)
      ids = @ids.values_at(*items) if items.size <= 1000
      return ids if ids&.all?

      items.map { |item| @ids[item] ||= Library.reco_model_id(model, API::RECO_ITEM, item).freeze }
    end

    def described(side, id, field)
      number = find(side, id)
      side, field = Convert.side(side), Convert.text(field, "field")
      @handle.use { |model| yield model, side, number, field }
    end

    def at_once(model, ask, users, batch, threads)
      Work.call do |run|
        Library.call(:reco_model_recommend_batch, model, ask.query, users&.pointer, batch.size, threads, run, *batch.places)
      end
    end

    # Each user alone, in the thread that called: a filter is asked there.
    def judged(model, ask, users, batch, filter)
      batch.size.times do |k|
        ask.put(filter) do
          Library.recommend_one(model, ask.query, users.pointer + FFI::Pointer.size * k, 1, 1, nil, *batch.places(k), ask.error)
        end
      end
    end

    # A protocol with such settings, for as long as the block takes.
    def protocol(texts, numbers)
      handle = Handle.make(:reco_protocol_free) { |out| Library.call(:reco_protocol_new, out) }
      handle.use do |protocol|
        texts.each { |name, value| Library.call(:reco_protocol_set_text, protocol, name, value) }
        numbers.each { |name, value| Library.call(:reco_protocol_set, protocol, name, value) }
        yield protocol
      end
    ensure
      handle&.close
    end

    def report(model, test, query, protocol, negatives, progress)
      Report.new(Work.call(progress) do |run|
        reading(test, negatives) do |held_out, among|
          Library.call(:reco_protocol_negatives, protocol, among)
          Handle.make(:reco_report_free) do |out|
            Library.call(:reco_model_evaluate, model, held_out, query, protocol, run, out)
          end
        end
      end)
    end

    def reading(test, negatives)
      return test.handle.use { |held_out| yield held_out, nil } unless negatives

      test.handle.use { |held_out| negatives.handle.use { |among| yield held_out, among } }
    end
  end

  # A model of models: Reco::Weighted.new([[Reco::ALS.new, 0.7], [Reco::Content.new, 0.3]], scaling: :zscore)
  class Hybrid < Model
    def initialize(parts = [], **parameters)
      super(**parameters)
      parts.each { |part, weight| add(part, weight || 1) }
    end

    # Adds a copy of a model's algorithm and parameters as a part.
    def add(part, weight = 1)
      Convert.need(part, Model, "part")
      weight = Convert.number(weight, "weight")
      @handle.change { |model| part.handle.use { |other| Library.call(:reco_model_add_part, model, other, weight) } }
      self
    end

    # Its parts as [algorithm, weight] pairs.
    def parts
      @handle.use do |model|
        Array.new(Library.reco_model_part_size(model)) do |k|
          [Library.reco_model_algo(Library.reco_model_part(model, k)), Library.reco_model_part_weight(model, k)]
        end
      end
    end
  end
end
