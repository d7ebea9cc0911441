"""A function app whose functions write down what they see, one JSON line each."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any, List  # noqa: UP035

import azure.functions as func

STORAGE = "AzureWebJobsStorage"
_lock = threading.Lock()


def note(function: str, **seen: Any) -> None:
    line = json.dumps({"function": function, "at": time.time(), **seen})
    with _lock, open(os.environ["NOTES"], "a", encoding="utf-8") as notes:
        notes.write(line + "\n")


async def site(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        for _ in range(2):
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": f"{scope['method']} {scope['path']}".encode()})


app = func.AsgiFunctionApp(app=site, function_name="http_api", http_auth_level=func.AuthLevel.ANONYMOUS)


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-plain", connection=STORAGE)
def plain(message: func.QueueMessage) -> None:
    note("plain", body=message.get_body().decode(), id=message.id, deliveries=message.dequeue_count)


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-async", connection=STORAGE)
async def in_loop(message: func.QueueMessage, context: func.Context) -> None:
    note("in_loop", name=context.function_name, invocation=context.invocation_id)


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-failing", connection=STORAGE)
def failing(message: func.QueueMessage) -> None:
    note("failing", body=message.get_body().decode(), deliveries=message.dequeue_count)
    if message.get_body() == b"always" or message.dequeue_count == 1:
        raise ValueError("as asked")


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-buried-poison", connection=STORAGE)
def buried(message: func.QueueMessage) -> None:
    note("buried", deliveries=message.dequeue_count)
    raise ValueError("again")


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-exhausted", connection=STORAGE)
def exhausted(message: func.QueueMessage) -> None:
    note("exhausted")


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-writing", connection=STORAGE)
@app.queue_output(arg_name="$return", queue_name="%PREFIX%-plain", connection=STORAGE)
@app.queue_output(arg_name="several", queue_name="%PREFIX%-several", connection=STORAGE)
@app.blob_output(arg_name="blob", path="%PREFIX%/{name}.txt", connection=STORAGE)
def writing(
    message: func.QueueMessage,
    several: func.Out[List[str]],  # noqa: UP006 - the worker does not take list[str]
    blob: func.Out[str],
) -> str:
    asked = message.get_json()
    note("writing", name=asked["name"])
    several.set(["one", "two"] if asked["name"] == "good" else [])
    blob.set("content")
    if asked.get("fail"):
        raise ValueError("after setting its outputs")
    returned: str = asked["returns"]
    return returned


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-slow", connection=STORAGE)
def slow(message: func.QueueMessage) -> None:
    note("slow", state="starts", body=message.get_body().decode(), deliveries=message.dequeue_count)
    time.sleep(float(message.get_body()))
    note("slow", state="ends", body=message.get_body().decode())


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-crowd", connection=STORAGE)
def crowd(message: func.QueueMessage) -> None:
    note("crowd", change=1)
    time.sleep(float(message.get_body()))
    note("crowd", change=-1)


@app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *")
def yearly(timer: func.TimerRequest) -> None:
    note("yearly", past_due=timer.past_due)


@app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *", run_on_startup=True)
def at_start(timer: func.TimerRequest) -> None:
    note("at_start", past_due=timer.past_due)


@app.timer_trigger(arg_name="timer", schedule="* * * * * *")
def each_second(timer: func.TimerRequest) -> None:
    note("each_second")


@app.event_grid_trigger(arg_name="event")
def arrived(event: func.EventGridEvent) -> None:
    note("arrived", subject=event.subject)
