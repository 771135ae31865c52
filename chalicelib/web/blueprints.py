"""Every blueprint of the product. A module that makes one and is not listed here fails a test."""

from chalice import Blueprint

from chalicelib.web import not_found, static_files
from chalicelib.web.api import bases as api_bases
from chalicelib.web.api import binding_codes as api_binding_codes
from chalicelib.web.api import bindings as api_bindings
from chalicelib.web.api import calendars as api_calendars
from chalicelib.web.api import clients as api_clients
from chalicelib.web.api import conclusions as api_conclusions
from chalicelib.web.api import description as api_description
from chalicelib.web.api import disposals as api_disposals
from chalicelib.web.api import draws as api_draws
from chalicelib.web.api import evaluations as api_evaluations
from chalicelib.web.api import exports as api_exports
from chalicelib.web.api import figures as api_figures
from chalicelib.web.api import files as api_files
from chalicelib.web.api import findings as api_findings
from chalicelib.web.api import hand_overs as api_hand_overs
from chalicelib.web.api import handbook_pushes as api_handbook_pushes
from chalicelib.web.api import imports as api_imports
from chalicelib.web.api import jobs as api_jobs
from chalicelib.web.api import limit_conflicts as api_limit_conflicts
from chalicelib.web.api import logins as api_logins
from chalicelib.web.api import me
from chalicelib.web.api import notifications as api_notifications
from chalicelib.web.api import onboarding as api_onboarding
from chalicelib.web.api import orders as api_orders
from chalicelib.web.api import organisation as api_organisation
from chalicelib.web.api import overlays as api_overlays
from chalicelib.web.api import own_binding_requests as api_own_binding_requests
from chalicelib.web.api import patrols as api_patrols
from chalicelib.web.api import people as api_people
from chalicelib.web.api import people_matters as api_people_matters
from chalicelib.web.api import plans as api_plans
from chalicelib.web.api import public as api_public
from chalicelib.web.api import receipts as api_receipts
from chalicelib.web.api import report_sheets as api_report_sheets
from chalicelib.web.api import reports as api_reports
from chalicelib.web.api import results as api_results
from chalicelib.web.api import scenarios as api_scenarios
from chalicelib.web.api import search as api_search
from chalicelib.web.api import self_checks as api_self_checks
from chalicelib.web.api import shared_self_checks as api_shared_self_checks
from chalicelib.web.api import subject_acts as api_subject_acts
from chalicelib.web.api import subject_details as api_subject_details
from chalicelib.web.api import subject_filters as api_subject_filters
from chalicelib.web.api import subject_memberships as api_subject_memberships
from chalicelib.web.api import subject_relations as api_subject_relations
from chalicelib.web.api import subjects as api_subjects
from chalicelib.web.api import tenant_jobs as api_tenant_jobs
from chalicelib.web.api import tenants as api_tenants
from chalicelib.web.api import todos as api_todos
from chalicelib.web.api import visit_answers as api_visit_answers
from chalicelib.web.api import visits as api_visits
from chalicelib.web.api import webhooks as api_webhooks
from chalicelib.web.auth import join as auth_join
from chalicelib.web.auth import routes as auth
from chalicelib.web.console import acting_bodies as console_acting_bodies
from chalicelib.web.console import archives as console_archives
from chalicelib.web.console import bases as console_bases
from chalicelib.web.console import basis_changes as console_basis_changes
from chalicelib.web.console import bindings as console_bindings
from chalicelib.web.console import calendars as console_calendars
from chalicelib.web.console import certificates as console_certificates
from chalicelib.web.console import clients as console_clients
from chalicelib.web.console import closing as console_closing
from chalicelib.web.console import departures as console_departures
from chalicelib.web.console import deputies as console_deputies
from chalicelib.web.console import disposal_opening as console_disposal_opening
from chalicelib.web.console import disposal_orders as console_disposal_orders
from chalicelib.web.console import disposals as console_disposals
from chalicelib.web.console import divisions as console_divisions
from chalicelib.web.console import draws as console_draws
from chalicelib.web.console import evaluations as console_evaluations
from chalicelib.web.console import evidence as console_evidence
from chalicelib.web.console import exports as console_exports
from chalicelib.web.console import figures as console_figures
from chalicelib.web.console import findings as console_findings
from chalicelib.web.console import hand_overs as console_hand_overs
from chalicelib.web.console import handbook_pushes as console_handbook_pushes
from chalicelib.web.console import help as console_help
from chalicelib.web.console import home as console_home
from chalicelib.web.console import imports as console_imports
from chalicelib.web.console import jobs as console_jobs
from chalicelib.web.console import limit_conflicts as console_limit_conflicts
from chalicelib.web.console import logins as console_logins
from chalicelib.web.console import messages as console_messages
from chalicelib.web.console import notifications as console_notifications
from chalicelib.web.console import onboarding as console_onboarding
from chalicelib.web.console import organisation as console_organisation
from chalicelib.web.console import overlay_moves as console_overlay_moves
from chalicelib.web.console import overlays as console_overlays
from chalicelib.web.console import packages as console_packages
from chalicelib.web.console import patrol_rounds as console_patrol_rounds
from chalicelib.web.console import patrols as console_patrols
from chalicelib.web.console import people as console_people
from chalicelib.web.console import people_changes as console_people_changes
from chalicelib.web.console import people_detail as console_people_detail
from chalicelib.web.console import people_edit as console_people_edit
from chalicelib.web.console import plan_actions as console_plan_actions
from chalicelib.web.console import plan_draw as console_plan_draw
from chalicelib.web.console import plans as console_plans
from chalicelib.web.console import receipt_key as console_receipt_key
from chalicelib.web.console import report_entry as console_report_entry
from chalicelib.web.console import report_sheets as console_report_sheets
from chalicelib.web.console import reports as console_reports
from chalicelib.web.console import reset as console_reset
from chalicelib.web.console import results as console_results
from chalicelib.web.console import scenario_files as console_scenario_files
from chalicelib.web.console import scenarios as console_scenarios
from chalicelib.web.console import schedule as console_schedule
from chalicelib.web.console import search as console_search
from chalicelib.web.console import security_events as console_security_events
from chalicelib.web.console import self_checks as console_self_checks
from chalicelib.web.console import setup as console_setup
from chalicelib.web.console import subject_agents as console_subject_agents
from chalicelib.web.console import subject_detail as console_subject_detail
from chalicelib.web.console import subject_edit as console_subject_edit
from chalicelib.web.console import subject_filters as console_subject_filters
from chalicelib.web.console import subject_handbook as console_subject_handbook
from chalicelib.web.console import subject_memberships as console_subject_memberships
from chalicelib.web.console import subject_merge as console_subject_merge
from chalicelib.web.console import subject_relations as console_subject_relations
from chalicelib.web.console import subjects as console_subjects
from chalicelib.web.console import tenants as console_tenants
from chalicelib.web.console import visits as console_visits
from chalicelib.web.console import webhooks as console_webhooks
from chalicelib.web.field import conclusions as field_conclusions
from chalicelib.web.field import day as field_day
from chalicelib.web.field import findings as field_findings
from chalicelib.web.field import items as field_items
from chalicelib.web.field import visits as field_visits
from chalicelib.web.public import closings as public_closings
from chalicelib.web.public import draws as public_draws
from chalicelib.web.public import handbook as public_handbook
from chalicelib.web.public import home as public_home
from chalicelib.web.public import offline as public_offline
from chalicelib.web.public import reference as public_reference
from chalicelib.web.public import subjects as public_subjects
from chalicelib.web.subject import binding_requests as subject_binding_requests
from chalicelib.web.subject import bindings as subject_bindings
from chalicelib.web.subject import evaluation as subject_evaluation
from chalicelib.web.subject import findings as subject_findings
from chalicelib.web.subject import handbook as subject_handbook
from chalicelib.web.subject import home as subject_home
from chalicelib.web.subject import orders as subject_orders
from chalicelib.web.subject import reports as subject_reports
from chalicelib.web.subject import self_check_items as subject_self_check_items
from chalicelib.web.subject import self_checks as subject_self_checks

BLUEPRINTS: tuple[Blueprint, ...] = (
    auth.blueprint,
    auth_join.blueprint,
    me.blueprint,
    console_home.blueprint,
    console_figures.blueprint,
    console_search.blueprint,
    console_help.blueprint,
    console_plans.blueprint,
    console_plan_actions.blueprint,
    console_schedule.blueprint,
    console_jobs.blueprint,
    api_plans.blueprint,
    api_jobs.blueprint,
    api_todos.blueprint,
    console_draws.blueprint,
    console_plan_draw.blueprint,
    console_evidence.blueprint,
    console_security_events.blueprint,
    api_draws.blueprint,
    public_draws.blueprint,
    public_home.blueprint,
    public_offline.blueprint,
    public_closings.blueprint,
    public_subjects.blueprint,
    public_handbook.blueprint,
    field_day.blueprint,
    field_visits.blueprint,
    field_items.blueprint,
    field_conclusions.blueprint,
    field_findings.blueprint,
    subject_home.blueprint,
    subject_findings.blueprint,
    subject_bindings.blueprint,
    subject_binding_requests.blueprint,
    console_bindings.blueprint,
    console_subject_agents.blueprint,
    api_bindings.blueprint,
    console_visits.blueprint,
    console_findings.blueprint,
    console_patrols.blueprint,
    console_disposals.blueprint,
    console_disposal_opening.blueprint,
    console_disposal_orders.blueprint,
    subject_orders.blueprint,
    console_reports.blueprint,
    console_report_sheets.blueprint,
    console_report_entry.blueprint,
    console_patrol_rounds.blueprint,
    api_visits.blueprint,
    api_visit_answers.blueprint,
    api_findings.blueprint,
    api_patrols.blueprint,
    api_disposals.blueprint,
    api_orders.blueprint,
    api_reports.blueprint,
    api_report_sheets.blueprint,
    console_subjects.blueprint,
    console_subject_filters.blueprint,
    console_exports.blueprint,
    console_subject_edit.blueprint,
    console_subject_detail.blueprint,
    console_subject_relations.blueprint,
    console_subject_memberships.blueprint,
    console_subject_merge.blueprint,
    console_hand_overs.blueprint,
    console_imports.blueprint,
    api_subjects.blueprint,
    api_subject_relations.blueprint,
    api_subject_memberships.blueprint,
    api_subject_acts.blueprint,
    api_subject_details.blueprint,
    api_hand_overs.blueprint,
    api_subject_filters.blueprint,
    api_exports.blueprint,
    api_figures.blueprint,
    api_files.blueprint,
    api_imports.blueprint,
    api_evaluations.blueprint,
    api_public.blueprint,
    api_results.blueprint,
    api_scenarios.blueprint,
    api_search.blueprint,
    api_overlays.blueprint,
    api_own_binding_requests.blueprint,
    api_bases.blueprint,
    api_binding_codes.blueprint,
    api_limit_conflicts.blueprint,
    api_handbook_pushes.blueprint,
    api_self_checks.blueprint,
    api_shared_self_checks.blueprint,
    console_evaluations.blueprint,
    console_results.blueprint,
    console_scenarios.blueprint,
    console_scenario_files.blueprint,
    console_overlays.blueprint,
    console_overlay_moves.blueprint,
    console_packages.blueprint,
    console_bases.blueprint,
    console_basis_changes.blueprint,
    console_limit_conflicts.blueprint,
    subject_evaluation.blueprint,
    subject_handbook.blueprint,
    console_handbook_pushes.blueprint,
    console_subject_handbook.blueprint,
    subject_reports.blueprint,
    subject_self_checks.blueprint,
    subject_self_check_items.blueprint,
    console_self_checks.blueprint,
    api_notifications.blueprint,
    api_receipts.blueprint,
    api_webhooks.blueprint,
    console_notifications.blueprint,
    console_messages.blueprint,
    console_receipt_key.blueprint,
    console_webhooks.blueprint,
    console_people.blueprint,
    console_people_detail.blueprint,
    console_people_edit.blueprint,
    console_people_changes.blueprint,
    console_certificates.blueprint,
    console_deputies.blueprint,
    console_departures.blueprint,
    api_people_matters.blueprint,
    console_tenants.blueprint,
    console_onboarding.blueprint,
    console_organisation.blueprint,
    console_acting_bodies.blueprint,
    console_divisions.blueprint,
    console_logins.blueprint,
    console_setup.blueprint,
    console_reset.blueprint,
    console_archives.blueprint,
    console_closing.blueprint,
    console_calendars.blueprint,
    api_people.blueprint,
    api_tenants.blueprint,
    api_tenant_jobs.blueprint,
    api_calendars.blueprint,
    api_logins.blueprint,
    api_organisation.blueprint,
    api_onboarding.blueprint,
    api_description.blueprint,
    api_clients.blueprint,
    api_conclusions.blueprint,
    console_clients.blueprint,
    public_reference.blueprint,
    static_files.blueprint,
    not_found.blueprint,
)
