"""The one thing two threads share: a newest-wins handover of frozen messages."""

import threading

from app.messages import Message


class Mailbox:
    """Holds unread messages; a later message replaces an unread one of the same slot and moves to the end."""

    def __init__(self) -> None:
        self._unread: dict[str, Message] = {}
        self._changed = threading.Condition()

    def send(self, message: Message) -> None:
        """Leave a message for the reader."""
        with self._changed:
            self._unread.pop(message.slot, None)
            self._unread[message.slot] = message
            self._changed.notify_all()

    def take(self) -> list[Message]:
        """Remove and return everything unread, oldest first."""
        with self._changed:
            messages = list(self._unread.values())
            self._unread.clear()
            return messages

    def holds(self, *kinds: type[Message]) -> bool:
        """Whether an unread message is of one of these types; nothing is removed."""
        with self._changed:
            return any(isinstance(message, kinds) for message in self._unread.values())

    def discard(self, kind: type[Message]) -> None:
        """Remove the unread messages of this type."""
        with self._changed:
            self._unread = {slot: m for slot, m in self._unread.items() if not isinstance(m, kind)}

    def wait(self, timeout: float) -> bool:
        """Sleep until there is something to read or ``timeout`` seconds have passed; whether there is."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._unread), timeout)
