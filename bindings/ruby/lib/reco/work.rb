# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # Long calls. Each is made by a thread of its own, while the one that wants it waits, within reach: Ctrl-C, a Timeout
  # and Thread#kill come through at once and cancel the call, and progress is told where it was asked for.
  module Work # :nodoc:
    module_function

    # What the block gives. It is called with the run that reports progress and can be cancelled.
    def call(progress = nil, &work)
      run = Handle.make(:reco_run_free) { |out| Library.call(:reco_run_new, out) }
      value, failure = follow(run, progress, &work)
      raise failure, failure.message, caller if failure

      value
    end

    def follow(run, progress)
      told = Queue.new
      teller = teller(told) if progress
      worker = start(told) do
        run.use do |pointer|
          Library.reco_run_set_progress(pointer, teller, nil)
          yield pointer
        end
      end
      while (event = told.pop)
        progress.call(*event)
      end
      worker.value
    ensure
      run.use { |pointer| Library.reco_run_cancel(pointer) }
      wait(worker) if worker
    end

    def teller(told)
      FFI::Function.new(:int32, %i[pointer string double]) do |_context, stage, done|
        told.push([Library.text(stage), done])
        0
      end
    end

    # Nothing is raised in the worker from outside, so none of the library's calls is ever left halfway.
    def start(told)
      Thread.handle_interrupt(Object => :never) do
        Thread.new do
          [yield, nil]
        rescue Exception => e # rubocop:disable Lint/RescueException
          [nil, e]
        ensure
          told.close
        end
      end
    end

    # A second Ctrl-C does not leave the library at work on what its caller thinks is his again.
    def wait(worker)
      worker.join
    rescue Exception # rubocop:disable Lint/RescueException
      retry if worker.alive?
      raise
    end
  end
  private_constant :Work
end
