#!/usr/bin/env ruby
# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# package.rb FOLDER: builds the gem for this platform, with the shared library inside.
require "fileutils"
require "open3"
require "rubygems/package"
require "tmpdir"

root = File.expand_path("../..", __dir__)
folder = File.expand_path(ARGV.fetch(0) { abort "usage: package.rb FOLDER" })
carried, built = Open3.capture2("#{root}/bindings/library", "#{root}/build-gem")
abort "package.rb: the library was not built" unless built.success?

Dir.mktmpdir do |copy|
  FileUtils.cp_r(%w[reco.gemspec README.md lib ../../LICENSE].map { |name| File.join(__dir__, name) }, copy)
  FileUtils.cp_r("#{carried.chomp}/.", File.join(copy, "lib/reco"))
  Dir.chdir(copy) do
    gem = Gem::Package.build(Gem::Specification.load("reco.gemspec"))
    FileUtils.mkdir_p(folder)
    FileUtils.mv(gem, folder)
  end
end
