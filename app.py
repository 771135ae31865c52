"""The one entry point: Chalice finds every route, worker and scenario function from here."""

from chalice import Chalice

from chalicelib import web
from chalicelib.contract.registry import ScenarioRegistry
from chalicelib.workers.registration import register_scenarios, register_workers

app = Chalice(app_name="yijianshi", configure_logs=False)

web.register(app)
register_workers(app, globals())
register_scenarios(app, ScenarioRegistry(), globals())
