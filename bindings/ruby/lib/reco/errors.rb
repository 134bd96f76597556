# SPDX-License-Identifier: MIT
# frozen_string_literal: true

module Reco
  # Whatever the library refuses or fails at; the message names the argument, the rule and the value.
  class Error < StandardError; end

  # Memory ran out, or a memory_limit would be passed.
  class OutOfMemory < Error; end

  # An argument breaks its rule.
  class InvalidArgument < Error; end

  # An id, name, field, column or file that is not there.
  class NotFound < Error; end

  # The call does not fit the object's state: a question to an unfitted model, anything to a closed one.
  class WrongState < Error; end

  # This algorithm or this build cannot do it.
  class Unsupported < Error; end

  # The operating system failed to read or write.
  class InputOutputError < Error; end

  # A file or string that is not what it should be.
  class BadFormat < Error; end

  # The mathematics broke down: a pivot, an overflow, a NaN.
  class NumericError < Error; end

  # Cancelled by the caller.
  class Cancelled < Error; end

  # A defect in the library: please report it.
  class InternalError < Error; end

  class Error
    BY_STATUS = {
      API::RECO_ENOMEM => OutOfMemory,
      API::RECO_EINVAL => InvalidArgument,
      API::RECO_ENOTFOUND => NotFound,
      API::RECO_ESTATE => WrongState,
      API::RECO_EUNSUPPORTED => Unsupported,
      API::RECO_EIO => InputOutputError,
      API::RECO_EFORMAT => BadFormat,
      API::RECO_ENUMERIC => NumericError,
      API::RECO_ECANCELLED => Cancelled,
      API::RECO_EINTERNAL => InternalError
    }.freeze
    private_constant :BY_STATUS

    # The exception for a status and its message.
    def self.of(status, message) # :nodoc:
      BY_STATUS.fetch(status, Error).new(message)
    end
  end
end
