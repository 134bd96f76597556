#!/usr/bin/env ruby
# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# package.rb FOLDER: builds the gem for this platform, with the shared library that RECO_LIBRARY names inside.
require "fileutils"
require "rubygems/package"
require "tmpdir"

library = ENV.fetch("RECO_LIBRARY") { abort "set RECO_LIBRARY to the shared library that the gem shall carry" }
folder = File.expand_path(ARGV.fetch(0) { abort "usage: package.rb FOLDER" })
Dir.mktmpdir do |copy|
  FileUtils.cp_r(%w[reco.gemspec README.md lib ../../LICENSE].map { |name| File.join(__dir__, name) }, copy)
  name = File.basename(library)[/\A[^.]*/] + (library.end_with?(".dylib") ? ".dylib" : ".so")
  FileUtils.cp(File.realpath(library), File.join(copy, "lib/reco", name))
  Dir.chdir(copy) do
    gem = Gem::Package.build(Gem::Specification.load("reco.gemspec"))
    FileUtils.mkdir_p(folder)
    FileUtils.mv(gem, folder)
  end
end
