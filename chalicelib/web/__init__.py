"""The faces of the product over HTTP. `register(app)` is all that `app.py` needs to know."""

from chalice import Chalice


def register(app: Chalice) -> None:
    """Put the middleware and every blueprint on the app.

    Answers are bytes of any type: `*/*` is what API Gateway asks for when browsers, whose Accept begins with
    text/html, are to get files unharmed; uploads in any encoding come through the same door.
    """
    from chalicelib.web.blueprints import BLUEPRINTS
    from chalicelib.web.middleware import around

    app.api.binary_types = ["*/*"]
    app.register_middleware(around, "http")
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
