"""What Azure encrypts, and for whom: protected settings for a tenant's certificate, the tenant's key for the agent."""

import base64
import subprocess
import tempfile
from pathlib import Path


def openssl(*arguments, stdin=None, cwd=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=stdin, cwd=cwd, check=True, capture_output=True).stdout


def encrypted(content, certificate, cipher):
    """DER CMS EnvelopedData, RSA PKCS#1 v1.5, for that certificate (PEM)."""
    with tempfile.NamedTemporaryFile(suffix=".pem") as recipient:
        recipient.write(certificate)
        recipient.flush()
        return openssl("cms", "-encrypt", "-binary", "-outform", "DER", f"-{cipher}", recipient.name, stdin=content)


class Tenant:
    """A certificate of the deployment with its key; `thumbprint` names it."""

    def __init__(self, name="Windows Azure CRP Certificate Generator"):
        with tempfile.TemporaryDirectory() as folder:
            openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", f"/CN={name}", "-keyout", "key.pem",
                    "-out", "certificate.pem", cwd=folder)
            self.certificate = (Path(folder) / "certificate.pem").read_bytes()
            self.pfx = openssl("pkcs12", "-export", "-passout", "pass:", "-inkey", "key.pem", "-in", "certificate.pem", cwd=folder)
            fingerprint = openssl("x509", "-in", "certificate.pem", "-noout", "-fingerprint", "-sha1", cwd=folder).decode()
        self.thumbprint = fingerprint.strip().split("=")[1].replace(":", "")

    def encrypt(self, text, cipher):
        """The value of `protectedSettings`."""
        return base64.b64encode(encrypted(text.encode(), self.certificate, cipher)).decode()

    def certificates_for(self, transport):
        """The body of the certificates document, for the agent with this transport certificate (base64 of DER)."""
        pem = f"-----BEGIN CERTIFICATE-----\n{transport}\n-----END CERTIFICATE-----\n"
        wrapped = openssl("x509", "-outform", "PEM", stdin=_folded(pem))
        return base64.encodebytes(encrypted(self.pfx, wrapped, "des3")).decode()


def _folded(pem):
    """Folds the body, which the header carries as one line."""
    begin, body, end = pem.strip().split("\n")
    return "\n".join([begin, *(body[at:at + 64] for at in range(0, len(body), 64)), end, ""]).encode()
