"""Read gateway.yaml: fill in the environment and secret files, check every key, and name all faults in one go."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.config import Config, UpstreamSettings
from gateway.images import Operation

DriverSettings: TypeAlias = Mapping[str, type[UpstreamSettings]]
"""Driver name -> the keys that it takes."""

DEFAULT_UPSTREAMS = {"local": {"driver": "local"}}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


class ConfigError(Exception):
    """Faults of the configuration, each naming its key; none shows a value that might be a secret."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Source(NamedTuple):
    """A file that a configuration was read from, as it was then."""

    key: str
    """The key that names it, such as `auth.tokens[0].token_file`; empty for gateway.yaml itself."""
    path: Path
    status: os.stat_result


class Loaded(NamedTuple):
    config: Config
    sources: tuple[Source, ...]


def load(path: Path | None, drivers: DriverSettings, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration in `path`; without one, defaults that need no key and no service.

    Raises:
        ConfigError: with one sentence for every fault.
    """
    return load_with_sources(path, drivers, environ).config


def load_with_sources(path: Path | None, drivers: DriverSettings, environ: Mapping[str, str] = os.environ) -> Loaded:
    """The configuration in `path` and every file that was read for it; raises like `load`."""
    reading = _Reading(environ)
    if path is None:
        return Loaded(_parse({}, drivers, reading), ())
    try:
        text = reading.file("", path)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError([f"the file cannot be read: {reason}"]) from error
    config = _parse(_read_yaml(text), drivers, reading)
    return Loaded(config, tuple(reading.sources))


def parse(document: object, drivers: DriverSettings, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration in an already read document; raises like `load`."""
    return _parse(document, drivers, _Reading(environ))


def _parse(document: object, drivers: DriverSettings, reading: _Reading) -> Config:
    if document is None:
        document = {}
    if not isinstance(document, dict):
        raise ConfigError(["the file must be a mapping of sections such as server: and models:"])
    filled = reading.fill(document, "")
    if not isinstance(filled, dict):
        raise ConfigError(["the file must be a mapping of sections such as server: and models:"])
    faults = reading.faults
    upstreams = _upstreams(filled.pop("upstreams", None) or DEFAULT_UPSTREAMS, drivers, faults)
    # A placeholder keeps the other sections' faults in the same report when an upstream is at fault.
    stand_in = upstreams or {"local": UpstreamSettings(driver="local")}
    try:
        config = Config.model_validate({**filled, "upstreams": stand_in})
    except ValidationError as error:
        faults += [_fault(Config, "", found) for found in error.errors(include_input=False, include_url=False)]
        raise ConfigError(faults) from None
    if not faults:
        faults += _contradictions(config)
    if faults:
        raise ConfigError(faults)
    return config


class _Loader(yaml.SafeLoader):
    """PyYAML lets the last of two equal keys win in silence; a configuration should not."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen and key.tag != "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(None, None, f"the key {name} stands twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)


def _read_yaml(text: str) -> object:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ConfigError([f"{where}{error.problem or 'not YAML'}"]) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(["not YAML"]) from error


@dataclass
class _Reading:
    """Resolves `${NAME}` and `*_file` in the parsed tree, where nothing can break out of its key."""

    environ: Mapping[str, str]
    faults: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)

    def file(self, key: str, path: Path) -> str:
        """The text of `path`. Raises OSError or UnicodeDecodeError."""
        with path.open(encoding="utf-8") as file:
            # Before the first byte is read: who watches the file then sees every later change of it.
            self.sources.append(Source(key, path, os.fstat(file.fileno())))
            return file.read()

    def fill(self, value: object, at: str) -> object:
        match value:
            case str():
                return self._text(value, at)
            case list():
                return [self.fill(item, f"{at}[{index}]") for index, item in enumerate(value)]
            case dict():
                return dict(self._items(value, at))
            case _:
                return value

    def _items(self, mapping: dict[object, object], at: str) -> Iterator[tuple[str, object]]:
        for name, item in mapping.items():
            here = f"{at}.{name}" if at else str(name)
            filled = self.fill(item, here)
            secret = str(name).removesuffix("_file")
            if secret == str(name):
                yield str(name), filled
            elif secret in mapping:
                self.faults.append(f"{here}: give {secret} or {name}, not both")
            else:
                yield secret, self._secret(filled, here)

    def _text(self, text: str, at: str) -> str:
        def value(match: re.Match[str]) -> str:
            found = self.environ.get(match[1]) or match[2]
            if found is None:
                self.faults.append(f"{at}: the environment variable {match[1]} is not set or empty")
                return "unset"
            return found

        return _VARIABLE.sub(value, text)

    def _secret(self, path: object, at: str) -> str:
        try:
            secret = self.file(at, Path(str(path))).strip()
        except (OSError, UnicodeDecodeError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            self.faults.append(f"{at}: {path} cannot be read: {reason}")
            return "unread"
        if not secret:
            self.faults.append(f"{at}: {path} is empty")
        return secret


def _upstreams(section: object, drivers: DriverSettings, faults: list[str]) -> dict[str, UpstreamSettings]:
    if not isinstance(section, dict):
        faults.append("upstreams: a mapping of names to backends, such as local: {driver: local}")
        return {}
    found: dict[str, UpstreamSettings] = {}
    for name, keys in section.items():
        at = f"upstreams.{name}"
        driver = keys.get("driver") if isinstance(keys, dict) else None
        settings = drivers.get(str(driver))
        if settings is None:
            faults.append(f"{at}.driver: one of {', '.join(sorted(drivers))}")
            continue
        try:
            found[str(name)] = settings.model_validate(keys)
        except ValidationError as error:
            faults += [_fault(settings, at, item) for item in error.errors(include_input=False, include_url=False)]
    return found


def _fault(model: type[BaseModel], at: str, error: ErrorDetails) -> str:
    where = _key(at, error["loc"])
    match error["type"]:
        case "extra_forbidden":
            known = _known_keys(model, error["loc"])
            close = difflib.get_close_matches(str(error["loc"][-1]), known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"known here: {', '.join(known)}"
            return f"{where}: unknown key; {hint}"
        case "missing":
            return f"{where}: is required"
        case "value_error":
            return f"{where}: {error['ctx']['error']}"
        case _:
            message = error["msg"]
            return f"{where}: {message[0].lower()}{message[1:]}"


def _key(at: str, loc: tuple[int | str, ...]) -> str:
    for part in loc:
        at = f"{at}[{part}]" if isinstance(part, int) else f"{at}.{part}" if at else str(part)
    return at or "the file"


def _known_keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    for part in loc[:-1]:
        inner = _section_at(model, part)
        if inner is not None:
            model = inner
    return sorted(model.model_fields)


def _section_at(model: type[BaseModel], part: int | str) -> type[BaseModel] | None:
    field = model.model_fields.get(str(part))
    return _first_section(field.annotation) if field else None


def _first_section(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_first_section(argument) for argument in get_args(annotation))
    return next((section for section in inner if section is not None), None)


def _contradictions(config: Config) -> list[str]:
    """What is right key by key and wrong together."""
    return [
        *_port_faults(config),
        *_name_faults(config),
        *_model_faults(config),
        *_default_faults(config),
        *_token_faults(config),
        *_signing_faults(config),
        *_store_faults(config),
    ]


def _port_faults(config: Config) -> Iterator[str]:
    if config.metrics.port is not None and config.metrics.port == config.server.port:
        yield f"metrics.port: {config.metrics.port} is server.port too; choose another, or leave it out"
    if {"drain_delay", "drain_timeout"} <= config.server.model_fields_set:
        delay, whole = config.server.drain_delay, config.server.drain_timeout
        if delay > whole:
            yield f"server.drain_delay: {delay:g} is longer than server.drain_timeout, {whole:g}, of which it is a part"


def _name_faults(config: Config) -> Iterator[str]:
    for section, names in (("models", config.models), ("upstreams", config.upstreams)):
        for name in names:
            if not _NAME.fullmatch(name):
                yield f"{section}.{name[:64]}: a name is letters, digits and . _ : / - and begins with no sign"


def _model_faults(config: Config) -> Iterator[str]:
    taken: dict[str, str] = dict.fromkeys(config.models, "a model")
    for id_, model in config.models.items():
        for rank, entries in enumerate(model.upstreams):
            for entry in entries:
                if entry.name not in config.upstreams:
                    known = ", ".join(config.upstreams)
                    yield f"models.{id_}.upstreams[{rank}]: no upstream is called {entry.name}; there are {known}"
        for alias in model.aliases:
            if alias in taken:
                yield f"models.{id_}.aliases: {alias} is already the name of {taken[alias]}"
            taken[alias] = f"an alias of {id_}"


def _default_faults(config: Config) -> Iterator[str]:
    offered = {operation for model in config.models.values() for operation in model.operations}
    for operation in Operation:
        name = config.defaults.model_for(operation)
        model = config.models.get(name)
        if operation not in offered and f"{operation}" not in config.defaults.model_fields_set:
            continue  # nobody does it, and nobody said so: requests get a clear 400
        if model is None:
            yield f"defaults.{operation}: no model is called {name}; there are {', '.join(config.models)}"
        elif operation not in model.operations:
            yield f"defaults.{operation}: the model {name} is not configured to {operation}"


def _token_faults(config: Config) -> Iterator[str]:
    known = {*config.models, *(alias for model in config.models.values() for alias in model.aliases)}
    for index, token in enumerate(config.auth.tokens):
        for name in token.models or ():
            if name not in known:
                at = f"auth.tokens[{index}].models"
                yield f"{at}: no model is called {name}; there are {', '.join(sorted(known))}"


def _signing_faults(config: Config) -> Iterator[str]:
    if config.images.signed and not config.images.signing_secrets:
        yield "images.signing_secrets: is required where images.signed is true"


def _store_faults(config: Config) -> Iterator[str]:
    scheme, keys = config.images.scheme, config.images.object_store
    if scheme == "file":
        if config.images.delivery == "redirect":
            yield "images.delivery: redirect needs an object store in images.store, s3://, gs:// or az://"
        return
    if keys.credentials == "explicit":
        # Without any, the client would ask the cloud's metadata address, which answers whoever asks.
        for name in ("secret_key",) if scheme == "gs" else ("access_key", "secret_key"):
            if getattr(keys, name) is None:
                yield (
                    f"images.object_store.{name}: is required for {scheme}://; or set"
                    " images.object_store.credentials: ambient to use those of this machine"
                )
    if keys.endpoint is not None and keys.endpoint.startswith("http:") and not keys.allow_http:
        yield "images.object_store.endpoint: is not https; set images.object_store.allow_http: true if that is meant"
