"""The one entry point: Chalice finds every route, worker and scenario function from here."""

from chalicelib import web
from chalicelib.contract.registry import ScenarioRegistry
from chalicelib.web.paths import PathApp
from chalicelib.workers.registration import register_scenarios, register_workers

app = PathApp(app_name="yijianshi", configure_logs=False)

web.register(app)
register_workers(app, globals())
register_scenarios(app, ScenarioRegistry(), globals())
