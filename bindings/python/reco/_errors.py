# SPDX-License-Identifier: MIT
"""One exception class for each status of the library."""


class RecoError(Exception):
    """Whatever the library refuses or fails at; the message names the argument, the rule and the value."""


class OutOfMemory(RecoError, MemoryError):
    """Memory ran out, or a memory_limit would be passed."""


class InvalidArgument(RecoError, ValueError):
    """An argument breaks its rule."""


class NotFound(RecoError, LookupError):
    """An id, name, field, column or file that is not there."""


class WrongState(RecoError, RuntimeError):
    """The call does not fit the object's state, as a question to an unfitted model."""


class Unsupported(RecoError, NotImplementedError):
    """This algorithm or this build cannot do it."""


class InputOutputError(RecoError, OSError):
    """The operating system failed to read or write."""


class BadFormat(RecoError, ValueError):
    """A file or buffer that is not what it should be."""


class NumericError(RecoError, ArithmeticError):
    """The mathematics broke down: a pivot, an overflow, a NaN."""


class Cancelled(RecoError):
    """Cancelled by the caller."""


class InternalError(RecoError):
    """A defect in the library: please report it."""


BY_STATUS = {
    -1: OutOfMemory,
    -2: InvalidArgument,
    -3: NotFound,
    -4: WrongState,
    -5: Unsupported,
    -6: InputOutputError,
    -7: BadFormat,
    -8: NumericError,
    -9: Cancelled,
    -10: InternalError,
}
