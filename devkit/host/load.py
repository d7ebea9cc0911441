"""From ``function_app.py`` to the functions it declares, checked as the Functions worker checks them."""

from __future__ import annotations

import importlib.util
import inspect
import json
import sys
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import azure.functions as func

from devkit.host.app_settings import is_disabled, resolve_settings
from devkit.host.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import ModuleType

    from starlette.types import ASGIApp

QUEUE_TRIGGER = "queueTrigger"
TIMER_TRIGGER = "timerTrigger"
EVENT_GRID_TRIGGER = "eventGridTrigger"
HTTP_TRIGGER = "httpTrigger"
RETURN = "$return"

_SUPPORTED_TRIGGERS = (QUEUE_TRIGGER, TIMER_TRIGGER, EVENT_GRID_TRIGGER)
_SUPPORTED_OUTPUTS = {"queue": "queueName", "blob": "path"}
# Settings may be named, as %NAME%, in these members of a binding.
_RESOLVED = ("queueName", "path", "schedule")


@dataclass(frozen=True, slots=True)
class Output:
    """An output binding: ``target`` is a queue's name, or a blob's path that starts with its container."""

    parameter: str
    kind: str
    target: str
    connection: str


@dataclass(frozen=True, slots=True)
class LoadedFunction:
    """A function of the app, its trigger and its outputs; ``bindings`` is what function.json would hold."""

    name: str
    call: Callable[..., Any]
    trigger: Mapping[str, Any]
    outputs: tuple[Output, ...]
    bindings: tuple[Mapping[str, Any], ...]
    directory: str
    wants_context: bool
    disabled: bool

    @property
    def kind(self) -> str:
        """The trigger's type, as function.json names it."""
        return str(self.trigger["type"])

    @property
    def is_async(self) -> bool:
        """Whether it runs in the event loop rather than in a thread."""
        return inspect.iscoroutinefunction(self.call)


@dataclass(frozen=True, slots=True)
class LoadedApp:
    """All functions, and the ASGI app behind the HTTP function if there is one."""

    functions: tuple[LoadedFunction, ...]
    asgi: ASGIApp | None

    def of_kind(self, kind: str) -> list[LoadedFunction]:
        """Return the functions that one type of trigger starts and that no setting disables."""
        return [function for function in self.functions if function.kind == kind and not function.disabled]


def load_app(directory: Path, environ: Mapping[str, str]) -> LoadedApp:
    """Import ``function_app.py`` of a directory and read its functions.

    Raises :class:`HostError` for what the Functions worker would refuse and for what this host does not
    support; an exception of the app's own import is passed on.
    """
    module = _import(directory)
    app = _find_app(module)
    functions = tuple(_read(function, directory, environ) for function in app.get_functions())
    # AsgiFunctionApp keeps the ASGI app only inside its middleware, which would buffer every body.
    asgi = app.middleware._app if isinstance(app, func.AsgiFunctionApp) else None
    return LoadedApp(functions, asgi)


def converter_of(kind: str) -> Any:
    """Return what turns the payload of a type of trigger into a function's argument, as in the worker."""
    return func.get_binding_registry().get(kind)  # type: ignore[no-untyped-call]


def _import(directory: Path) -> ModuleType:
    path = directory / "function_app.py"
    if not path.is_file():
        raise HostError(f"There is no function_app.py in {directory}.")
    if str(directory) not in sys.path:
        sys.path.insert(0, str(directory))
    spec = importlib.util.spec_from_file_location("function_app", path)
    if spec is None or spec.loader is None:
        raise HostError(f"{path} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules["function_app"] = module
    spec.loader.exec_module(module)
    return module


def _find_app(module: ModuleType) -> func.FunctionRegister:
    apps = [value for value in vars(module).values() if isinstance(value, func.FunctionRegister)]
    if len(apps) != 1:
        raise HostError(f"function_app.py must have one function app at its top level; it has {len(apps)}.")
    return apps[0]


def _read(function: func.Function, directory: Path, environ: Mapping[str, str]) -> LoadedFunction:
    name, call = str(function.get_function_name()), function.get_user_function()
    bindings = [_resolved(binding, environ) for binding in json.loads(function.get_function_json())["bindings"]]
    trigger = next(binding for binding in bindings if binding["type"].endswith("Trigger"))
    outputs: tuple[Output, ...] = ()
    if trigger["type"] == HTTP_TRIGGER:
        if function.http_type != "asgi":
            raise HostError(f"Function {name}: HTTP is served by the app of AsgiFunctionApp; make it a route there.")
    else:
        _refuse_unsupported(name, function, trigger)
        outputs = tuple(_output(name, binding) for binding in bindings if binding is not trigger)
        _check_signature(name, call, trigger, outputs)
    return LoadedFunction(
        name=name,
        call=call,
        trigger=trigger,
        outputs=outputs,
        bindings=tuple(bindings),
        directory=str(directory),
        wants_context="context" in inspect.signature(call).parameters,
        disabled=is_disabled(name, environ),
    )


def _resolved(binding: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    return {key: resolve_settings(value, environ) if key in _RESOLVED else value for key, value in binding.items()}


def _refuse_unsupported(name: str, function: func.Function, trigger: Mapping[str, Any]) -> None:
    if trigger["type"] not in _SUPPORTED_TRIGGERS:
        raise HostError(
            f"Function {name}: this host has no {trigger['type']}; it has {', '.join(_SUPPORTED_TRIGGERS)}."
        )
    if function.get_setting("retry_policy") is not None:
        raise HostError(f"Function {name}: this host has no retry policies; a queue retries by itself.")


def _output(name: str, binding: Mapping[str, Any]) -> Output:
    kind = binding["type"]
    if binding["direction"] != "OUT" or kind not in _SUPPORTED_OUTPUTS:
        direction = "output" if binding["direction"] == "OUT" else "input"
        raise HostError(f"Function {name}: this host has no {direction} binding {kind}; it has queue and blob outputs.")
    return Output(binding["name"], kind, binding[_SUPPORTED_OUTPUTS[kind]], binding["connection"])


def _check_signature(
    name: str, call: Callable[..., Any], trigger: Mapping[str, Any], outputs: tuple[Output, ...]
) -> None:
    parameters = set(inspect.signature(call).parameters) - {"context"}
    bound = {trigger["name"], *(output.parameter for output in outputs)} - {RETURN}
    if parameters != bound:
        raise HostError(f"Function {name}: its parameters are {sorted(parameters)}, its bindings {sorted(bound)}.")
    try:
        annotations = typing.get_type_hints(call)
    except NameError as error:
        raise HostError(
            f"Function {name}: {error}; the worker resolves annotations, so import them at run time."
        ) from None
    _check_annotation(name, annotations, trigger["name"], converter_of(trigger["type"]).check_input_type_annotation)
    _check_annotation(name, annotations, "context", lambda annotation: issubclass(annotation, func.Context))
    for output in outputs:
        accepts = converter_of(output.kind).check_output_type_annotation
        if output.parameter == RETURN:
            _check_annotation(name, annotations, "return", accepts)
        else:
            _check_annotation(name, annotations, output.parameter, _inside_out(accepts))


def _check_annotation(
    name: str, annotations: Mapping[str, Any], parameter: str, accepts: Callable[[Any], bool]
) -> None:
    if parameter not in annotations:
        return
    annotation = annotations[parameter]
    try:
        accepted = accepts(annotation)
    except TypeError:
        accepted = False  # It asked for a subclass, and the annotation is no class.
    if not accepted:
        raise HostError(f"Function {name}: {parameter} cannot be annotated as {annotation} under the worker.")


def _inside_out(accepts: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def accepts_out(annotation: Any) -> bool:
        return typing.get_origin(annotation) is func.Out and all(map(accepts, typing.get_args(annotation)))

    return accepts_out
