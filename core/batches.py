"""Many rows in one statement: arrays as parameters, unfolded by the server (`FROM unnest(...)`).

One statement with arrays costs a fraction of one statement per row, for the driver and for the server.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Subquery, bindparam, column, func, select
from sqlalchemy.types import TypeEngine


def rows(name: str, /, **columns: TypeEngine[Any]) -> Subquery:
    """A table of the parameters: `rows("call", id=Uuid(), state=Text())`; `given` fills it."""
    arrays = [bindparam(f"{name}_{key}", type_=ARRAY(kind)) for key, kind in columns.items()]
    unfolded = func.unnest(*arrays).table_valued(*(column(key, kind) for key, kind in columns.items()))
    return select(unfolded.render_derived(name=f"{name}_rows")).subquery(name)


def given(name: str, /, **columns: Sequence[Any]) -> dict[str, Sequence[Any]]:
    """The parameters of `rows` of that name: a list per column, all of one length."""
    return {f"{name}_{key}": values for key, values in columns.items()}
