"""The studio's server: who may talk to it, and that nobody can bring it down."""

import os
import random
import threading
from dataclasses import fields

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gradwalk.studio import server
from gradwalk.studio.follow import Follower, ScriptProblem
from gradwalk.studio.kernel import Kernel
from gradwalk.studio.protocol import REQUESTS
from gradwalk.studio.wire import encode_frame
from tests.studio.serving import Echo, answer, ask, serving


@pytest.fixture(scope="module")
def static(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    for name in ("studio.js", "player.js", "style.css"):
        (folder / name).write_text(f"/* {name} */")
    (folder / "stamp.txt").write_text("0123456789abcdef")
    (folder.parent / "secret.js").write_text("no")
    return folder


@pytest.fixture(scope="module")
def client(static):
    with serving(static=static) as client:
        yield client


# --- who may talk ----------------------------------------------------------------------------------------------------


def test_the_token_becomes_a_cookie_and_leaves_the_address(client):
    answer = client.get(f"/?token={client.studio.token}")
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "samesite=strict" in cookie.lower()
    assert client.get("/", Cookie=cookie.partition(";")[0]).status == 200


@pytest.mark.parametrize(
    "cookie", ["", "gradwalk=x", "gradwalk-{port}=", "gradwalk-{port}=wrong", "\x01;=;", "gradwalk-{port}=é"]
)
@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/static/studio.js", "/nothing"])
def test_nothing_is_told_without_the_token(client, path, cookie):
    answer = client.get(path, Cookie=cookie.format(port=client.port).encode("latin-1"))
    assert answer.status == 403
    assert client.studio.token not in answer.text and "studio.js" not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "localhost.evil", "", "[::2]:{port}"]
)
def test_a_foreign_name_for_this_machine_is_refused(client, host):
    assert client.own(Host=host.format(port=client.port)).status == 403


@pytest.mark.parametrize("host", ["localhost:{port}", "127.0.0.1:{port}", "[::1]:{port}", "LOCALHOST:{port}"])
def test_own_names_are_served(client, host):
    assert client.own(Host=host.format(port=client.port)).status == 200


def test_a_studio_for_others_answers_to_numbers_and_its_own_name(static):
    with serving(static=static, host="0.0.0.0") as everywhere, serving(static=static, host="box.example") as named:
        assert everywhere.own(Host=f"192.168.1.5:{everywhere.port}").status == 200
        assert named.own(Host=f"Box.example:{named.port}").status == 200
        for client in (everywhere, named):
            assert client.own(Host=f"localhost:{client.port}").status == 200
            assert client.own(Host=f"evil.example:{client.port}").status == 403
            assert client.get("/", Host=f"192.168.1.5:{client.port}").status == 403  # the token is wanted as ever
        policy = everywhere.own(Host=f"192.168.1.5:{everywhere.port}").headers["content-security-policy"]
        assert f"ws://192.168.1.5:{everywhere.port};" in policy


def test_another_sites_page_is_refused(client):
    assert client.own(Origin="http://evil.example").status == 403
    assert client.own(Origin="null").status == 403
    assert client.get("/", "POST", Cookie=client.cookie).status == 405


@pytest.mark.parametrize(
    "settings",
    [{"origin": "http://evil.example"}, {"origin": None}, {"origin": "http://127.0.0.1:1"}, {"cookie": "a=b"}],
)
def test_another_sites_page_gets_no_conversation(client, settings):
    with pytest.raises(InvalidStatus) as refused:
        client.talk(**settings)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/", "/static/studio.js", "/static/nothing.js"])
def test_every_answer_is_strict(client, path):
    headers = client.own(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/stamp.txt",
        "/static/..%2fsecret.js",
        "/static/../secret.js",
        "/static/%2e%2e/secret.js",
        "/static/.js",
        "/static/",
    ],
)
def test_only_the_bundle_is_served(client, path):
    assert client.own(path).status == 404


def test_files_have_their_types(client):
    assert client.own("/static/studio.js").headers["content-type"].startswith("text/javascript")
    assert client.own("/static/style.css").headers["content-type"].startswith("text/css")
    assert 'src="/static/studio.js?0123456789ab"' in client.own().text


def test_a_missing_bundle_is_told(tmp_path):
    with serving(static=tmp_path) as client:
        answer = client.own()
    assert answer.status == 503 and "make bundle" in answer.text


def test_a_taken_port_leads_to_the_next():
    first = server.bound(0)
    second = server.bound(server.port_of(first))
    try:
        assert server.port_of(first) < server.port_of(second) <= server.port_of(first) + server.TRIES
        assert second.getsockname()[0] == "127.0.0.1"
        with pytest.raises(server.StudioError, match="--port"):
            server.bound(server.port_of(first), tries=1)
    finally:
        first.close()
        second.close()


# --- talking ---------------------------------------------------------------------------------------------------------


def test_every_request_gets_its_reply(client):
    with client.talk() as talk:
        for id in (1, 7, 7, 0):
            assert ask(talk, id=id, kind="values", key="k")["id"] == id
        talk.send('{"id": 9, "kind": "values"}')
        assert answer(talk)["id"] == 9


def test_pages_have_kernels_of_their_own(client):
    with client.talk() as one, client.talk() as other:
        one.send(encode_frame({"id": 1, "kind": "values", "key": "one"}))
        assert ask(other, id=1, kind="values", key="other")["key"] == "other"
        assert answer(one)["key"] == "one"


class Held(Echo):
    """A kernel that waits at requests of the kind cost until it is let go."""

    begun, go = threading.Event(), threading.Event()

    def handle(self, request):
        if request["kind"] == "cost":
            self.begun.set()
            self.go.wait(10)
        return super().handle(request)


def test_the_latest_request_of_a_channel_wins():
    Held.begun.clear(), Held.go.clear()
    with serving(Held) as client, client.talk() as talk:
        talk.send(encode_frame({"id": 1, "kind": "cost"}))
        assert Held.begun.wait(10)
        for id in (2, 3, 4):
            talk.send(encode_frame({"id": id, "kind": "values", "channel": "slider"}))
        talk.send(encode_frame({"id": 5, "kind": "values", "channel": "other"}))
        first = [answer(talk), answer(talk)]
        Held.go.set()
        assert [(reply["id"], reply["code"]) for reply in first] == [(2, "superseded"), (3, "superseded")]
        assert [(answer(talk)["id"]) for _ in range(3)] == [1, 4, 5]


def test_numbers_are_answered_before_questions_about_them():
    Held.begun.clear(), Held.go.clear()
    with serving(Held) as client, client.talk() as talk:
        talk.send(encode_frame({"id": 1, "kind": "cost"}))
        assert Held.begun.wait(10)
        for id, kind in enumerate(["why", "step", "open", "values", "junk"], 2):
            talk.send(encode_frame({"id": id, "kind": kind}))
        talk.send(b"junk")
        assert answer(talk)["code"] == "bad-message"  # refused at once, so all the others have been read
        Held.go.set()
        assert [answer(talk)["id"] for _ in range(6)] == [1, 4, 5, 2, 3, 6]


def test_what_takes_too_long_is_given_up():
    Held.begun.clear(), Held.go.clear()
    with serving(Held, seconds=0.1) as client, client.talk() as talk:
        assert ask(talk, id=1, kind="cost")["code"] == "too-slow"
        assert ask(talk, id=2, kind="values")["kind"] == "values"
        Held.go.set()


class Failing(Echo):
    def handle(self, request):
        if request["kind"] == "cost":
            raise RuntimeError("a mistake in the kernel")
        return super().handle(request)


def test_a_mistake_in_the_kernel_is_told(caplog):
    with serving(Failing) as client, client.talk() as talk:
        reply = ask(talk, id=1, kind="cost")
        assert (reply["id"], reply["kind"], reply["code"]) == (1, "error", "internal")
        assert ask(talk, id=2, kind="values")["kind"] == "values"
    assert "a mistake in the kernel" in caplog.text


GOOD = encode_frame({"id": 1, "kind": "values", "state": {"key": "k", "leaves": {"3": 1.5}}, "channel": "c"})


def broken():
    """Frames that are none: cut short, with bytes changed, and with heads of every wrong kind."""
    chance = random.Random(0)
    yield from (
        b"",
        b"\0",
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"{}",
        bytes(1000),
        b"\x02\0\0\0{}",
        b"\x04\0\0\0null",
        b"\x02\0\0\0[]",
    )
    yield from (GOOD[:size] for size in range(0, len(GOOD), 7))
    for _ in range(150):
        changed = bytearray(GOOD)
        for _ in range(chance.randint(1, 6)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        yield bytes(changed)
    deep = b"[" * 100_000
    yield len(deep).to_bytes(4, "little") + deep
    for head in (
        {},
        {"id": "1"},
        {"id": True, "kind": "values"},
        {"id": 1},
        {"id": 1, "kind": 3},
        {"id": 1, "kind": "values", "channel": []},
    ):
        yield encode_frame(head)


def test_bad_messages_get_an_answer_and_harm_nothing(client):
    with client.talk() as talk:
        for number, frame in enumerate(broken(), start=1000):
            talk.send(frame)
            assert answer(talk)["kind"] in ("error", "values")
            assert ask(talk, id=number, kind="values")["id"] == number
        talk.send("no JSON")
        assert answer(talk)["code"] == "bad-message"


JUNK = (
    None,
    True,
    -1,
    1e308,
    "",
    "x" * 10_000,
    [],
    [[[]]],
    {},
    {"key": 3},
    {"formula": "1" * 5000},
    {"formula": "x**x**x**9", "values": {"x": 9}},
)


def junk():
    """Well-formed messages of every kind, with fields of every wrong kind."""
    chance = random.Random(1)
    for kind in REQUESTS:
        names = [field.name for field in fields(kind) if field.name != "kind"]
        for _ in range(12):
            yield {"kind": kind.kind, **{name: chance.choice(JUNK) for name in names if chance.random() < 0.8}}


def test_junk_of_every_kind_gets_an_answer_from_the_real_kernel():
    with serving(Kernel) as client, client.talk() as talk:
        for id, request in enumerate(junk()):
            assert ask(talk, id=id, **request)["id"] == id
        assert ask(talk, id=0, kind="open", source={"formula": "x**2", "values": {"x": 3}})["kind"] == "walk"


def test_there_are_only_so_many_pages(client, monkeypatch):
    monkeypatch.setattr(server, "PAGES", 1)
    with client.talk() as first:
        with pytest.raises(InvalidStatus):
            client.talk().__enter__()
        assert ask(first, id=1, kind="values")["id"] == 1


def test_a_huge_message_is_refused(client):
    with client.talk() as talk:
        talk.send(bytes(9_000_000))
        assert answer(talk)["code"] == "bad-message"
        with pytest.raises(ConnectionClosed):
            talk.send(bytes(20_000_000))
            talk.recv(timeout=10)
    with client.talk() as talk:
        assert ask(talk, id=1, kind="values")["id"] == 1


class Large(Echo):
    def handle(self, request):
        return {"kind": "values"}, [bytes(8_000_000)]


def test_a_page_that_takes_nothing_is_let_go_and_harms_nobody():
    with serving(Large) as client, client.talk(max_queue=1) as slow, client.talk() as other:
        with pytest.raises(ConnectionClosed):
            for id in range(100_000):
                slow.send(encode_frame({"id": id, "kind": "values"}))
        assert ask(other, id=1, kind="values")["id"] == 1
        assert len(client.studio.pages) == 1


def test_a_page_that_vanishes_is_forgotten(client):
    with client.talk() as talk:
        ask(talk, id=1, kind="values")
        talk.socket.close()
    with client.talk() as other:
        assert ask(other, id=1, kind="values")["id"] == 1


# --- following a script ----------------------------------------------------------------------------------------------


class Made:
    """Stands for a walk: a text, and the files it points into."""

    def __init__(self, text, *files):
        self.text, self.source = text, dict.fromkeys(files, "")


def test_an_edited_script_is_shown_anew(tmp_path):
    script = tmp_path / "model.py"
    script.write_text("one")
    follower = Follower(str(script), lambda: Made(script.read_text(), str(script)), pause=0.01)

    class Kernel:
        def handle(self, request):
            return {"kind": "walk", "title": follower.walk().text, "width": request["width"]}, []

    with serving(Kernel, follower=follower) as client, client.talk() as talk:
        talk.send(encode_frame({"id": 1, "kind": "open", "source": {"script": True}, "width": 500}))
        title = ""
        while title != "one":  # asked while the script still ran: its walk follows by itself
            title = answer(talk).get("title", "")
        script.write_text("two")
        os.utime(script, ns=(1, 1))
        while title != "two":
            reply = answer(talk)
            assert (reply["id"], reply["width"]) == (-1, 500)
            title = reply["title"]


def test_a_script_that_fails_says_so_until_it_is_mended(tmp_path):
    script = tmp_path / "model.py"
    script.write_text("1/0")
    runs = threading.Semaphore(0)
    follower = Follower(str(script), lambda: Made(eval(script.read_text())), pause=0.01)
    follower.changed = runs.release
    with pytest.raises(ScriptProblem, match="still running"):
        follower.walk()
    follower.start()
    assert runs.acquire(timeout=10)
    with pytest.raises(ScriptProblem, match="ZeroDivisionError"):
        follower.walk()
    script.write_text("'mended'")
    os.utime(script, ns=(1, 1))
    assert runs.acquire(timeout=10)
    assert follower.walk().text == "mended"
    follower.end()
