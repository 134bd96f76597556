# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# quickstart - from a few purchases to recommendations.
#
#     ruby quickstart.rb
require "reco"

BOUGHT = {
  "ann" => ["teapot", "mug", "tea towel"], "bob" => %w[teapot mug trowel], "cleo" => %w[teapot mug honey],
  "dan" => ["trowel", "gloves", "plant pot"], "eve" => %w[trowel gloves teapot]
}.freeze

def show(question, answer)
  puts question
  answer.each { |item, score| puts format("  %-10s %.2f", item, score) }
end

data = Reco::Data.from_events(BOUGHT.flat_map { |user, items| items.map { |item| [user, item] } })
model = Reco::ItemKNN.new(shrink: 0).fit(data)

show "For ann:", model.recommend("ann", limit: 3)
show "For somebody with gloves and a trowel in the basket:", model.recommend(history: %w[gloves trowel], limit: 3)
show "Like a teapot:", model.similar("teapot")

model.save("quickstart.reco")
