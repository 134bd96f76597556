#!/usr/bin/env ruby
# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# table.rb TABLE FOLDER: asks every question of the conformance table through the Ruby binding, of the models as they were
# fitted and as they were loaded from FOLDER, and holds the answers to those in the table.
require "fileutils"
require "json"
require "reco"

# Data sets and models of the table, and the calls of its rows.
class Table
  RULES = %w[include exclude where include_seen purpose].freeze
  TOLD = %w[history events about context unknown].freeze
  CLASSES = ObjectSpace.each_object(Reco::Model.singleton_class).to_h { |found| [found.algorithm, found] }

  attr_reader :fitted, :loaded

  def initialize(table, folder)
    @data, @fitted, @loaded = {}, {}, {}
    table["data"].each { |name, spec| @data[name] = make_data(spec) }
    table["models"].each do |name, spec|
      path = File.join(folder, "#{name}.reco")
      model = make_model(spec["of"] || spec, @fitted)
      model.save(path, **without(spec))
      @loaded[name] = Reco.load(path)
      @fitted[name] = spec["of"] ? @loaded[name] : model
    end
  end

  # What came of a row, as the table writes it.
  def ask(row, named)
    subject = if row["model"] then make_model(row["model"], named)
              elsif row["data"] then make_data(row["data"])
              end
    send("call_#{row['call']}", subject, row)
  rescue Reco::Error => e
    words = e.class.name.split("::").last.scan(/[A-Z][a-z]+/) # NotFound: not found
    { "error" => words.join(" ").downcase, "message" => e.message }
  end

  private

  # ---- what is asked ----

  def make_data(spec)
    return @data.fetch(spec) if spec.is_a?(String)

    if spec["split"]
      whole, how, seed = spec["split"]
      return @data.fetch(whole).split(how, seed: seed)[%w[train test].index(spec["part"])]
    end
    build(spec)
  end

  def build(spec)
    builder = Reco::Builder.new(**symbols(spec["set"]))
    spec.fetch("types", {}).each { |name, weight| builder.event_type(name, weight) }
    spec.fetch("purposes", []).each { |name| builder.purpose(name) }
    spec.fetch("consent", {}).each { |user, consent| builder.consent(user, consent) }
    builder.add_events(spec.fetch("events", []))
    if (columns = spec["columns"])
      builder.add_columns(columns["users"], columns["items"], values: columns["values"], times: columns["times"],
                                                              context: columns.fetch("context", {}))
    end
    spec.fetch("ids", {}).each { |side, ids| builder.add_ids(side, ids) }
    spec.fetch("features", []).each do |side, id, field, kind, *value|
      builder.public_send(kind, side.to_sym, id, field, *value)
    end
    builder.finish
  end

  def make_model(spec, named)
    return named.fetch(spec) if spec.is_a?(String)

    parts = spec["parts"]&.map { |name, weight| [@fitted.fetch(name), weight] }
    CLASSES.fetch(spec["algo"]).new(*[parts].compact, **symbols(spec["set"])).fit(make_data(spec["data"]))
  end

  def without(spec)
    spec.fetch("without", []).to_h { |what| [what.to_sym, false] }
  end

  def symbols(hash)
    (hash || {}).transform_keys(&:to_sym)
  end

  # The arguments that a row gives, by the names they have in the binding.
  def keywords(row, *names)
    found = symbols(row.slice(*names))
    found[:history] = row["history"].zip(row["values"]).to_h if row["values"]
    found
  end

  def filter(row)
    row["allow"]&.method(:include?)
  end

  # ---- the calls ----

  def answer(found)
    { "ids" => found.ids, "scores" => found.scores, "source" => found.source, "withheld" => found.withheld,
      "skipped" => found.skipped }
  end

  def call_recommend(model, row)
    given = keywords(row, *TOLD, "limit", "offset", *RULES)
    answer(model.recommend(row["user"], **given, &filter(row)))
  end

  def call_similar(model, row)
    answer(model.similar(row["item"], **keywords(row, "limit", "offset", "unknown", *RULES[..-2]), &filter(row)))
  end

  def call_similar_users(model, row)
    answer(model.similar_users(row["like"], **keywords(row, "limit", "offset")))
  end

  def call_explain(model, row)
    answer(model.explain(row["item"], row["user"], **keywords(row, *TOLD, "limit", "purpose")))
  end

  def call_score(model, row)
    scores = model.score(row["items"], row["user"], **keywords(row, *TOLD, "purpose"))
    { "scores" => scores.map { |score| score unless score.nan? } }
  end

  def call_batch(model, row)
    lists = model.recommend_all(row["users"], **keywords(row, "limit", "context", "unknown", *RULES))
    { "lists" => lists.map { |list| answer(list).slice("ids", "scores") }, "statuses" => lists.statuses }
  end

  def call_evaluate(model, row)
    given = keywords(row, "ask", "given", "context", "unknown", *RULES)
    given[:negatives] = make_data(row["negatives"]) if row["negatives"]
    report = model.evaluate(make_data(row["test"]), row["metrics"], **given)
    { "values" => report.values, "units" => report.per_unit, "counts" => report.counts.transform_keys(&:to_s) }
  end

  def call_times(subject, _row)
    { "values" => subject.times }
  end

  def call_count(subject, row)
    { "value" => subject.count(row["of"]) }
  end

  def call_consent(subject, row)
    { "values" => subject.consent(row["user"]) }
  end

  def call_row(data, row)
    items, values = data.row(data.find(:user, row["user"]))
    { "ids" => data.ids(:item).values_at(*items), "values" => values }
  end

  def call_trail(data, row)
    items, values, times, types = data.trail(data.find(:user, row["user"]))
    { "ids" => data.ids(:item).values_at(*items), "values" => values, "times" => times, "types" => types }
  end

  def call_can(model, row)
    { "value" => model.can?(row["what"]) }
  end

  def call_text(model, row)
    { "value" => model.text(row["item"], row["field"]) }
  end

  def call_save(model, row)
    { "saved" => !model.to_bytes(**without(row)).empty? }
  end

  def call_load(_, row)
    { "loaded" => !Reco.from_bytes(row["bytes"]).nil? }
  end
end

# Whether an answer has all that is expected: numbers to 1e-6, words of a message, the rest exactly.
def has?(expected, answer)
  case expected
  when Hash
    expected.all? do |key, value|
      answer.key?(key) && (key == "message" ? answer[key].include?(value) : has?(value, answer[key]))
    end
  when Array then expected.size == answer.size && expected.zip(answer).all? { |one, other| has?(one, other) }
  when Numeric then !answer.nil? && (answer - expected).abs <= 1e-6 * [1, expected.abs].max
  else expected == answer
  end
end

$cases = 0

def check(good, name, *details)
  puts "#{good ? 'ok' : 'not ok'} #{$cases += 1} - #{name}", *(good ? [] : details.map { |line| "# #{line}" })
  good
end

table = JSON.parse(File.read(ARGV[0]))
FileUtils.mkdir_p(ARGV[1])
asked = Table.new(table, ARGV[1])
outcomes = table["rows"].map do |row|
  answers = [asked.fitted, asked.loaded].map { |named| asked.ask(row, named) }
  check(answers.all? { |answer| has?(row["expect"], answer) }, row["name"], *answers)
end
seen = table["rows"].map { |row| asked.fitted[row["model"]]&.class&.algorithm }
outcomes << check((Reco.algorithms - seen).empty?, "there are questions for every algorithm", *(Reco.algorithms - seen))
puts "1..#{$cases}"
exit outcomes.all?
