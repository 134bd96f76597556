# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# Recommender systems: the Ruby side of libreco.
#
#     data = Reco::Data.from_events([%w[ann mug], %w[ann lamp], %w[bob mug]])
#     model = Reco::ItemKNN.new(shrink: 0).fit(data)
#     model.recommend("bob").ids
#
# One class for each algorithm of the library, with its parameters as keywords: `puts Reco::ALS.help` tells them.
# A fitted or loaded model never changes, and any number of threads may ask it.
module Reco
end

require_relative "reco/api"
require_relative "reco/errors"
require_relative "reco/library"
require_relative "reco/convert"
require_relative "reco/handle"
require_relative "reco/work"
require_relative "reco/builder"
require_relative "reco/data"
require_relative "reco/answers"
require_relative "reco/told"
require_relative "reco/ask"
require_relative "reco/model"
require_relative "reco/algorithms"
