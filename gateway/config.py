"""gateway.yaml as frozen types, section by section. `gateway.config_file` reads them from a file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    SerializeAsAny,
    model_validator,
)

from gateway.images import Fit, Operation, ResponseFormat

MAX_PORT = 65535
SHORTEST_SIGNING_SECRET = 32
"""Characters: fewer than 128 bits could be found by trying, from one link and at leisure."""
_SIZE_UNITS = {
    "": 1,
    "B": 1,
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
    "TIB": 2**40,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)")


def _size(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = _SIZE.fullmatch(value.strip())
    unit = _SIZE_UNITS.get(match[2].upper()) if match else None
    if match is None or unit is None:
        raise ValueError("a size is a number of bytes or a text such as 32MiB")
    return int(float(match[1]) * unit)


def _origin(value: str) -> str:
    if not re.fullmatch(r"https?://[^/?#\s@]+(/[^?#\s]*)?", value):
        raise ValueError("an http or https address such as https://images.example.com")
    return value.rstrip("/")


def _moment(value: object) -> object:
    """YAML reads some dates itself and leaves others as texts; a number would be guessed at, so none is taken."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        read = None
    if isinstance(read, date) and not isinstance(read, datetime):
        read = datetime.combine(read, time())
    if not isinstance(read, datetime):
        raise ValueError("a date or a time in UTC such as 2030-12-31 or 2030-12-31T18:00:00Z")  # noqa: TRY004 - pydantic reports ValueError
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _lines(value: object) -> object:
    """A secret file holds one on each line."""
    return value.split() if isinstance(value, str) else value


def _signing_secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_SIGNING_SECRET:
        raise ValueError(f"a signing secret has at least {SHORTEST_SIGNING_SECRET} characters")
    return value


Bytes = Annotated[int, BeforeValidator(_size), Field(ge=0)]
Seconds = Annotated[float, Field(gt=0)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Limit = Annotated[int, Field(ge=1)]
Port = Annotated[int, Field(ge=0, le=MAX_PORT)]
Address = Annotated[str, AfterValidator(_origin)]
AllowedHost = Annotated[str, Field(pattern=r"^(\*\.)?[A-Za-z0-9._-]+$|^[0-9A-Fa-f:.]+$")]
"""Without a port."""


class Section(BaseModel):
    # Inputs stay out of messages: a mis-shaped key would otherwise print the secret beside it.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)


class TlsConfig(Section):
    certificate: Path
    """A PEM file with the certificate, followed by those between it and the authority."""
    key: Path
    """A PEM file with its private key, without a passphrase."""


class ServerConfig(Section):
    host: str = "127.0.0.1"
    """Where it listens; 0.0.0.0 to be reached from elsewhere."""
    port: Port = 8080
    """0 takes a free one, which is told at start."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """Processes that answer at this address; one of them uses one processor, and a little more for pictures."""
    public_url: Address | None = None
    """Address under which clients reach this gateway; by default that of each request."""
    allowed_hosts: Annotated[tuple[AllowedHost, ...], Field(min_length=1)] | None = None
    """Hosts that clients may name, `*.example.com` for any below. By default any; only those of this machine and of
    `public_url` where `host` is a loopback address.
    """
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Addresses or networks whose `Forwarded` and `X-Forwarded-For`, `-Proto` and `-Host` are believed."""
    tls: TlsConfig | None = None
    """By default plain HTTP."""
    max_body: Annotated[Bytes, Field(gt=0)] = 32 * 2**20
    """Of one request, unpacked where it is compressed; and as much again of pictures that it names by URL."""
    body_memory: Annotated[Bytes, Field(gt=0)] = 96 * 2**20
    """Of large bodies that are in memory at a time; the others wait on disk."""
    decode_memory: Annotated[Bytes, Field(gt=0)] = 256 * 2**20
    """Of pictures that are converted, fitted, scaled or drawn at a time. One alone may take three times as
    much; what needs more is refused.
    """
    head_timeout: Seconds = 20
    """For the request line and the headers."""
    body_timeout: Seconds = 60
    """For a whole body, from its first byte that is waited for."""
    write_timeout: Seconds = 30
    """Without the client taking any of an answer."""
    idle_timeout: Seconds = 75
    """Between two requests of one connection."""
    max_connections: Limit = 4096
    """More are told that it is busy, and closed."""
    request_timeout: Seconds = 300
    """The one deadline of an image request, over all attempts."""
    drain_timeout: Seconds = 25
    """From SIGTERM to the end: what still runs then is answered 503."""
    drain_delay: Annotated[float, Field(ge=0)] = 5
    """Seconds of these in which new requests are still accepted: balancers take their time to look away."""
    max_in_flight: Limit = 512
    """Image requests under way at a time, be they worked on (256) or waiting (256); more get a 503 unread."""


class TokenConfig(Section):
    """One bearer token, given in exactly one of three ways."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    """Stands in the log, and in what is counted and cached for this token."""
    token: SecretStr | None = None
    """The token itself."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")] | None = None
    """Its SHA-256, so that the file holds nothing worth stealing."""
    models: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Ids or aliases of the models that it may use; by default all."""
    expires: Moment | None = None
    """The first moment at which it is refused; a date means its beginning, in UTC."""
    requests_per_minute: Limit | None = None
    """Of every kind; a whole minute's worth may come at once."""
    images_per_day: Limit | None = None
    """Made within any 24 hours."""
    max_in_flight: Limit | None = None
    """Requests under way at a time."""

    @model_validator(mode="after")
    def _exactly_one(self) -> TokenConfig:
        if (self.token is None) == (self.sha256 is None):
            raise ValueError("give exactly one of token, token_file and sha256")
        if self.token is not None and not re.fullmatch(r"[\x21-\x7e]+", self.token.get_secret_value()):
            raise ValueError("a token is printable ASCII without blanks and not empty")
        return self

    @property
    def digest(self) -> bytes:
        """SHA-256 of the token."""
        if self.token is not None:
            return hashlib.sha256(self.token.get_secret_value().encode()).digest()
        return bytes.fromhex(self.sha256 or "")


class AuthConfig(Section):
    tokens: tuple[TokenConfig, ...] = ()
    """None configured: open to all."""

    @model_validator(mode="after")
    def _usable(self) -> AuthConfig:
        names = [token.name for token in self.tokens]
        if len(set(names)) != len(names):
            raise ValueError("every token needs a name of its own")
        if len({token.digest for token in self.tokens}) != len(names):
            raise ValueError("the same token stands under two names")
        return self


class CorsConfig(Section):
    origins: Annotated[tuple[str, ...], Field(min_length=1)] = ("*",)
    """Browser origins that may call, such as https://app.example.com; any for `*`."""

    @model_validator(mode="after")
    def _plain(self) -> CorsConfig:
        if "*" in self.origins and len(self.origins) > 1:
            raise ValueError('"*" stands alone: it allows every origin')
        for origin in self.origins:
            if origin != "*" and not re.fullmatch(r"https?://[^/?#\s@]+", origin):
                raise ValueError('an origin is "*" or scheme and host, such as https://app.example.com')
        return self


class WeightedUpstream(Section):
    name: str
    weight: Annotated[float, Field(gt=0)] = 1


def _ranks(value: object) -> object:
    """`[a, {name: b, weight: 2}, [c, d]]` as a list of ranks, each a list of mappings."""
    if not isinstance(value, list):
        return value
    return [
        [{"name": entry} if isinstance(entry, str) else entry for entry in (rank if isinstance(rank, list) else [rank])]
        for rank in value
    ]


Rank: TypeAlias = Annotated[tuple[WeightedUpstream, ...], Field(min_length=1)]


class ModelConfig(Section):
    operations: Annotated[frozenset[Operation], Field(min_length=1)]
    """What it is offered for; some upstream must be able to do each."""
    upstreams: Annotated[tuple[Rank, ...], BeforeValidator(_ranks), Field(min_length=1)]
    """Ranks: the first that can do what is asked does it, the next are its fallbacks."""
    owned_by: str = "organization-owner"
    """Told by /v1/models."""
    aliases: tuple[str, ...] = ()
    """Other names for it, such as gpt-image-1."""
    response_format: Mapping[Operation, ResponseFormat] = Field(default_factory=dict)
    """What is answered by default, for single operations; `url` otherwise."""


class DefaultsConfig(Section):
    generate: str = "nano-banana"
    """The model that is meant when a generation names none."""
    edit: str = "nano-banana"
    """The same for edits."""
    upscale: str = "imagen-4.0-upscale-preview"
    """The same for upscaling."""

    def model_for(self, operation: Operation) -> str:
        return {
            Operation.GENERATE: self.generate,
            Operation.EDIT: self.edit,
            Operation.UPSCALE: self.upscale,
        }[operation]


class UpstreamSettings(Section):
    """The keys that every upstream takes; each driver adds its own."""

    driver: str
    timeout: Seconds = 300
    """Seconds for one call, from connecting to the last byte."""
    concurrency: Annotated[int, Field(ge=1)] = 16
    """Calls at a time; more of them wait."""
    queue: Annotated[int, Field(ge=0)] = 256
    """Calls that may wait; more are turned away."""
    on_disconnect: Literal["finish", "cancel"] = "finish"
    """What becomes of paid work when the client goes away: it is finished and kept, or cancelled at the backend."""
    retry_ambiguous: bool = False
    """Whether a call that may have been done, and billed, is made again."""


class CacheConfig(Section):
    ttl: Annotated[float, Field(ge=0)] = 3600
    """Seconds that an answer is kept; 0 turns the cache off."""
    max_size: Bytes = 64 * 2**20
    """Of memory, for answers that hold base64 or the names of pictures."""
    methods: frozenset[Literal["GET", "POST"]] = frozenset({"GET"})
    """Whose equal requests are answered from the cache."""
    shared: bool = False
    """Whether callers with different tokens share answers."""
    redis_url: SecretStr | None = None
    """Redis or Valkey, for replicas that share answers, limits and work; it may hold a password."""


class ObjectStoreConfig(Section):
    """How `s3://`, `gs://` and `az://` are reached. Nothing is looked up in the environment unless it is said so."""

    endpoint: Address | None = None
    """Of what is not the vendor's own service, such as MinIO, Ceph, R2 or Azurite."""
    region: Annotated[str, Field(min_length=1)] = "us-east-1"
    """S3 alone asks for it."""
    access_key: SecretStr | None = None
    """S3: the key's id. Azure: the name of the storage account."""
    secret_key: SecretStr | None = None
    """S3: the secret that belongs to `access_key`. Azure: the account's key. Google: a service account's JSON."""
    credentials: Literal["explicit", "ambient"] = "explicit"
    """`ambient`: those of the machine, which asks a metadata address for them."""
    allow_http: bool = False
    """Whether `endpoint` may be reached without TLS."""
    timeout: Seconds = 10
    """Seconds for one operation, its retries included."""
    retries: Annotated[int, Field(ge=0, le=10)] = 2
    """Of one operation that the store has failed."""


class ImagesConfig(Section):
    store: Annotated[str, Field(pattern=r"^(file:.+|(s3|gs|az)://[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9._/-]*)?)$")] = (
        "file:./images"
    )
    """Where hosted pictures are kept: `file:` and a folder, or `s3://`, `gs://`, `az://` and a bucket."""
    object_store: ObjectStoreConfig = ObjectStoreConfig()
    """How a bucket is reached."""
    delivery: Literal["proxy", "redirect"] = "proxy"
    """`redirect`: an object store gives out the pictures itself, each to who was sent there by this gateway."""
    ttl: Seconds = 86400
    """Seconds that a picture is hosted."""
    max_size: Annotated[Bytes, Field(gt=0)] = 10 * 2**30
    """Of all pictures; the oldest go first."""
    fit: Fit = Fit.CROP
    """What is done with a picture that has not the asked ratio: cut, framed, or left as it is."""
    memory: Bytes = 64 * 2**20
    """Of pictures that are asked for often, kept in memory in front of the store; 0 for none."""
    signed: bool = False
    """Whether a picture is given out only to those whose link this gateway has signed."""
    signing_secrets: Annotated[
        tuple[Annotated[SecretStr, AfterValidator(_signing_secret)], ...], BeforeValidator(_lines)
    ] = ()
    """The first signs, all verify, so that one can follow the other."""
    link_ttl: Seconds | None = None
    """Seconds that a link works; by default as long as its picture lives, and never longer."""

    @property
    def scheme(self) -> str:
        return self.store.partition(":")[0]

    @property
    def folder(self) -> Path:
        """Of a store that is one."""
        return Path(self.store.removeprefix("file://").removeprefix("file:"))


class InputsConfig(Section):
    max_size: Annotated[Bytes, Field(gt=0)] = 20 * 2**20
    """Of one picture."""
    max_pixels: Annotated[int, Field(gt=0)] = 40_000_000
    """Of one picture, told by its header before anything decodes it."""
    timeout: Seconds = 20
    """For fetching one from a URL."""
    ports: frozenset[Annotated[int, Field(ge=1, le=MAX_PORT)]] = frozenset({80, 443})
    """That such a URL may name."""
    allow_private_networks: bool = False
    """Lets clients make this gateway fetch from your own network, at any port."""


class UpscaleConfig(Section):
    max_output_pixels: Annotated[int, Field(gt=0)] = 64_000_000
    """Of an enlarged picture; what would be larger is refused before any work."""


class MetricsConfig(Section):
    enabled: bool = True
    """Whether there is a /metrics at all."""
    token: SecretStr | None = None
    """A bearer token that /metrics asks for."""
    port: Annotated[int, Field(ge=1, le=MAX_PORT)] | None = None
    """A port of its own; /metrics leaves the main one then."""


class TracingConfig(Section):
    """OpenTelemetry spans of what happens to a request. Without an `endpoint` none are recorded."""

    endpoint: Address | None = None
    """Of a collector that speaks OTLP over HTTP, such as http://otel-collector:4318; /v1/traces is added."""
    headers: Mapping[str, SecretStr] = Field(default_factory=dict)
    """Sent with every export, such as the key that a vendor's collector wants."""
    sample: Annotated[float, Field(ge=0, le=1)] = 1
    """Share of the traces that begin here which are recorded; those of clients are recorded where the client does."""


class LogConfig(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    """Events below it are not written."""
    format: Literal["text", "json"] = "text"
    """`json` writes one object a line."""


def _default_models() -> dict[str, ModelConfig]:
    local = ((WeightedUpstream(name="local"),),)
    return {
        "nano-banana": ModelConfig(
            operations=frozenset({Operation.GENERATE, Operation.EDIT}), upstreams=local, owned_by="google"
        ),
        "imagen-4.0-upscale-preview": ModelConfig(
            operations=frozenset({Operation.UPSCALE}), upstreams=local, owned_by="google"
        ),
    }


class Config(Section):
    server: ServerConfig = ServerConfig()
    auth: AuthConfig = AuthConfig()
    cors: CorsConfig = CorsConfig()
    models: Annotated[dict[str, ModelConfig], Field(min_length=1)] = Field(default_factory=_default_models)
    defaults: DefaultsConfig = DefaultsConfig()
    upstreams: Annotated[dict[str, SerializeAsAny[UpstreamSettings]], Field(min_length=1)]
    cache: CacheConfig = CacheConfig()
    images: ImagesConfig = ImagesConfig()
    inputs: InputsConfig = InputsConfig()
    upscale: UpscaleConfig = UpscaleConfig()
    metrics: MetricsConfig = MetricsConfig()
    tracing: TracingConfig = TracingConfig()
    log: LogConfig = LogConfig()
