# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# overhead.rb MODEL USERS ROUNDS: what overhead.c measures, through the Ruby binding. Prints the median round's
# microseconds of processor time per question as a plain number.
require "reco"

abort "usage: overhead.rb MODEL USERS ROUNDS" unless ARGV.size == 3
model = Reco.load(ARGV[0])
users = model.ids(:user).first(ARGV[1].to_i)
abort "overhead.rb: the model has #{users.size} users" if users.size < ARGV[1].to_i

looked_at = 0
times = Array.new(ARGV[2].to_i) do
  begin_at = Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID)
  users.each do |user|
    answer = model.recommend(user, limit: 10)
    looked_at += answer.ids.size + answer.scores.size
  end
  Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID) - begin_at
end
puts format("%.3f", 1e6 * times.sort[times.size / 2] / users.size)
