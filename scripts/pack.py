"""Packs templates, static files and migrations into a wheel; an editable install finds them in the checkout."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKED = {"templates": "webapp/_templates", "static/dist": "webapp/_static", "migrations": "webapp/_migrations"}


class Pack(BuildHookInterface[Any]):
    """Adds what stands outside the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"].update(PACKED)
