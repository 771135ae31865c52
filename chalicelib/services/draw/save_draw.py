"""Writing a draw: the record, what waits on it and, once its pool is frozen, what everybody may see of it."""

from chalicelib.domain.draw_todo import draw_todos
from chalicelib.domain.public_draw import public_draw_of
from chalicelib.domain.random_draw import RandomDraw
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store


def put_draw(store: Store, change: Change, draw: RandomDraw) -> None:
    """Put all of it into a change."""
    change.save(draw)
    store.todos.replace(change, draw.ref, draw_todos(draw, change.act.at))
    if draw.commitment is not None:
        public = store.public_draws.find(change.tenant, draw.id)
        change.save(public_draw_of(draw, public.version if public else 0))
