"""What a process apart does with its time: answers, and its own work while nobody asks."""

import pickle

from gradwalk.studio.apart import answer_all


class Line:
    """The other end's questions, each after some looks that find none."""

    def __init__(self, *looks):
        self.looks, self.sent = list(looks), []

    def poll(self):
        self.looks[0] -= 1
        return self.looks[0] < 0

    def recv_bytes(self):
        self.looks.pop(0)
        if not self.looks:
            raise EOFError
        return pickle.dumps((len(self.looks),))

    def send(self, answer):
        self.sent.append(answer)


def test_its_own_work_fills_the_time_until_a_question():
    line, work = Line(0, 2, 0), []
    answer_all(line, lambda question: (question, len(work)), lambda: work.append(1) is None)
    assert line.sent == [(2, 0), (1, 2)]


def test_when_nothing_is_left_to_do_it_waits():
    line, work = Line(5, 5), []
    answer_all(line, lambda question: question, lambda: bool(work.append(1)))
    assert line.sent == [1] and len(work) == 2
