"""Many rows in one statement, handed over as columns: a row costs no object, no compiling and no round trip."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import repeat
from typing import Any, Final, cast

from sqlalchemy import Connection, Dialect, LargeBinary, String, Table
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from webapp.extensions import Base, Id

Column = Sequence[Any] | str | int | None
"""What stands in each row, in their order; or once, where it is the same in all."""


def insert(
    session: Session, model: type[Base], columns: Mapping[str, Column], count: int, *, but_in: type[Base] | None = None
) -> bool:
    """Inserts so many rows; none, and says so, when the table of `but_in` has an id of them.

    Values are as they lie in the table: instants in seconds, ids as text of 36 characters.

    Raises:
        IntegrityError: a row breaks a rule of the table, or is there already.
    """
    table = cast(Table, model.__table__)
    other = None if but_in is None else cast(Table, but_in.__table__).name
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        rows = {name: _for_sqlite(table.c[name].type, column, count) for name, column in columns.items()}
        if other is not None and _any_held(connection, other, tuple(rows["id"])):
            return False
        connection.exec_driver_sql(_values(table, tuple(columns)), list(zip(*rows.values(), strict=True)))
        return True
    lists = tuple(name for name, column in columns.items() if not _is_one(column))
    said = {name: _for_postgresql(table.c[name].type, column) for name, column in columns.items()}
    statement = _unnested(table, tuple(columns), lists, other, connection.dialect)
    return connection.exec_driver_sql(statement, said).rowcount == count


def _any_held(connection: Connection, table: str, ids: tuple[Any, ...]) -> bool:
    marks = ", ".join("?" * len(ids))
    asked = f"SELECT EXISTS (SELECT 1 FROM {table} WHERE id IN ({marks}))"
    return bool(connection.exec_driver_sql(asked, ids).scalar_one())


def _is_one(column: Column) -> bool:
    return column is None or isinstance(column, str | int)


@cache
def _values(table: Table, names: tuple[str, ...]) -> str:
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


@cache
def _unnested(table: Table, names: tuple[str, ...], lists: tuple[str, ...], other: str | None, dialect: Dialect) -> str:
    kinds = {name: table.c[name].type.compile(dialect) for name in names}
    arrays = ", ".join(f"%({name})s::{kinds[name]}[]" for name in lists)
    chosen = ", ".join(f"row.{name}" if name in lists else f"%({name})s::{kinds[name]}" for name in names)
    free = f" WHERE NOT EXISTS (SELECT FROM {other} WHERE id = ANY (%(id)s::{kinds['id']}[]))" if other else ""
    return (
        f"INSERT INTO {table.name} ({', '.join(names)})"
        f" SELECT {chosen} FROM unnest({arrays}) AS row ({', '.join(lists)}){free}"
    )


def _for_sqlite(kind: TypeEngine[Any], column: Any, count: int) -> Iterable[Any]:
    values = (column,) if _is_one(column) else column
    if isinstance(kind, Id):
        values = _in_bytes(values)
    return repeat(values[0], count) if _is_one(column) else values


def _in_bytes(ids: Iterable[str | None]) -> list[bytes | None]:
    return [None if id_ is None else bytes.fromhex(id_.replace("-", "")) for id_ in ids]


def _for_postgresql(kind: TypeEngine[Any], column: Any) -> Column:
    if _is_one(column):
        return cast(Column, column)
    return _array(column, next((how for of, how in WRITTEN.items() if isinstance(kind, of)), str))


def _array(values: Iterable[Any], written: Callable[[Any], str]) -> str:
    """As PostgreSQL writes an array: one text, for which the driver asks nothing of each value."""
    return "{" + ",".join(["NULL" if value is None else written(value) for value in values]) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _hexadecimal(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


WRITTEN: Final[dict[type[TypeEngine[Any]], Callable[[Any], str]]] = {String: _quoted, LargeBinary: _hexadecimal}
