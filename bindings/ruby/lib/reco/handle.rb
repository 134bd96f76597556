# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # An object of the library: freed exactly once, by `close` or by the garbage collector, and refused afterwards.
  #
  # A short call holds Ruby's lock, so nobody comes between. A long one lets other threads run: it takes the object by
  # `shared` or `exclusive` for as long as it lasts, and whoever wants to change or close it meanwhile is refused.
  class Handle # :nodoc:
    # What the block makes at the place that it is given.
    def self.make(free)
      place = FFI::MemoryPointer.new(:pointer)
      yield place
      new(place.read_pointer, free)
    end

    # Does not know the handle, or that would never be collected. To pop is one step: who gets the pointer frees it.
    def self.finalizer(box, free)
      proc { box.pop&.then { |pointer| Library.public_send(free, pointer) } }
    end

    def initialize(pointer, free)
      @pointer = pointer
      @box = [pointer]
      @free = Handle.finalizer(@box, free)
      @lock = Mutex.new
      @users = 0
      ObjectSpace.define_finalizer(self, @free)
    end

    # For calls that hold Ruby's lock.
    def pointer
      @pointer || raise(WrongState, @closed ? "this object was closed" : "another thread is changing this object")
    end

    # For long calls that only read it.
    def shared
      found = @lock.synchronize { pointer.tap { @users += 1 } }
      begin
        yield found
      ensure
        @lock.synchronize { @users -= 1 }
      end
    end

    # For long calls that change it. A process that is forked meanwhile never gets it back, half changed as it is.
    def exclusive
      found = @lock.synchronize { withdraw }
      begin
        @box.pop
        yield found
      ensure
        @box.push(found)
        @pointer = found
      end
    end

    def close
      @lock.synchronize do
        return if @closed

        withdraw
        @closed = true
      end
      @free.call
    end

    private

    def withdraw
      found = pointer
      raise WrongState, "a call in progress is using this object" unless @users.zero?

      @pointer = nil
      found
    end
  end
  private_constant :Handle
end
