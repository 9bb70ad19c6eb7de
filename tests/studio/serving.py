"""A studio's server in a thread, with a kernel of the test's own; and clients to talk to it."""

import contextlib
import threading
from http.client import HTTPConnection

from websockets.sync.client import connect

from gradwalk.studio import server
from gradwalk.studio.wire import decode_frame, encode_frame


class Echo:
    """A kernel that answers everything with its request."""

    def handle(self, request):
        return {"kind": "values", "key": str(request.get("key", "")), "asked": request}, [b"12345678"]


@contextlib.contextmanager
def serving(make=Echo, port=0, **settings):
    studio = server.Studio(make, **settings)
    listening = server.bound(port, tries=1)
    running = server.server(studio, listening)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield Client(studio, server.port_of(listening))
    finally:
        running.should_exit = True
        thread.join(10)
        listening.close()
        assert not thread.is_alive()


class Client:
    """What a browser does, by hand."""

    def __init__(self, studio, port):
        self.studio, self.port, self.host = studio, port, f"127.0.0.1:{port}"

    @property
    def cookie(self):
        return f"{self.studio.cookie}={self.studio.token}"

    def get(self, path="/", method="GET", **headers):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def own(self, path="/", **headers):
        return self.get(path, Cookie=self.cookie, **headers)

    def talk(self, origin="own", cookie="own", **options):
        headers = {"Cookie": self.cookie if cookie == "own" else cookie}
        origin = f"http://{self.host}" if origin == "own" else origin
        return connect(
            f"ws://{self.host}/socket",
            origin=origin,
            additional_headers=headers,
            compression=None,
            max_size=None,
            **options,
        )


def ask(talk, **request):
    talk.send(encode_frame(request))
    return answer(talk)


def answer(talk):
    return decode_frame(talk.recv(timeout=10), largest=2**30).head
