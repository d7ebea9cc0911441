"""The function app: what wakes it up, and nothing else. Importing it reads no environment."""

from __future__ import annotations

import azure.functions as func

from functions import events, queues, timers
from functions.http.app import create_asgi_app

app = func.AsgiFunctionApp(app=create_asgi_app(), function_name="http_api", http_auth_level=func.AuthLevel.ANONYMOUS)
app.register_functions(queues.blueprint)
app.register_functions(timers.blueprint)
app.register_functions(events.blueprint)
