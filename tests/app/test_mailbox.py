import threading

from app.mailbox import Mailbox
from app.messages import CancelTask, Close, Failed, SetRunning, ShowImage, ViewSize
from core.types import ImageKey


def test_a_later_message_replaces_an_unread_one_of_its_slot_and_moves_to_the_end() -> None:
    box = Mailbox()
    box.send(SetRunning(running=True))
    box.send(ShowImage(key=ImageKey(0, 0)))
    box.send(SetRunning(running=False))
    assert box.take() == [ShowImage(key=ImageKey(0, 0)), SetRunning(running=False)]
    assert box.take() == []


def test_slots_keep_viewports_and_failures_apart() -> None:
    box = Mailbox()
    sizes = [ViewSize(viewport=number, width=10, height=10) for number in (0, 1)]
    failures = [Failed(text="one"), Failed(text="two")]
    for message in (*sizes, *failures):
        box.send(message)
    assert box.take() == [*sizes, *failures]


def test_looking_into_the_mailbox_removes_nothing_and_discarding_removes_one_type() -> None:
    box = Mailbox()
    box.send(CancelTask())
    box.send(Close())
    assert box.holds(CancelTask)
    assert not box.holds(SetRunning)
    box.discard(CancelTask)
    assert box.take() == [Close()]


def test_waiting_ends_with_a_message_or_without_one() -> None:
    box = Mailbox()
    assert box.wait(0.0) is False
    threading.Timer(0.05, box.send, [Close()]).start()
    assert box.wait(20.0) is True


def test_nothing_is_lost_between_many_writers() -> None:
    box = Mailbox()
    writers = [
        threading.Thread(target=lambda n=n: [box.send(Failed(text=f"{n} {i}")) for i in range(200)]) for n in range(4)
    ]
    for writer in writers:
        writer.start()
    read: list[str] = []
    while any(writer.is_alive() for writer in writers) or box.holds(Failed):
        read += [message.text for message in box.take() if isinstance(message, Failed)]
    assert sorted(read) == sorted(f"{n} {i}" for n in range(4) for i in range(200))
