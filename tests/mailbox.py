"""A real SMTP server for tests, and the codes in the messages that arrive."""

import re
import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from time import monotonic, sleep

from aiosmtpd.controller import Controller


class Mailbox:
    """Messages by recipient, newest last."""

    def __init__(self):
        self.messages: list[EmailMessage] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (the name aiosmtpd calls)
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def __enter__(self) -> "Mailbox":
        self._controller.start()
        return self

    def __exit__(self, *error) -> None:
        self._controller.stop()

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address.lower() in message["To"].lower()]

    def code_for(self, address: str, count: int = 1) -> str:
        """The code in the `count`th message to this address; waits up to a minute for it."""
        end = monotonic() + 60
        while len(self.to(address)) < count:
            assert monotonic() < end, f"no message to {address} arrived"
            sleep(0.05)
        text = self.to(address)[count - 1].get_body(("plain",)).get_content().replace("\r", "")
        return re.search(r"^([A-Z0-9]{4}-?[A-Z0-9]{2,4})$", text, re.MULTILINE)[1]
