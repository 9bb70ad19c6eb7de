"""What the kernel refuses, and which of the protocol's codes says so."""

from __future__ import annotations

from gradwalk.errors import GradwalkError
from gradwalk.expression import ExpressionError
from gradwalk.studio.protocol import ErrorReply
from gradwalk.studio.wire import WireError
from gradwalk.train import SettingsError


class Refused(GradwalkError):
    """A request that is understood but not answered: it carries its own reply."""

    def __init__(self, reply: ErrorReply):
        self.reply = reply
        super().__init__(reply.sentence)


def gone(key: str) -> Refused:
    """The walk of this key isn't kept any more: the front end opens it again."""
    return Refused(ErrorReply("gone", "this walk isn't open any more", "open it again"))


def too_large(sentence: str, cure: str = "") -> Refused:
    """More than the studio shows or computes."""
    return Refused(ErrorReply("too-large", sentence, cure))


def too_slow(
    sentence: str = "this takes longer than the studio waits", cure: str = "ask for fewer points, or use a smaller walk"
) -> Refused:
    """Longer than the studio waits."""
    return Refused(ErrorReply("too-slow", sentence, cure))


def reply_to(error: BaseException) -> ErrorReply:
    """The reply that says what went wrong; whatever nobody foresaw is ``internal``."""
    if isinstance(error, Refused):
        return error.reply
    if isinstance(error, WireError):
        return ErrorReply("bad-message", str(error))
    if isinstance(error, ExpressionError):
        place = [error.line, error.column, error.end_column] if error.line else []
        return ErrorReply("formula", error.sentence, error.cure, place, list(error.missing))
    if isinstance(error, SettingsError):
        return ErrorReply("setting", str(error), setting=error.setting, entry=error.entry)
    if isinstance(error, GradwalkError):
        return ErrorReply("walk", str(error))
    if isinstance(error, MemoryError):
        return ErrorReply("too-large", "this needs more memory than there is", "use smaller values")
    return ErrorReply("internal", f"something went wrong inside gradwalk ({type(error).__name__}: {str(error)[:200]})")
