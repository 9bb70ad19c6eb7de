"""The bundle is built when its sources have changed, and only then."""

import pytest

from gradwalk.studio import bundle


@pytest.fixture
def web(tmp_path):
    folder = tmp_path / "web"
    (folder / "src" / "deep").mkdir(parents=True)
    (folder / "src" / "main.tsx").write_text("1")
    (folder / "src" / "deep" / "part.tsx").write_text("2")
    (folder / "package-lock.json").write_text("{}")
    return folder


@pytest.fixture
def tools(monkeypatch):
    """Stands for Node: writes the files, and remembers what was run."""
    run = []

    def build(command, folder):
        run.append(command)
        if command[1] == "build.mjs":
            for name in bundle.FILES:
                bundle.Path(command[2], name).write_text(name)

    monkeypatch.setattr(bundle, "_run", build)
    monkeypatch.setattr(bundle, "node", lambda: "node")
    monkeypatch.setattr(bundle, "npm", lambda: ["npm"])
    return run


def test_it_is_built_once(web, tools, tmp_path):
    static = tmp_path / "static"
    assert bundle.build(web, static) is True
    assert [command[1] for command in tools] == ["ci", "build.mjs"]
    assert bundle.build(web, static) is False and len(tools) == 2
    assert bundle.stamp(static) == bundle.digest(web)


@pytest.mark.parametrize("change", ["edit", "add", "rename", "lock", "lost"])
def test_a_change_is_seen(web, tools, tmp_path, change):
    static = tmp_path / "static"
    bundle.build(web, static)
    {
        "edit": lambda: (web / "src" / "main.tsx").write_text("3"),
        "add": lambda: (web / "src" / "more.tsx").write_text(""),
        "rename": lambda: (web / "src" / "main.tsx").rename(web / "src" / "moved.tsx"),
        "lock": lambda: (web / "package-lock.json").write_text("{ }"),
        "lost": lambda: (static / "player.js").unlink(),
    }[change]()
    assert bundle.is_stale(web, static)
    assert bundle.build(web, static) is True


def test_a_failed_build_leaves_the_old_bundle(web, tools, tmp_path, monkeypatch):
    static = tmp_path / "static"
    bundle.build(web, static)
    (web / "src" / "main.tsx").write_text("wrong")
    monkeypatch.setattr(bundle, "_run", fail)
    with pytest.raises(bundle.BundleError):
        bundle.build(web, static)
    assert bundle.is_there(static) and bundle.is_stale(web, static)


def fail(command, folder):
    raise bundle.BundleError("esbuild failed")


def test_a_missing_bundle_says_what_to_do(tmp_path):
    with pytest.raises(bundle.BundleError, match="make bundle"):
        bundle.needed(tmp_path)


def test_the_repositorys_bundle_is_that_of_its_sources():
    web = bundle.web_folder()
    assert web is None or not bundle.is_stale(web), "make bundle"
