"""An authority and certificates, made by openssl."""

import subprocess


class Authority:
    """An authority in a folder, and what it has signed."""

    def __init__(self, folder, name="Test CA"):
        self.folder = folder
        self.path = folder / "ca.pem"
        self._key = folder / "ca.key"
        self._openssl(
            "req", "-x509", *self._new_key(self._key), "-out", self.path, "-subj", f"/CN={name}",
            "-days", 30)

    def sign(self, name, subject=None, days=30, names="DNS:localhost,IP:127.0.0.1"):
        """A certificate for `subject` on hosts of those names; the paths of certificate and key."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        request = self.folder / f"{name}.csr"
        extensions = self.folder / "extensions"
        extensions.write_text(f"subjectAltName={names}\n", encoding="utf-8")
        self._openssl(
            "req", *self._new_key(key), "-out", request, "-subj", subject or f"/CN={name}")
        self._openssl(
            "x509", "-req", "-in", request, "-CA", self.path, "-CAkey", self._key,
            "-CAcreateserial", "-days", days, "-extfile", extensions, "-out", certificate)
        return certificate, key

    def revoke(self, certificate):
        """A list that takes `certificate` back; its path."""
        (self.folder / "index.txt").write_text("", encoding="utf-8")
        (self.folder / "crlnumber").write_text("01\n", encoding="utf-8")
        settings = self.folder / "ca.conf"
        settings.write_text(
            f"[ca]\ndefault_ca=c\n[c]\ndatabase={self.folder}/index.txt\n"
            f"crlnumber={self.folder}/crlnumber\ndefault_md=sha256\ndefault_crl_days=30\n",
            encoding="utf-8")
        signer = ["-config", settings, "-cert", self.path, "-keyfile", self._key]
        self._openssl("ca", *signer, "-revoke", certificate)
        path = self.folder / "revoked.pem"
        self._openssl("ca", *signer, "-gencrl", "-out", path)
        return path

    @staticmethod
    def _new_key(path):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path]

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
