"""A Kafka with an authoriser, users (SCRAM, PLAIN) and TLS, and what tests need to speak to it."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterable
from pathlib import Path

import trustme
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Int8, Int16, Int32, Schema, String
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from streams.access import Access
from streams.embedded import EmbeddedKafka
from streams.embedded.configuration import HOST, LOG4J_FILE
from streams.embedded.java import JavaProcess
from streams.embedded.ports import choose_port
from streams.settings import Settings

PASSWORD = "correct-horse-7"
JAAS = "org.apache.kafka.common.security"
RESOURCES = {"topic": 2, "group": 3, "cluster": 4, "transactional-id": 5}
OPERATIONS = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10}
LITERAL, PREFIXED, ALLOW = 3, 4, 3
AUTHORISER_LOG = "\nlogger.a.name=kafka.authorizer.logger\nlogger.a.level=debug\n"
JUDGED = re.compile(
    r"Principal = User:(\S+) is (Allowed|Denied) operation = (\w+) from host = \S+ on resource = "
    r"(\w+):LITERAL:(\S+) for request"
)


class SecureKafka(EmbeddedKafka):
    """A Kafka whose `users` have the password PASSWORD and may do what they are allowed.

    Its plain listener, `bootstrap`, is for its superuser; `scram`, `plain` and `mutual` are for users, the latter by a
    client's certificate, whose common name is the user's.
    """

    def __init__(self, directory: Path, users: Iterable[str]) -> None:
        port, controller, *ports = _ports(5)
        self.scram, self.plain, self.mutual = (f"{HOST}:{number}" for number in ports)
        self.authority = trustme.CA()
        directory.mkdir(parents=True, exist_ok=True)
        self.ca = directory / "ca.pem"
        self.authority.cert_pem.write_to_path(self.ca)
        identity = _identity(directory / "kafka.pem", self.authority.issue_cert(HOST))
        listeners = {"INTERNAL": port, "CONTROLLER": controller} | dict(
            zip(("SCRAM", "PLAIN", "MUTUAL"), ports, strict=True)
        )
        plain_users = " ".join(f'user_{name}="{PASSWORD}"' for name in users)
        self._users = tuple(users)
        super().__init__(
            directory,
            port=port,
            cache=Settings.from_environment(os.environ).cache,
            properties={
                "listeners": ",".join(f"{name}://{HOST}:{number}" for name, number in listeners.items()),
                "listener.security.protocol.map": "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,SCRAM:SASL_SSL,"
                "PLAIN:SASL_SSL,MUTUAL:SSL",
                "controller.quorum.voters": f"1@{HOST}:{controller}",
                "inter.broker.listener.name": "INTERNAL",
                "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users": "User:ANONYMOUS",
                "sasl.enabled.mechanisms": "",
                "listener.name.scram.sasl.enabled.mechanisms": "SCRAM-SHA-256,SCRAM-SHA-512",
                "listener.name.scram.scram-sha-256.sasl.jaas.config": f"{JAAS}.scram.ScramLoginModule required;",
                "listener.name.scram.scram-sha-512.sasl.jaas.config": f"{JAAS}.scram.ScramLoginModule required;",
                "listener.name.plain.sasl.enabled.mechanisms": "PLAIN",
                "listener.name.plain.plain.sasl.jaas.config": f"{JAAS}.plain.PlainLoginModule required {plain_users};",
                "listener.name.mutual.ssl.client.auth": "required",
                "ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/$1/",
                "ssl.keystore.type": "PEM",
                "ssl.keystore.location": os.fspath(identity),
                "ssl.truststore.type": "PEM",
                "ssl.truststore.location": os.fspath(self.ca),
            },
        )

    def certificate(self, path: Path, user: str, authority: trustme.CA | None = None) -> Path:
        """A PEM file with a client's certificate, and its key."""
        return _identity(path, (authority or self.authority).issue_cert(HOST, common_name=user))

    def allow(self, user: str, accesses: Iterable[Access]) -> None:
        """Let a user do something more."""
        asyncio.run(_allow(self.bootstrap, user, list(accesses)))

    def judged(self) -> set[tuple[str, bool, Access]]:
        """What the authoriser was asked so far: the user, whether it was allowed, and what it was."""
        found = set()
        for log in self._directory.glob("kafka.log*"):
            for user, verdict, operation, resource, name in JUDGED.findall(log.read_text()):
                access = Access(_camel(operation), _camel_resource(resource), name)
                found.add((user, verdict == "Allowed", access))
        return found

    def _run(self, arguments: list[str]) -> JavaProcess:
        log4j = self._directory / LOG4J_FILE
        log4j.write_text(log4j.read_text() + AUTHORISER_LOG)
        if "kafka.tools.StorageTool" in arguments:
            for user in self._users:
                for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
                    arguments = [*arguments, "--add-scram", f"{mechanism}=[name={user},password={PASSWORD}]"]
        return super()._run(arguments)


class _CreateAclsResponse(Response):
    API_KEY = 30
    API_VERSION = 1
    SCHEMA = Schema(
        ("throttle_time_ms", Int32), ("results", Array(("error_code", Int16), ("error_message", String("utf-8"))))
    )


class _CreateAclsStruct(RequestStruct):
    API_KEY = 30
    API_VERSION = 1
    RESPONSE_TYPE = _CreateAclsResponse
    SCHEMA = Schema(
        (
            "creations",
            Array(
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
                ("resource_pattern_type", Int8),
                ("principal", String("utf-8")),
                ("host", String("utf-8")),
                ("operation", Int8),
                ("permission_type", Int8),
            ),
        )
    )


class _CreateAcls(Request[_CreateAclsStruct]):
    API_KEY = 30

    def __init__(self, creations: list[tuple[int, str, int, str, str, int, int]]) -> None:
        self._creations = creations

    def build(self, request_struct_class: type[_CreateAclsStruct]) -> _CreateAclsStruct:
        return request_struct_class(self._creations)


async def _allow(bootstrap: str, user: str, accesses: list[Access]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        answer = await admin._send_to_controller(
            _CreateAcls(
                [
                    (
                        RESOURCES[one.resource],
                        one.name,
                        PREFIXED if one.prefixed else LITERAL,
                        f"User:{user}",
                        "*",
                        OPERATIONS[one.operation],
                        ALLOW,
                    )
                    for one in accesses
                ]
            )
        )
        assert all(code == 0 for code, _ in answer.results), answer
    finally:
        await admin.close()


def _identity(path: Path, certificate: trustme.LeafCert) -> Path:
    """A PEM file of a certificate and its key, in the form that Java reads."""
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    return path


def _camel(operation: str) -> str:
    return "".join(word.capitalize() for word in operation.split("_"))


def _camel_resource(resource: str) -> str:
    return {"TransactionalId": "transactional-id"}.get(resource, resource.lower())


def _ports(count: int) -> list[int]:
    ports: set[int] = set()
    while len(ports) < count:
        ports.add(choose_port(HOST))
    return list(ports)
