# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# The Ruby binding: what goes in, what comes out, and what is refused.
require "bigdecimal"
require "minitest/autorun"
require "set"
require "tempfile"
require "timeout"
require "tmpdir"
require "reco"

module Shop
  EVENTS = [%w[ann mug], %w[ann lamp], %w[bob mug], %w[bob vase], %w[cy lamp], %w[cy vase], %w[dee mug], %w[dee lamp],
            %w[dee vase], %w[eve rug]].freeze
  ITEMS = { "mug" => [5, "kitchen"], "lamp" => [20, "living"], "vase" => [30, "living"], "rug" => [90, "living"] }.freeze

  def shop(**settings)
    Reco::Data.build(**settings) do |builder|
      builder.add_events(EVENTS)
      ITEMS.each do |item, (price, room)|
        builder.number(:item, item, "price", price).token(:item, item, "room", room)
        builder.text(:item, item, "title", "a #{item} for the #{room}")
      end
    end
  end

  # Users and items as columns, at random but the same each time.
  def made(users, items, each)
    random = Random.new(1)
    [Array.new(users * each) { |k| k / each }, Array.new(users * each) { random.rand(items) }]
  end

  def rows(data)
    Array.new(data.count(:users)) { |user| data.row(user) }
  end

  def refused(error, message = //, &block)
    assert_match(message, assert_raises(error, &block).message)
  end
end

class TestData < Minitest::Test
  include Shop

  def test_all_sources_give_the_same
    users, items = made(50, 30, 8)
    values = users.each_index.map { |k| k % 4 + 1 }
    by_columns = Reco::Data.from_columns(users, items, values: values)
    sources = [Reco::Data.from_events(users.zip(items, values).each),
               Reco::Data.from_columns(users.map(&:to_s), items.map { |item| item.to_s.to_sym }, values: values)]
    Tempfile.create do |file|
      users.zip(items, values) { |row| file.puts(row.join("\t")) }
      file.close
      sources << Reco::Data.read(file.path, header: false)
    end
    sources.each { |data| assert_equal rows(by_columns), rows(data) }
    assert_equal Array.new(50, &:to_s), by_columns.ids(:user)
    assert_equal 17, by_columns.find("user", 17)
    refused(Reco::NotFound, /fifty/) { by_columns.find(:item, "fifty") }
  end

  # What Enumerable and ActiveRecord's `pluck` give.
  def test_rows_as_they_come
    plucked = [[1, :mug, BigDecimal("2.5"), Time.at(5)], ["1", "lamp", nil, nil], [2, "mug", 3r]]
    [plucked, plucked.each, plucked.lazy.map(&:itself), plucked.each_slice(2).lazy.flat_map(&:itself), Set.new(plucked)].each do |given|
      data = Reco::Data.from_events(given)
      assert_equal [%w[1 2], %w[mug lamp]], [data.ids(:user), data.ids(:item)]
      assert_equal [[[0, 1], [2.5, 1.0]], [[0], [3.0]]], rows(data)
    end
    assert_equal 2, Reco::Data.from_events([1, 10, 2, 10].each_slice(2)).count(:users)
    columns = Reco::Data.from_columns(*plucked.map { |user, item| [user, item] }.transpose)
    assert_equal [%w[1 2], %w[mug lamp]], [columns.ids(:user), columns.ids(:item)]
  end

  def test_ids_without_events
    builder = Reco::Builder.new.add("1", "4")
    builder.add_ids(:user, 0..3).add_ids("item", [5, 4, 3, 2, 1, 0]).add_ids(:item, [])
    data = builder.finish
    assert_equal [%w[0 1 2 3], %w[0 1 2 3 4 5]], [data.ids(:user), data.ids(:item)]
    assert_equal [[[], []], [[4], [1.0]], [[], []], [[], []]], rows(data)
    model = Reco::Popular.new.fit(data)
    assert_equal [4, 4], [model.recommend(3).items[0], model.recommend_all.to_a[2].items[0]]
    builder.add_ids(:item, Set["mug", :lamp, 7].each)
    [[TypeError, /position 1: ids must be/, :item, ["a", nil]], [TypeError, /ids must be an Array/, :item, nil],
     [ArgumentError, /side must be :user or :item/, :shop, [1]], [Reco::InvalidArgument, /row 1: user id is empty/, :user, ["a", ""]],
     [RangeError, /ids must be in/, :user, [2**63]]].each do |error, message, side, ids|
      refused(error, message) { builder.add_ids(side, ids) }
    end
    assert_equal [4, %w[7 mug lamp]], [builder.finish.count(:users), builder.finish.ids(:item).last(3)]
  end

  def test_ratings
    data = Reco::Data.from_columns(%w[ann ann bob], %w[mug rug mug], values: [5, 0, 2], values_are: :ratings, like_from: 4)
    assert_equal [1, 2], [data.count(:pairs), data.count(:pairs_had)]
    assert_equal [1, 2], Reco::Data.from_events([["ann", "mug", 5], ["ann", "rug", 0], ["bob", "mug", 2]],
                                                values: "ratings", like_from: 4).then { |d| [d.count(:pairs), d.count(:pairs_had)] }
    assert_empty Reco::Baseline.new.fit(data).recommend("ann").ids
    refused(Reco::InvalidArgument, /'like_from' is for ratings/) { Reco::Data.from_columns(%w[ann], %w[mug], like_from: 4) }
  end

  def test_times_types_and_settings
    data = Reco::Data.build(combine: :last) do |builder|
      builder.event_type("view", 1).event_type("sale", 5)
      builder.add("ann", "mug", 1, 10, :view).add("ann", "mug", 1, Time.at(20), "sale")
      builder.add_columns(%w[bob bob], %w[mug lamp], times: [30, nil], types: ["sale", nil])
      assert_equal 4, builder.count(:events)
    end
    assert_equal [%w[ann bob], %w[mug lamp]], [data.ids(:user), data.ids(:item)]
    assert_equal [[[0], [5.0]], [[0, 1], [5.0, 1.0]]], rows(data)
    assert_equal [10, 30], data.times
    assert_equal [nil, nil], Reco::Data.from_events([%w[a b]]).times
    assert_equal [%w[view sale], %w[view sale]], [data.types, Reco::Popular.new.fit(data).types]
    assert_equal [[0, 0], [1.0, 1.0], [10, 20], %w[view sale]], data.trail(0)
    assert_equal [[1, 0], [1.0, 1.0], [nil, 30], [nil, "sale"]], data.trail(1)
    assert_equal [[0], [1.0], [nil], [nil]], Reco::Data.from_events([%w[a b]]).trail(0)
    refused(Reco::InvalidArgument, /user must be in/) { data.trail(2) }
  end

  def test_contexts
    context = { device: ["tv", nil, :phone, "tv"], degrees: [3, nil, 2.5, 3r] }
    one_by_one = Reco::Data.build do |builder|
      %w[a a b c].zip(%w[x y x x], *context.values) do |user, item, device, degrees|
        builder.add(user, item)
        builder.context(:device, device).context("degrees", degrees) if device
      end
    end
    columns = Reco::Data.from_columns(%w[a a b c], %w[x y x x], context: context)
    assert_equal [2, 2], [one_by_one.count(:contexts), columns.count(:contexts)]
    builder = Reco::Builder.new
    refused(Reco::WrongState, /context 'device'/) { builder.context(:device, "tv") }
    [[ArgumentError, /context "device" has 1 entries/, { device: ["tv"] }], [TypeError, /context "device" must be an Array/, { device: nil }],
     [TypeError, /context "device"/, { device: ["tv", 2.5] }], [TypeError, /context "lit"/, { lit: [true, false] }],
     [Reco::InvalidArgument, /row 1: context 'degrees'/, { degrees: [1, Float::INFINITY] }],
     [Reco::InvalidArgument, /a<b/, { "a<b": %w[x y] }], [TypeError, /context must be a Hash/, [1]]].each do |error, message, given|
      refused(error, message) { builder.add_columns(%w[a b], %w[x y], context: given) }
    end
    Dir.mktmpdir do |folder|
      path = File.join(folder, "events.csv")
      File.write(path, "user,item,season\nann,mug,summer\nbob,mug,winter | rain\n")
      assert_equal 2, Reco::Data.read(path, context_columns: { season: "token" }).count(:contexts)
    end
  end

  def test_files
    Dir.mktmpdir do |folder|
      path = File.join(folder, "events.csv")
      File.write(path, "Customer;Product\nann;mug\nbob;mug\n")
      data = Reco::Data.read(path, columns: { user: "Customer", item: "Product" }, delimiter: ";")
      assert_equal 2, data.count(:pairs)
      File.write(path, "id,price\nmug,5\n")
      builder = Reco::Builder.new.add("ann", "mug").read_features(:item, path, columns: { price: :number })
      assert_equal 5, Reco::Popular.new.fit(builder.finish).number("mug", "price")
      refused(Reco::NotFound, /no-such/) { Reco::Data.read(File.join(folder, "no-such.csv")) }
    end
  end

  def test_features
    model = Reco::Content.new.fit(shop)
    assert_equal ["a mug for the kitchen", 5.0, ["kitchen"]],
                 [model.text("mug", :title), model.number("mug", :price), model.tokens("mug", :room)]
    assert_equal [nil, nil, []], [model.text("mug", "no"), model.number("mug", "no"), model.tokens("mug", "no")]
    builder = Reco::Builder.new.add_events(EVENTS)
    ITEMS.each_key.with_index { |item, k| builder.vector(:item, item, "look", [k, 1.0]) }
    assert_equal %w[lamp vase rug], Reco::Content.new.fit(builder.finish).similar("mug").ids
    refused(Reco::InvalidArgument, /look/) { builder.vector(:item, "mug", "look", [1, 2, 3]) }
    refused(Reco::InvalidArgument) { builder.vector(:item, "mug", "look", [Float::NAN, 2]) }
    refused(TypeError, /value must be a number, not nil/) { builder.vector(:item, "mug", "look", [nil, 2]) }
    refused(ArgumentError, /side must be :user or :item/) { builder.number(:shop, "mug", "price", 2) }
  end

  def test_consent
    builder = Reco::Builder.new.add_events(EVENTS).consent("bob", :none)
    assert_equal 2, builder.finish.count(:events_without_consent)
    refused(Reco::InvalidArgument, /all, none or, joined by |, any of training, personal, got 'maybe'/) do
      builder.consent("bob", :maybe)
    end
  end

  def test_purposes
    builder = Reco::Builder.new.add_events(EVENTS).purpose("email")
    builder.consent("ann", %w[training personal]).consent("bob", "training|email").consent("cy", []).consent("dee", :all)
    refused(Reco::InvalidArgument) { builder.consent("bob", %w[sms]) }
    refused(Reco::InvalidArgument) { builder.consent("bob", %w[all email]) }
    refused(TypeError, /consent/) { builder.consent("bob", nil) }
    refused(Reco::InvalidArgument) { builder.purpose("a|b") }
    data = builder.finish
    assert_equal [%w[training personal email], 1], [data.purposes, data.count(:users_without_consent)]
    refute_includes data.ids(:user), "cy"
    assert_equal [%w[training personal], %w[training email], data.purposes], %w[ann bob dee].map { |user| data.consent(user) }
    model = Reco.from_bytes(Reco::ItemKNN.new(shrink: 0).fit(data).to_bytes)
    assert_equal [data.purposes, %w[training email]], [model.purposes, model.consent(:bob)]
    assert_purposes(model)
  end

  def assert_purposes(model)
    { ["ann", nil] => [], %w[ann email] => %w[email], ["bob", nil] => %w[personal], %w[bob email] => %w[personal],
      %w[dee email] => [] }.each do |(user, purpose), lacking|
      answer = model.recommend(user, purpose: purpose)
      assert_equal [lacking, lacking.empty? ? "item-knn" : "popular"], [answer.withheld, answer.source]
    end
    assert_equal %w[email], model.explain("mug", "ann", purpose: :email).withheld
    assert_equal model.score(["mug"], "bob"), model.score(["mug"], "ann", purpose: "email")
    assert_equal model.recommend("bob", limit: 1).ids, model.recommend_all(["ann"], limit: 1, purpose: "email")[0].ids
    refused(Reco::NotFound, /no purpose 'sms'; there are: training, personal, email/) { model.recommend("ann", purpose: "sms") }
    refused(Reco::NotFound, /no purpose 'sms'/) { model.recommend_all(purpose: "sms") }
  end

  def test_split
    train, test = Reco::Data.from_columns(*made(40, 20, 6)).split("random:0.25", seed: 3)
    assert_operator train.count(:pairs), :>, test.count(:pairs)
    refused(Reco::InvalidArgument, /half/) { train.split("half") }
    refused(RangeError, /seed/) { train.split("random:0.25", seed: -1) }
  end

  def test_bad_columns
    good = [1, 2, 3]
    [[ArgumentError, /items has 2 entries, users has 3/, [good, [1, 2]]],
     [TypeError, /values must be a number, not "b"/, [good, good, { values: [1, "b", 3] }]],
     [TypeError, /users must be an Array, not nil/, [nil, good]],
     [TypeError, /users must be a String, a Symbol or an Integer, not nil/, [[1, nil, 3], good]],
     [TypeError, /items must be .* not 1.5/, [good, [1, 1.5, 3]]],
     [RangeError, /users must be in .* not #{2**64}/, [[1, 2**64, 3], good]],
     [TypeError, /times must be a Time/, [good, good, { times: [1, "now", 2] }]],
     [Reco::InvalidArgument, /1/, [good, good, { values: [1, Float::NAN, 1] }]],
     [Reco::InvalidArgument, /1/, [%w[a b c], good, { values: [1, 1e39, 1] }]],
     [Reco::NotFound, /sale/, [good, good, { types: ["sale"] * 3 }]]].each do |error, message, (users, items, more)|
      refused(error, message) { Reco::Builder.new.add_columns(users, items, **more.to_h) }
    end
  end

  def test_bad_events
    [[nil, TypeError], [1.5, TypeError], [true, TypeError], [[], TypeError], ["", Reco::InvalidArgument],
     ["a\0b", ArgumentError], ["\xff", ArgumentError], ["\xff".b, ArgumentError], ["x" * 2000, Reco::InvalidArgument],
     [2**63, RangeError], [-2**63 - 1, RangeError]].each do |id, error|
      refused(error, /event 1: .*user/) { Reco::Data.from_events([[1, 2], [id, "mug"]]) }
      refused(error) { Reco::Data.from_columns(["ann", id], %w[mug mug]) }
    end
    refused(ArgumentError, /event 0/) { Reco::Data.from_events([nil]) }
    refused(ArgumentError, /event 1: must be \[user, item\]/) { Reco::Data.from_events([%w[ann mug], ["ann"]]) }
    [nil, "ann", 5].each { |events| refused(TypeError, /events must be/) { Reco::Data.from_events(events) } }
    refused(TypeError) { Reco::Data.from_events([["ann", "mug", "much"]]) }
    assert_equal %w[-1 17], Reco::Data.from_events([[17, -2**63], [-1, 2**63 - 1]]).ids(:user).sort
    assert_equal ["bär"], Reco::Data.from_events([["b\xe4r".dup.force_encoding("ISO-8859-1"), 1]]).ids(:user)
    refused(Reco::NotFound, /half/) { Reco::Builder.new(half: 1) }
    refused(TypeError, /combine/) { Reco::Builder.new(combine: nil) }
    refused(ArgumentError, /no count :sums/) { Reco::Builder.new.count(:sums) }
  end
end

class TestModels < Minitest::Test
  include Shop

  def setup
    @model = Reco::ItemKNN.new(shrink: 0).fit(shop)
  end

  def test_classes_follow_the_tables
    classes = Reco.constants.map { |name| Reco.const_get(name) }.grep(Class).select { |c| c < Reco::Model && c.algorithm }
    assert_equal Reco.algorithms.sort, classes.map(&:algorithm).sort
    classes.each do |made|
      made.parameters.each do |parameter|
        value = made.new.public_send(parameter.name)
        parameter.default.nil? ? assert_nil(value) : assert_equal(parameter.default, value)
        assert_includes made.help, parameter.name
      end
    end
  end

  def test_parameters
    model = Reco::ALS.new(factors: 8, objective: :hkv, regularization: 1r / 2)
    assert_equal [8, "hkv", 0.5, false], [model.factors, model.objective, model.regularization, model.fitted?]
    refused(Reco::InvalidArgument, /factors/) { Reco::ALS.new(factors: 0) }
    refused(ArgumentError, /Reco::ALS has no parameter factor; there are: .*factors, /) { Reco::ALS.new(factor: 8) }
    refused(Reco::InvalidArgument, /ials, hkv/) { Reco::ALS.new(objective: "best") }
    refused(TypeError, /factors must be a number, not nil/) { Reco::ALS.new(factors: nil) }
    refused(Reco::InvalidArgument, /alpha/) { Reco::ALS.new(alpha: Float::NAN) }
    refused(ArgumentError) { Reco::ALS.new(8) }
    refused(TypeError, /Reco::ALS.new/) { Reco::Model.new }
    refused(TypeError, /algorithm/) { Reco.parameters(nil) }
    refused(Reco::NotFound, /no algorithm magic; there are: .*als/) { Reco.parameters("magic") }
    assert_equal 3, Class.new(Reco::ALS).new(factors: 3).factors
  end

  def test_where_to_search
    als = Reco.parameters("als").to_h { |row| [row.name, row] }
    assert_equal({ scale: "log", low: 16, high: 256 }, als["factors"].search)
    assert_kind_of Integer, als["factors"].search[:low]
    assert_equal({ choices: %w[linear log] }, als["confidence"].search)
    assert_nil als["seed"].search
    assert_operator als["factors"].small, :<, als["factors"].default
    assert_equal "cg", als["solver"].small
    knn = Reco.parameters("item-knn").to_h { |row| [row.name, row] }
    assert_equal({ choices: %w[saturated binary] }, knn["values"].search)
    assert_equal({ scale: "linear", low: 0, high: 200 }, knn["shrink"].search)
  end

  def test_recommend
    found = @model.recommend("bob")
    assert_equal [["lamp"], "item-knn", 1], [found.ids, found.source, found.size]
    assert_equal [["lamp", found.scores[0]]], found.to_a
    assert_equal found.to_a[0], found[0]
    assert_nil found[1]
    assert_in_delta found.scores[0], @model.score(["lamp"], "bob")[0], 1e-6
    assert_equal [@model.find(:item, "lamp")], found.items
    assert_equal({ "lamp" => found.scores[0] }, found.to_h)
    assert_equal %w[lamp mug vase], @model.recommend("bob", include_seen: true).map(&:first).sort
  end

  def test_questions
    assert_equal ["lamp"], @model.recommend(history: ["mug"], where: "price<25").ids
    assert_equal ["vase"], @model.recommend(history: { mug: 2.0 }, exclude: [:lamp]).ids
    assert_equal [], @model.recommend(history: ["mug"], include: []).ids
    assert_equal ["vase"], @model.recommend(history: ["mug"]) { |item| item == "vase" }.ids
    assert_equal %w[lamp vase], @model.similar("mug").ids.sort
    assert_equal ["mug"], @model.explain("lamp", history: ["mug"]).ids
    assert_equal "popular", @model.recommend.source
    # What one question said is not left for the next.
    all = @model.recommend(limit: 4).ids
    assert_equal all.drop(1), @model.recommend(offset: 1, limit: 4).ids
    assert_equal all, @model.recommend(limit: 4).ids
    assert_equal ["lamp"], @model.recommend("bob").ids
    assert_equal all, @model.recommend.ids
  end

  def test_refusals
    model = @model
    [[Reco::NotFound, -> { model.recommend("nobody") }],
     [Reco::NotFound, -> { model.recommend(-1) }],
     [RangeError, -> { model.recommend(2**80) }],
     [TypeError, -> { model.recommend(1.5) }],
     [TypeError, -> { model.recommend(false) }],
     [ArgumentError, -> { model.recommend("a\0b") }],
     [ArgumentError, -> { model.recommend("bob", history: ["mug"]) }],
     [TypeError, -> { model.recommend(history: "mug") }],
     [TypeError, -> { model.recommend(history: [nil]) }],
     [Reco::NotFound, -> { model.recommend(history: ["sofa"]) }],
     [Reco::InvalidArgument, -> { model.recommend(history: { "mug" => Float::NAN }) }],
     [Reco::InvalidArgument, -> { model.recommend("bob", limit: -1) }],
     [RangeError, -> { model.recommend("bob", limit: 2**31) }],
     [TypeError, -> { model.recommend("bob", limit: 2.5) }],
     [TypeError, -> { model.recommend("bob", limit: nil) }], # and the limit before it was refused, too
     [TypeError, -> { model.recommend("bob", offset: nil) }],
     [TypeError, -> { model.recommend("bob", include: "mug") }],
     [ArgumentError, -> { model.recommend("bob", filter: 1) }],
     [Reco::NotFound, -> { model.recommend("bob", where: "color=red") }],
     [Reco::InvalidArgument, -> { model.recommend("bob", where: "and") }],
     [TypeError, -> { model.similar(nil) }],
     [Reco::NotFound, -> { model.score(["sofa"], "bob") }],
     [Reco::NotFound, -> { model.recommend_all(where: "color=red") }],
     [Reco::NotFound, -> { model.recommend_all(where: "color=red") { true } }],
     [TypeError, -> { model.recommend_all([nil]) }],
     [TypeError, -> { model.recommend_all("bob") }],
     [TypeError, -> { model.recommend_all("bob") { true } }],
     [ArgumentError, -> { model.recommend_all(offset: 1) }],
     [Reco::InvalidArgument, -> { model.recommend_all(limit: -1) }],
     [Reco::WrongState, -> { model.fit(shop) }],
     [TypeError, -> { model.fit([1] * 100) }],
     [TypeError, -> { model.evaluate(nil) }],
     [Reco::NotFound, -> { model.evaluate(shop, "luck@10") }],
     [Reco::WrongState, -> { Reco::ItemKNN.new.recommend("bob") }],
     [Reco::WrongState, -> { Reco::ItemKNN.new.recommend_all }],
     [Reco::WrongState, -> { Reco::ItemKNN.new.to_bytes }],
     [Reco::Unsupported, -> { Reco::Popular.new.fit(shop).similar("mug") }],
     [Reco::OutOfMemory, -> { Reco::ALS.new(memory_limit: 1).fit(shop) }],
     [Reco::BadFormat, -> { Reco.from_bytes("nothing") }],
     [TypeError, -> { Reco.from_bytes(nil) }],
     [TypeError, -> { Reco.load(nil) }],
     [Reco::Error, -> { Reco.load("/no/such/file") }],
     [Reco::InputOutputError, -> { model.save("/no/such/folder/x") }]].each do |error, call|
      refused(error, /\A.{1,255}\z/, &call)
      assert_equal ["lamp"], model.recommend("bob").ids
    end
  end

  def test_one_class_for_each_status
    classes = Reco.constants.map { |name| Reco.const_get(name) }.grep(Class).select { |c| c < Reco::Error }
    assert_equal 10, classes.size
    assert_operator Reco::Error, :<, StandardError
  end

  def test_saved_and_loaded
    model = Reco::Weighted.new([[Reco::ALS.new(factors: 4), 0.5], [Reco::Content.new, 0.5]], scaling: :zscore).fit(shop)
    loaded = Reco.from_bytes(model.to_bytes)
    assert_instance_of Reco::Weighted, loaded
    assert_equal [["als", 0.5], ["content", 0.5]], loaded.parts
    assert_equal "zscore", loaded.scaling
    assert_equal model.recommend("bob").to_a, loaded.recommend("bob").to_a
    assert_equal model.to_bytes, loaded.to_bytes
    assert_equal model.to_bytes, Marshal.load(Marshal.dump(model)).to_bytes
    refused(Reco::WrongState) { Marshal.dump(Reco::ALS.new) }
    Dir.mktmpdir do |folder|
      path = File.join(folder, "shop.reco")
      model.save(path, users: false)
      refused(Reco::WrongState) { Reco.load(path).recommend("bob") }
    end
    refused(TypeError, /part must be a Reco::Model, not :als/) { Reco::Weighted.new([:als]) }
    refused(Reco::InvalidArgument, /weight/) { Reco::Weighted.new([[Reco::ALS.new, 0]]) }
  end

  def test_copied
    model = Reco::ALS.new(factors: 4).fit(shop)
    copies = [model.dup, model.clone]
    bytes, answer = model.to_bytes, model.recommend("bob").to_a
    model.close
    copies.each do |copy|
      assert_instance_of Reco::ALS, copy
      assert_equal [bytes, answer, 4], [copy.to_bytes, copy.recommend("bob").to_a, copy.factors]
    end
    refused(Reco::WrongState, /als: not fitted/) { Reco::ALS.new.dup }
    refused(Reco::WrongState, /closed/) { model.dup }
  end

  def test_arrays
    model = Reco::ALS.new(factors: 4).fit(shop)
    items, users = model.array("item_factors"), model.array(:user_factors)
    assert_equal [4, 4, 5, 4], [items.size, items.first.size, users.size, users.first.size]
    bob = users[model.find(:user, "bob")]
    model.score(model.ids(:item), "bob").zip(items) do |score, row|
      assert_in_delta score, row.zip(bob).sum { |one, other| one * other }, 1e-5
    end
    assert_equal 4, Reco::Popular.new.fit(shop).array("count").size
    neighbors = Reco::ItemKNN.new(shrink: 0).fit(shop)
    assert_equal neighbors.array("neighbors.start").last, neighbors.array("neighbors.index").size
    refused(Reco::NotFound, /item-knn: no array 'nothing'; there are: neighbors.start, /) { neighbors.array("nothing") }
    refused(Reco::WrongState, /not fitted/) { Reco::Popular.new.array("count") }
    refused(TypeError) { neighbors.array(nil) }
  end

  def test_closed
    data = shop
    builder = Reco::Builder.new
    [@model, data, builder].each { |object| 2.times { object.close } }
    [-> { @model.recommend("bob") }, -> { @model.recommend("bob") { true } }, -> { @model.fit(data) },
     -> { @model.recommend_all }, -> { @model.inspect }, -> { Reco::ALS.new.fit(data) }, -> { data.split("random:0.5") },
     -> { builder.add("a", "b") }, -> { builder.finish }, -> { Reco::Weighted.new([@model]) }].each do |call|
      refused(Reco::WrongState, /closed/, &call)
    end
  end

  def test_all_users_at_once
    model = Reco::ALS.new(factors: 8, threads: 1).fit(Reco::Data.from_columns(*made(60, 40, 9)))
    batch = model.recommend_all(limit: 5, exclude: [3])
    assert_equal 60, batch.count
    model.ids(:user).each_with_index do |user, k|
      assert_equal model.recommend(user, limit: 5, exclude: [3]).to_a, batch[k].to_a
    end
    assert_equal batch[17].ids, model.recommend_all([17], limit: 5, exclude: [3], threads: 2).first.ids
    odd = model.recommend_all([1, 2], limit: 3) { |item| item.to_i.odd? }
    assert_equal [model.recommend(1, limit: 3) { |item| item.to_i.odd? }.ids, 3], [odd[0].ids, odd[1].size]
    assert_equal [40, nil], [model.recommend_all([1], limit: 1000, include_seen: true)[0].size, batch[60]]
    assert_equal [], model.recommend_all([]).to_a
    assert_equal [], model.recommend_all([]) { true }.to_a
  end

  def test_similar_users
    model = Reco::ALS.new(factors: 8, threads: 1).fit(Reco::Data.from_columns(*made(60, 40, 9)))
    found = model.similar_users(17, limit: 60)
    assert_equal [59, "als", false], [found.size, found.source, found.ids.include?("17")]
    assert_equal found.ids, found.items.map(&:to_s)
    assert_equal found.to_a[3, 2], model.similar_users(:"17", limit: 2, offset: 3).to_a
    assert model.can?(:similar_users)
    refused(Reco::NotFound, /nobody/) { model.similar_users(:nobody) }
    refused(TypeError, /user/) { model.similar_users(nil) }
    refused(Reco::Unsupported) { @model.similar_users("bob") }
    assert_equal model.ids(:item).values_at(*model.recommend(17).items), model.recommend(17).ids
  end

  def test_one_bad_user_spoils_nothing
    model = Reco::ALS.new(factors: 8, threads: 1).fit(Reco::Data.from_columns(*made(60, 40, 9)))
    users = [3, :nobody, "17", "", -1, 59]
    [model.recommend_all(users, limit: 4), model.recommend_all(users, limit: 4) { true }].each do |batch|
      assert_instance_of Reco::Batch, batch
      assert_equal [0, -3, 0, -3, -3, 0], batch.statuses
      assert_equal({ 1 => Reco::NotFound, 3 => Reco::NotFound, 4 => Reco::NotFound }, batch.failures.transform_values(&:class))
      assert_equal "user 3: not found", batch.failures[3].message
      users.each_with_index do |user, k|
        assert_equal batch.failures[k] ? [] : model.recommend(user, limit: 4).to_a, batch[k].to_a
      end
    end
    assert_equal [{}, {}], [model.recommend_all.failures, model.recommend_all([]).failures]
    refused(TypeError, /position 1: users/) { model.recommend_all([3, nil]) }
  end

  def test_evaluate
    train, test = Reco::Data.from_columns(*made(60, 40, 9)).split("random:0.3")
    told = []
    model = Reco::Popular.new.fit(train)
    report = model.evaluate(test, ["recall@10", "ndcg@10", "coverage@10"]) { |*news| told << news }
    values = report.per_unit["recall@10"]
    assert_in_delta values.sum / values.size, report["recall@10"], 1e-9
    assert_equal report.counts[:users], values.size
    low, high = report.intervals["ndcg@10"]
    assert_operator low, :<, report.to_h["ndcg@10"]
    assert_operator high, :>, report["ndcg@10"]
    assert_nil report.per_unit["coverage@10"]
    assert_equal 1.0, told.last[1]
    assert_equal 1, model.evaluate(test, "hit@10", negatives: test)["hit@10"]
    refused(KeyError, /ndcg@20/) { report["ndcg@20"] }
  end

  def test_who_asks
    train, test = Reco::Data.from_columns(*made(60, 40, 9)).split("cold-users:0.3")
    model = Reco::Popular.new.fit(train)
    refused(Reco::InvalidArgument, /nobody/) { model.evaluate(test) }
    report = model.evaluate(test, "mrr@5,auc,coverage@5", ask: :given, given: 2)
    assert_equal [report.counts[:users], report.counts[:users]], [report.counts[:points], report.per_unit["auc"].size]
    assert_equal ["user", "user", nil], report.units.values
    seen = model.evaluate(test, "auc", ask: "given", given: 2, include_seen: true)["auc"]
    refute_equal report["auc"], seen
    report = model.evaluate(test, "mrr@5", ask: "next", include_seen: false)
    assert_equal [report.counts[:points], "point"], [report.per_unit["mrr@5"].size, report.units["mrr@5"]]
    first = model.recommend.ids.first
    assert_equal 1.0 / 40, model.evaluate(test, "coverage@1", ask: "next", include: [first])["coverage@1"]
    assert_equal 1.0 / 40, model.evaluate(test, "coverage@1", ask: "next", exclude: [first])["coverage@1"]
    refused(Reco::InvalidArgument, /'ask'/) { model.evaluate(test, ask: "nobody") }
    refused(Reco::InvalidArgument, /'given' is 3/) { model.evaluate(test, given: 3) }
    refused(Reco::InvalidArgument, /'given'/) { model.evaluate(test, ask: "given", given: 0) }
    refused(Reco::Unsupported, /rmse/) { model.evaluate(test, "rmse") }
    refused(Reco::NotFound, /color/) { model.evaluate(test, where: "color=red") }
    assert_equal 10, model.recommend.size
  end
end

# What a question tells of whoever asks and of the moment.
class TestTold < Minitest::Test
  include Shop

  def setup
    @data = Reco::Data.build do |builder|
      builder.event_type("view", 1).event_type("buy", 3)
      EVENTS.each_with_index do |(user, item), k|
        builder.add(user, item, 1, 100 * k, (k % 3).zero? ? "view" : "buy").context(:device, k.odd? ? "phone" : "tv")
      end
      { ann: :de, bob: :fr, cy: :de, dee: :fr }.each { |user, country| builder.token(:user, user, "country", country) }
      builder.number(:user, "ann", "age", 34).vector(:user, "ann", "look", [1, 2, 3])
    end
    @model = Reco::Covisit.new(gap_minutes: 60, last: 3).fit(@data)
    @country = Reco::Popular.new(by: "country").fit(@data)
  end

  def test_events
    noon = Time.utc(2024, 5, 1, 12)
    [[[:mug, :buy, 2, noon], ["vase", "view", nil, noon + 3540]],
     [{ item: "mug", type: "buy", value: 2r, time: noon }, { "item" => :vase, "time" => (noon + 3540).to_i }]].each do |events|
      visit = @model.recommend(history: %w[mug vase], include_seen: true).to_a
      [events, events.each, events.lazy.map(&:itself)].each do |form|
        assert_equal visit, @model.recommend(events: form, include_seen: true).to_a
      end
    end
    late = [[:mug, nil, 1, noon], [:vase, nil, 1, noon + 3660]]
    assert_equal @model.recommend(history: [:vase]).to_a, @model.recommend(events: late, exclude: [:mug]).to_a
    knn = Reco::ItemKNN.new(shrink: 0).fit(@data)
    assert_in_delta knn.score(["lamp"], history: { mug: 6 })[0], knn.score(["lamp"], events: [%w[mug buy], [:mug, :buy]])[0], 1e-5
    assert_equal ["lamp"], knn.recommend("bob", events: [:rug]).ids
    assert_equal knn.recommend(history: ["vase"], exclude: [:mug]).to_a, knn.recommend(events: [:vase, :mug, [:mug, nil, -1]]).to_a
    assert_equal @model.recommend("ann").to_a, @model.recommend("ann", events: []).to_a
    assert_equal "popular", @model.recommend(events: []).source
  end

  def test_features
    items = @country.ids(:item)
    de, fr = @country.score(items, "ann"), @country.score(items, "bob")
    refute_equal de, fr
    [{ country: :fr }, { "country" => ["fr"] }, { country: Set[:fr] }, { country: { fr: 0.5 } }].each do |about|
      assert_equal fr, @country.score(items, "ann", about: about)
    end
    [{}, { country: nil }, { country: [] }, { age: 7r }, { look: [1, 2.5, 3r] }].each do |about|
      assert_equal de, @country.score(items, "ann", about: about)
    end
    device = Reco::Popular.new(by: "device").fit(@data)
    tv = device.recommend(context: { device: :tv }).to_a
    refute_equal tv, device.recommend(context: { device: "phone" }).to_a
    assert_equal tv, device.recommend_all(["eve"], context: { device: :tv }, include_seen: true).first.to_a
    rug = Reco::Data.from_events([%w[eve rug]]) # which was taken on a phone only, there less than two others
    places = %i[tv phone].map { |kind| device.evaluate(rug, "mrr@4", include_seen: true, context: { device: kind })["mrr@4"] }
    assert_equal [1.0 / 4, 1.0 / 3], places
    reasons = device.explain("lamp", context: { device: %w[tv phone] })
    assert_equal [["", "device=phone", "device=tv"], [-2, -2, -1]], [reasons.ids.sort, reasons.items.sort]
    assert_in_delta device.score(["lamp"], context: { device: %w[tv phone] })[0], reasons.scores.sum, 1e-5
  end

  def test_unknown
    answer = @model.recommend("nobody", events: %w[mug sofa], include: %w[lamp bed], about: { shoe: 43 }, unknown: :skip)
    assert_equal [["lamp"], 4], [answer.ids, answer.skipped]
    assert_equal [0, 0], [@model.recommend("bob").skipped, @model.recommend("bob", unknown: "skip").skipped]
    assert_equal 1, @model.similar("mug", exclude: [:sofa], unknown: :skip).skipped
    assert_equal 1, @model.explain("lamp", history: %w[mug sofa], unknown: :skip).skipped
    assert_equal [true, false], @model.score(%w[sofa lamp], "bob", unknown: :skip).map(&:nan?)
    assert_equal({}, @model.recommend_all(%w[bob nobody], unknown: :skip).failures)
    refused(Reco::NotFound, /sofa/) { @model.recommend(history: ["sofa"], unknown: :refuse) }
    refused(Reco::NotFound, /nobody/) { @model.recommend("nobody") } # nothing is left of a question that skipped
  end

  def test_refusals
    [[TypeError, /events must be/, { events: "mug" }], [TypeError, /events must be/, { events: { mug: 1 } }],
     [TypeError, /event 1: item/, { events: ["mug", nil] }], [TypeError, /event 0: type/, { events: [["mug", true]] }],
     [TypeError, /event 0: value/, { events: [["mug", nil, true]] }],
     [TypeError, /event 0: time/, { events: [["mug", nil, 1, "now"]] }],
     [ArgumentError, /event 0: an event has no itm; it has: item/, { events: [{ itm: 1 }] }],
     [ArgumentError, /event 0: must be an id or/, { events: [[]] }],
     [Reco::InvalidArgument, /event 0: event of item 'mug'/, { events: [["mug", nil, 0]] }],
     [Reco::NotFound, /gift.*view, buy/, { events: [%w[mug gift]] }],
     [Reco::InvalidArgument, /in their order/, { events: [["mug", nil, 1, 5], ["mug", nil, 1, 4]] }],
     [ArgumentError, /a history or events, not both/, { history: ["mug"], events: ["mug"] }],
     [TypeError, /about must be a Hash/, { about: "fr" }],
     [TypeError, /about :country must be a String/, { about: { country: true } }],
     [TypeError, /about :country/, { about: { country: ["fr", nil] } }],
     [TypeError, /about :look must be a number/, { about: { look: [1, nil, 2] } }],
     [Reco::NotFound, /contry.*age, country, look/, { about: { contry: "fr" } }],
     [Reco::InvalidArgument, /'weight'/, { about: { country: { fr: 0 } } }],
     [Reco::InvalidArgument, /not a token/, { about: { age: "old" } }],
     [Reco::InvalidArgument, /3 entries in the model, not 2/, { about: { look: [1, 2] } }],
     [Reco::NotFound, /contexts have no field/, { context: { country: "fr" } }],
     [TypeError, /context: a field must be/, { context: { nil => "tv" } }],
     [Reco::InvalidArgument, /'unknown'/, { unknown: :drop }], [TypeError, /unknown/, { unknown: true }]].each do |error, message, given|
      refused(error, message) { @country.recommend(**given) }
      assert_equal %w[lamp vase mug rug], @country.recommend(context: { device: :tv }).ids
    end
  end
end

class TestCallbacks < Minitest::Test
  include Shop

  def setup
    @model = Reco::ItemKNN.new(shrink: 0).fit(shop)
  end

  def test_what_a_filter_raises_comes_out
    assert_raises(ZeroDivisionError) { @model.recommend("bob") { 1 / 0 } }
    assert_raises(NoMemoryError) { @model.similar("mug") { raise NoMemoryError } }
    assert_raises(Interrupt) { @model.recommend("bob") { raise Interrupt } }
    assert_raises(ZeroDivisionError) { @model.recommend_all { 1 / 0 } }
    assert_equal ["lamp"], @model.recommend("bob").ids
  end

  def test_a_filter_may_be_left
    assert_equal 7, (@model.recommend("bob") { break 7 })
    assert_equal 8, (catch(:out) { @model.recommend("bob") { throw :out, 8 } })
    assert_equal 9, returned
    assert_raises(Timeout::Error) { Timeout.timeout(0.05) { @model.recommend("bob") { sleep } } }
    thread = Thread.new { @model.recommend("bob") { sleep } }
    Thread.pass until thread.status == "sleep"
    assert_nil thread.kill.join.value
    assert_equal ["lamp"], @model.recommend("bob") { next true }.ids
  end

  def returned
    @model.recommend("bob") { return 9 }
  end

  def test_a_question_within_a_filter
    outer = @model.recommend(history: ["mug"]) { |item| @model.similar(item) { |other| other == "mug" }.ids == ["mug"] }
    assert_equal %w[lamp vase], outer.ids.sort
    assert_raises(ZeroDivisionError) { @model.recommend("bob") { @model.recommend("bob") { 1 / 0 } } }
    assert_equal ["lamp"], @model.recommend("bob").ids
  end

  def test_a_model_closed_by_its_filter
    assert_equal %w[lamp vase], @model.recommend(history: ["mug"]) { @model.close || true }.ids.sort
    refused(Reco::WrongState, /closed/) { @model.recommend("bob") }
  end

  def test_progress
    data = Reco::Data.from_columns(*made(2000, 1000, 20))
    told = []
    here = []
    Reco::ALS.new(factors: 16, iterations: 4).fit(data) do |stage, done|
      told << [stage, done]
      here << Thread.current
    end
    assert_equal ["als", 1.0], told.last
    assert_equal [Thread.current], here.uniq
    model = Reco::ALS.new(factors: 64, iterations: 10_000)
    assert_raises(ZeroDivisionError) { model.fit(data) { 1 / 0 } }
    assert_equal :enough, (model.fit(data) { break :enough })
    refute model.fitted?
    refused(ArgumentError) { model.fit(data, &->(stage) { stage }) }
  end
end

class TestThreads < Minitest::Test
  include Shop

  def slow
    [Reco::ALS.new(factors: 64, iterations: 10_000), Reco::Data.from_columns(*made(2000, 1000, 20))]
  end

  def test_eight_threads
    model = Reco::ALS.new(factors: 16).fit(Reco::Data.from_columns(*made(200, 100, 9)))
    expected = Array.new(200) { |user| model.recommend(user).to_a }
    odd = Array.new(200) { |user| model.recommend(user) { |item| item.to_i.odd? }.to_a }
    threads = Array.new(8) do
      Thread.new do
        (0...200).select do |user|
          model.recommend(user).to_a != expected[user] ||
            model.recommend(user) { |item| Thread.pass || item.to_i.odd? }.to_a != odd[user]
        end
      end
    end
    assert_equal [[]] * 8, threads.map(&:value)
  end

  # How often another thread runs while the block does.
  def turns
    turns = 0
    counting = Thread.new { loop { sleep(0.001) && turns += 1 } }
    sleep 0.01 until turns.positive?
    before = turns
    yield
    turns - before
  ensure
    counting.kill
  end

  def test_other_threads_run_meanwhile
    model, data = slow
    assert_operator turns { assert_raises(Timeout::Error) { Timeout.timeout(0.5) { model.fit(data) } } }, :>, 20
    refute model.fitted?
    many = Reco::Popular.new.fit(Reco::Data.from_columns([1] * 200_000, Array.new(200_000, &:itself)))
    assert_operator turns { 5000.times { assert_equal 3, many.recommend(limit: 3).size } }, :>, 20
  end

  def test_ctrl_c
    before = trap("INT", "DEFAULT") # whoever started this may ignore it
    model, data = slow
    Thread.new { sleep(0.3) && Process.kill("INT", Process.pid) }
    begun = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    assert_raises(Interrupt) { model.fit(data) }
    assert_operator Process.clock_gettime(Process::CLOCK_MONOTONIC) - begun, :<, 20
    refute model.fitted?
    assert_raises(Timeout::Error) { Timeout.timeout(0.1) { model.fit(data) } }
  ensure
    trap("INT", before)
  end

  def test_what_is_changing_is_refused
    model, data = slow
    begun = Queue.new
    fitting = Thread.new { model.fit(data) { begun << true } }
    begun.pop
    [-> { model.fit(data) }, -> { model.recommend("1") }, -> { model.count(:users) }].each do |call|
      refused(Reco::WrongState, /another call is changing/, &call)
    end
    fitting.kill.join
    refute model.fitted?
  end

  def test_what_is_closed_in_use_is_freed_after_it
    model, data = slow
    begun = Queue.new
    fitting = Thread.new { model.fit(data) { begun << true } }
    begun.pop
    [model, data].each(&:close)
    [-> { model.count(:users) }, -> { data.count(:users) }].each { |call| refused(Reco::WrongState, /closed/, &call) }
    fitting.kill.join
    refused(Reco::WrongState, /closed/) { model.fit(data) }
  end

  def test_models_change_under_those_who_ask
    models = Array.new(8) { Reco::Popular.new.fit(shop) }
    model = models.first
    asking = Array.new(3) do
      Thread.new do
        until models.empty?
          begin
            assert_equal 4, model.recommend.size
          rescue Reco::WrongState => e
            assert_match(/closed/, e.message)
          end
        end
      end
    end
    until models.empty?
      model, old = models.pop, model
      old.close
      Thread.pass
    end
    asking.each(&:join)
  end

  def test_forks
    model = Reco::ALS.new(factors: 16).fit(Reco::Data.from_columns(*made(300, 100, 9)))
    loaded = Reco.from_bytes(model.to_bytes)
    expected = loaded.recommend(7).to_a
    children = Array.new(8) do |child|
      fork do
        same = loaded.recommend(7).to_a == expected && loaded.recommend_all.size == 300
        fitted = Reco::ALS.new(factors: 16).fit(Reco::Data.from_columns(*made(300, 100, 9)))
        exit!(same && fitted.to_bytes == model.to_bytes ? child : 99)
      end
    end
    ended = Timeout.timeout(120) { children.map { |child| Process.wait2(child)[1].exitstatus } }
    assert_equal (0..7).to_a, ended
  end
end

class TestMemory < Minitest::Test
  include Shop

  def resident
    GC.start
    File.read("/proc/self/statm").split[1].to_i * 4096
  end

  def rounds(count, close: true)
    count.times do
      data = Reco::Data.from_events(EVENTS)
      model = Reco::ItemKNN.new(shrink: 0).fit(data)
      model.recommend("bob") { true }
      model.recommend("bob") { break }
      assert_raises(Reco::NotFound) { model.recommend("nobody") }
      [model, data].each(&:close) if close
    end
  end

  def test_ten_thousand_rounds
    rounds(1000)
    rounds(1000, close: false)
    before = resident
    rounds(9000)
    rounds(1000, close: false)
    assert_operator resident - before, :<, 4 << 20
  end
end
