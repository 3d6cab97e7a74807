"""Many rows in one statement, handed over as columns: a row costs no object, no compiling and no round trip."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from types import MappingProxyType
from typing import Any, Final, cast

from sqlalchemy import Connection, Dialect, LargeBinary, Select, String, Table
from sqlalchemy.engine import Compiled
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import TypeEngine

from webapp.extensions import Base, Id

Column = Sequence[Any] | str | int | None
"""What stands in each row, in their order; or once, where it is the same in all."""


@dataclass(frozen=True, slots=True, eq=False)
class Provided:
    """What has to hold for rows to be written, asked in the same statement where the database can.

    None of the rows' values of a column named in `nowhere` stands in the column there; `rows` has some row.
    """

    nowhere: Mapping[str, InstrumentedAttribute[Any]]
    rows: Select[Any]


def insert(session: Session, model: type[Base], columns: Mapping[str, Column], count: int) -> None:
    """Inserts so many rows.

    Values are as they lie in the table: instants in seconds, ids as text of 36 characters.

    Raises:
        IntegrityError: a row breaks a rule of the table, or is there already.
    """
    insert_if(session, model, columns, count)


def insert_if(
    session: Session,
    model: type[Base],
    columns: Mapping[str, Column],
    count: int,
    *,
    provided: Provided | None = None,
    facts: Mapping[str, Any] = MappingProxyType({}),
) -> bool:
    """Inserts so many rows, or none, and says so, where not all is as `provided`; `facts` are what its rows ask for.

    Raises:
        IntegrityError: as of `insert`.
    """
    table = cast(Table, model.__table__)
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        rows = {name: _for_sqlite(table.c[name].type, column, count) for name, column in columns.items()}
        if provided is not None and not _holds(connection, provided, rows, facts):
            return False
        connection.exec_driver_sql(_values(table, tuple(columns)), list(zip(*rows.values(), strict=True)))
        return True
    lists = tuple(name for name, column in columns.items() if not _is_one(column))
    said: dict[str, Any] = {name: _for_postgresql(table.c[name].type, column) for name, column in columns.items()}
    statement, asked = _unnested(table, tuple(columns), lists, provided, connection.dialect)
    if asked is not None:
        said |= asked.construct_params(dict(facts)) or {}
    return connection.exec_driver_sql(statement, said).rowcount == count


def _holds(
    connection: Connection, provided: Provided, rows: Mapping[str, Iterable[Any]], facts: Mapping[str, Any]
) -> bool:
    for name, column in provided.nowhere.items():
        values = tuple(set(rows[name]))
        asked = f"SELECT 1 FROM {column.class_.__tablename__} WHERE {column.name} IN ({', '.join('?' * len(values))})"
        if connection.exec_driver_sql(asked, values).first():
            return False
    return connection.execute(provided.rows, dict(facts)).first() is not None


def _is_one(column: Column) -> bool:
    return column is None or isinstance(column, str | int)


@cache
def _values(table: Table, names: tuple[str, ...]) -> str:
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


@cache
def _unnested(
    table: Table, names: tuple[str, ...], lists: tuple[str, ...], provided: Provided | None, dialect: Dialect
) -> tuple[str, Compiled | None]:
    kinds = {name: table.c[name].type.compile(dialect) for name in names}
    arrays = ", ".join(f"%({name})s::{kinds[name]}[]" for name in lists)
    chosen = ", ".join(f"row.{name}" if name in lists else f"%({name})s::{kinds[name]}" for name in names)
    statement = (
        f"INSERT INTO {table.name} ({', '.join(names)})"
        f" SELECT {chosen} FROM unnest({arrays}) AS row ({', '.join(lists)})"
    )
    if provided is None:
        return statement, None
    asked = provided.rows.compile(dialect=dialect)
    free = [
        f"NOT EXISTS (SELECT FROM {column.class_.__tablename__}"
        f" WHERE {column.name} = ANY (%({name})s::{kinds[name]}[]))"
        for name, column in provided.nowhere.items()
    ]
    return f"{statement} WHERE {' AND '.join(free)} AND EXISTS ({asked})", asked


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
