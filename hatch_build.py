"""Builds the studio's front end when the package is built, so that it is shipped and never committed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleHook(BuildHookInterface):
    """Runs esbuild over web/ where its sources have changed since the last time."""

    PLUGIN_NAME = "custom"

    @property
    def bundle(self) -> ModuleType:
        """`gradwalk.studio.bundle`, read from its file: gradwalk isn't installed yet."""
        file = Path(self.root, "src", "gradwalk", "studio", "bundle.py")
        spec = importlib.util.spec_from_file_location("gradwalk_bundle", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def dependencies(self) -> list[str]:
        """A Node of the build's own, where the machine has none and one is needed."""
        bundle = self.bundle
        web = bundle.web_folder()
        return [bundle.PACKAGE] if web is not None and bundle.is_stale(web) and not bundle.has_node() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundle before the files are collected."""
        bundle = self.bundle
        web = bundle.web_folder()
        if web is not None:
            self._build(bundle, web, version == "editable")
        elif not bundle.is_there():
            self.app.display_warning("the studio's pages are neither built nor can they be: web/ is missing")

    def _build(self, bundle: ModuleType, web: Path, may_fail: bool) -> None:
        """Build; a developer's own installation is useful without the studio's pages, a package isn't."""
        try:
            bundle.build(web)
        except bundle.BundleError as error:
            if not may_fail:
                raise
            self.app.display_warning(f"{error}")
