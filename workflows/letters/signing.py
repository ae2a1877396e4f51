"""The installation's signature under its papers: PAdES (ETSI EN 319 142-1), with a key that never stands in the database."""

import io
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pyhanko.keys import load_certs_from_pemder, load_private_key_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

KEY_BITS = 3072  # NIST SP 800-57: good beyond 2030.
DEMONSTRATION_YEARS = timedelta(days=10 * 365)


@dataclass(frozen=True)
class Seal:
    """The signer with its certificate; ``name`` and ``fingerprint`` (SHA-256, hexadecimal) are how papers name the certificate."""

    signer: SimpleSigner
    name: str
    fingerprint: str

    def sign(self, pdf: bytes) -> bytes:
        """Return the PDF with a signature over all of it, added behind what was there."""
        meta = PdfSignatureMetadata(field_name="Signature", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
        signed = io.BytesIO()
        sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, self.signer, output=signed)
        return signed.getvalue()


def order_seal() -> Seal | None:
    """Return what signs papers, ``None`` where no key is set; raise ``ImproperlyConfigured`` for a key that cannot be used."""
    if not settings.ORDER_KEY_FILE:
        return None
    key_file, certificate_file = Path(settings.ORDER_KEY_FILE), Path(settings.ORDER_CERTIFICATE_FILE or "")
    for path in (key_file, certificate_file):
        if not path.is_file():
            raise ImproperlyConfigured(
                f"There is no file {path} to sign orders with; give it, or for a demonstration run: manage.py make_keys"
            )
    if key_file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ImproperlyConfigured(f"Others may read the key of the orders {key_file}; run: chmod 600 {key_file}")
    certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    if key.public_key() != certificate.public_key():
        raise ImproperlyConfigured(f"The certificate {certificate_file} does not belong to the key {key_file}.")
    own, *chain = load_certs_from_pemder([str(certificate_file)])
    signer = SimpleSigner(
        signing_cert=own,
        signing_key=load_private_key_from_pemder(str(key_file), passphrase=None),
        cert_registry=SimpleCertificateStore.from_certs(chain),
    )
    return Seal(signer, _common_name(certificate), certificate.fingerprint(hashes.SHA256()).hex())


def make_order_key() -> bool:
    """Make a key and a certificate that vouches for itself, for a demonstration; say whether they were made now."""
    key_file, certificate_file = Path(settings.ORDER_KEY_FILE), Path(settings.ORDER_CERTIFICATE_FILE)
    if key_file.exists():
        return False
    key_file.parent.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    certificate_file.write_bytes(_own_certificate(key).public_bytes(serialization.Encoding.PEM))
    handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        )
    return True


def _own_certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{settings.RECORD_ORIGIN} (demonstration)"[:64])])
    now = datetime.now(UTC)
    # Without "content commitment" (non-repudiation) a reader does not take the signature for one.
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + DEMONSTRATION_YEARS)
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256())


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
