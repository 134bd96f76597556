# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # An object of the library: freed exactly once, by `close` or by the garbage collector, and refused afterwards.
  #
  # Ruby may switch threads before any call and during long ones. So a call uses the object by `use`, or by `change` if
  # nobody else may use it meanwhile; what is closed in the middle of a call is freed after it. There is no lock: to push
  # to an Array, to pop from it and to ask if it is empty are single steps in Ruby.
  class Handle # :nodoc:
    # What the block makes at the place that it is given.
    def self.make(free)
      place = FFI::MemoryPointer.new(:pointer)
      yield place
      new(place.read_pointer, free)
    end

    # Does not know the handle, or that would never be collected. Who gets the pointer out of the box frees it.
    def self.finalizer(box, free)
      proc { box.pop&.then { |pointer| Library.public_send(free, pointer) } }
    end

    def initialize(pointer, free)
      @pointer = pointer
      @box = [pointer]
      @uses = []
      @closed = false
      @free = Handle.finalizer(@box, free)
      ObjectSpace.define_finalizer(self, @free)
    end

    # Lends the pointer for a call that only reads the object, or is the only one that can.
    def use
      @uses.push(true)
      begin
        yield @pointer || refuse
      ensure
        @uses.pop
        free_unused if @closed
      end
    end

    # Lends the pointer for a call that changes the object. A process that is forked meanwhile never gets it back, half
    # changed as it is.
    def change
      pointer = take
      begin
        yield pointer
      ensure
        give_back(pointer)
      end
    end

    # Gives the pointer away, to a call that frees the object.
    def spend
      pointer = take
      @closed = true
      yield pointer
    end

    # Frees it: now, or when the calls that use it return.
    def close
      @closed = true
      @pointer = nil
      free_unused
    end

    private

    def take
      pointer = @box.pop || refuse
      @pointer = nil
      return pointer if @uses.empty?

      give_back(pointer)
      raise WrongState, "another call is using this object"
    end

    def give_back(pointer)
      @pointer = pointer
      @box.push(pointer)
      close if @closed
    end

    def refuse
      raise WrongState, @closed ? "this object was closed" : "another call is changing this object"
    end

    def free_unused
      @free.call if @uses.empty?
    end
  end
  private_constant :Handle
end
