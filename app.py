"""The Chalice app: every route and every function of Herald, one line each. No logic lives here."""

from chalice.app import Chalice

from chalicelib.api import (
    admin_audit,
    admin_notifications,
    admin_providers,
    admin_recipients,
    admin_send,
    admin_service_accounts,
    admin_tenants,
    health,
    services_notifications,
    services_recipients,
    users_inbox,
    users_inbox_many,
)
from chalicelib.api.preflight import answer_preflights
from chalicelib.auth import authorizer

app = Chalice(app_name="herald", configure_logs=False)
# All answers are text; API Gateway compresses them (minimum_compression_size in .chalice/config.json).
app.api.binary_types = []

app.register_blueprint(authorizer.blueprint)
app.register_blueprint(health.routes)
app.register_blueprint(services_notifications.routes)
app.register_blueprint(services_recipients.routes)
app.register_blueprint(users_inbox.routes)
app.register_blueprint(users_inbox_many.routes)
app.register_blueprint(admin_send.routes)
app.register_blueprint(admin_notifications.routes)
app.register_blueprint(admin_tenants.routes)
app.register_blueprint(admin_service_accounts.routes)
app.register_blueprint(admin_recipients.routes)
app.register_blueprint(admin_providers.routes)
app.register_blueprint(admin_audit.routes)

answer_preflights(app)
