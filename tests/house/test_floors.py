"""Relationships and foreign keys point down the floors too: names in strings, which the import rules cannot see."""

import tomllib
from collections.abc import Iterable

import pytest
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, mapped_column, relationship

from tests.house.sources import ROOT
from webapp.extensions import Base


def floors() -> dict[str, int]:
    """Package → how high it stands, as pyproject.toml says it for the imports."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "floors")
    return {
        name.strip(" ()"): height for height, layer in enumerate(reversed(layers)) for name in str(layer).split("|")
    }


def upward(mappers: Iterable[Mapper[DeclarativeBase]], heights: dict[str, int]) -> list[str]:
    """Relationships and foreign keys that lead to a higher floor."""
    by_table = {mapper.local_table: mapper for mapper in mappers}
    found = []
    for mapper in by_table.values():
        own = heights[_package(mapper)]
        found += [str(each) for each in mapper.relationships if heights[_package(each.mapper)] > own]
        for key in mapper.local_table.foreign_keys:
            if heights[_package(by_table[key.column.table])] > own:
                found.append(f"{mapper.class_.__name__}.{key.parent.name}")
    return found


def _package(mapper: Mapper[DeclarativeBase]) -> str:
    return str(mapper.class_.__module__).split(".")[1]


@pytest.fixture
def planted() -> type[DeclarativeBase]:
    class Root(DeclarativeBase):
        pass

    class Low(Root):
        __module__ = "webapp.people.models"
        __tablename__ = "low"
        id: Mapped[int] = mapped_column(primary_key=True)
        highs: Mapped[list["High"]] = relationship()

    class High(Root):
        __module__ = "webapp.schools.models"
        __tablename__ = "high"
        id: Mapped[int] = mapped_column(primary_key=True)
        low_id: Mapped[int] = mapped_column(ForeignKey("low.id"))

    return Root


def test_a_relationship_that_points_up_is_found(planted: type[DeclarativeBase]) -> None:
    assert upward(planted.registry.mappers, {"people": 0, "schools": 1}) == ["Low.highs"]


def test_a_key_that_points_up_is_found(planted: type[DeclarativeBase]) -> None:
    assert upward(planted.registry.mappers, {"people": 1, "schools": 0}) == ["High.low_id"]


def test_relationships_and_keys_point_down() -> None:
    assert upward(Base.registry.mappers, floors()) == []
