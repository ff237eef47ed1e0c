"""How Kafka is connected to: where it is, TLS, and the login."""

from __future__ import annotations

import contextlib
import ssl
from typing import Any

from aiokafka.conn import create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from schemas.errors import SettingsError
from streams.settings import Settings

CONNECT_TIMEOUT_MS = 5_000
"""What a broker has to answer in that is asked what is wrong."""


def connection(settings: Settings) -> dict[str, Any]:
    """The arguments of aiokafka's clients that say where Kafka is, and who we are.

    Raises:
        SettingsError: a certificate cannot be read.
    """
    context = _tls(settings)
    arguments: dict[str, Any] = {"bootstrap_servers": settings.bootstrap}
    if settings.kafka_user is not None:
        return arguments | {
            "security_protocol": "SASL_SSL" if context else "SASL_PLAINTEXT",
            "ssl_context": context,
            "sasl_mechanism": settings.kafka_mechanism,
            "sasl_plain_username": settings.kafka_user,
            "sasl_plain_password": settings.kafka_password or "",
        }
    return arguments | ({"security_protocol": "SSL", "ssl_context": context} if context else {})


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """What is needed to speak TLS, if it is to be spoken; the broker's name is checked, too."""
    if settings.kafka_ca is None:
        return None
    try:
        context = ssl.create_default_context(cafile=None if settings.kafka_ca == "system" else settings.kafka_ca)
    except OSError as error:  # an SSLError is one
        raise SettingsError(
            f"NEWSDIFF_KAFKA_CA={settings.kafka_ca}: {error.strerror or error}: name a PEM file of certificates, or "
            "write system"
        ) from None
    if settings.kafka_certificate is not None:
        try:
            context.load_cert_chain(settings.kafka_certificate, password=_no_password)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise SettingsError(
                f"NEWSDIFF_KAFKA_CERTIFICATE={settings.kafka_certificate}: {reason}: name a PEM file with a "
                "certificate and its key, without a password"
            ) from None
    return context


def _no_password() -> str:
    """Refuse a key with a password, for which OpenSSL would ask on the terminal."""
    raise ValueError("the key has a password")


async def why_refused(settings: Settings) -> str | None:
    """Why a broker that can be reached does not let us in, in a sentence; None: that is not what is wrong."""
    arguments = connection(settings)
    for server in arguments.pop("bootstrap_servers").split(","):
        host, _, port = server.rpartition(":")
        try:
            broker = await create_conn(host, int(port), request_timeout_ms=CONNECT_TIMEOUT_MS, **arguments)
            with contextlib.closing(broker):
                await broker.send(MetadataRequest([]))  # without a login one may come in and ask nothing
                return None
        except (KafkaError, OSError) as error:
            if reason := _reason(error, settings):
                return f"{server} {reason}"
    return None


def _reason(error: KafkaError | OSError, settings: Settings) -> str | None:
    match error:
        case ssl.SSLCertVerificationError():
            return f"has a certificate that is not believed ({error.verify_message}): see NEWSDIFF_KAFKA_CA"
        case ssl.SSLError():
            return f"breaks TLS off ({error.reason}): see NEWSDIFF_KAFKA_CA and NEWSDIFF_KAFKA_CERTIFICATE"
        case SaslAuthenticationFailed():
            return f"does not let {settings.kafka_user} in: see NEWSDIFF_KAFKA_USER and NEWSDIFF_KAFKA_PASSWORD"
        case UnsupportedSaslMechanismError() | IllegalSaslStateError():
            return f"has no login by {settings.kafka_mechanism}: see NEWSDIFF_KAFKA_MECHANISM"
        case KafkaError() | ConnectionResetError():
            return (
                "closes the connection: see whether it wants TLS (NEWSDIFF_KAFKA_CA), a login (NEWSDIFF_KAFKA_USER) or "
                "a certificate that it believes (NEWSDIFF_KAFKA_CERTIFICATE)"
            )
    return None
