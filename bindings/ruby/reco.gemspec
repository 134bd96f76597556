# SPDX-License-Identifier: MIT
# frozen_string_literal: true

require_relative "lib/reco/api"

Gem::Specification.new do |gem|
  gem.name = "reco"
  gem.version = Reco::VERSION
  gem.summary = "Recommender systems: the Ruby side of libreco"
  gem.authors = ["The libreco authors"]
  gem.license = "MIT"
  gem.files = Dir.chdir(__dir__) { Dir["lib/**/*.rb", "lib/reco/libreco.*", "lib/reco/licenses/*", "README.md", "LICENSE"] }
  # With the shared library inside, it is a gem for this platform.
  gem.platform = Gem::Platform.local.to_s if gem.files.any? { |file| file.start_with?("lib/reco/libreco.") }
  gem.required_ruby_version = ">= 3.0"
  gem.add_dependency "ffi", "~> 1.15"
end
