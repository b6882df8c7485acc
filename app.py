"""The Chalice app: every route and every function of Herald. No logic lives here.

In Lambda this module is the API and nothing else; whoever packages or tests Herald sees all of it.
"""

import os

from chalice.app import Chalice

from chalicelib.api.resources import AT_START, FILES, Resources
from chalicelib.auth import authorizer

app = Chalice(app_name="herald", configure_logs=False)
# All answers are text; API Gateway compresses them (minimum_compression_size in .chalice/config.json).
app.api.binary_types = []
app.routes = routes = Resources(app)

app.register_blueprint(authorizer.blueprint)
routes.load(AT_START)

if "AWS_LAMBDA_FUNCTION_NAME" not in os.environ:
    from chalicelib.workers import deliver, dispatch, drain, outbox, project, redrive, sweep

    routes.load(*FILES)
    app.register_blueprint(outbox.workers)
    app.register_blueprint(dispatch.workers)
    app.register_blueprint(deliver.workers)
    app.register_blueprint(drain.workers)
    app.register_blueprint(project.workers)
    app.register_blueprint(redrive.workers)
    app.register_blueprint(sweep.workers)
