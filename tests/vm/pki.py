"""Certificates as people make them, with openssl."""

import subprocess


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def authority(folder, name):
    """NAME-ca.pem and its key."""
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={name}",
            "-keyout", f"{name}-ca.key", "-out", f"{name}-ca.pem", "-addext", "basicConstraints=critical,CA:true",
            "-addext", "keyUsage=critical,keyCertSign")


def signed(folder, ca, name, usage, *dates):
    """NAME.pem and NAME.key, signed by that authority; dates in the form of `openssl ca`."""
    (folder / f"{name}.ext").write_text(f"[ext]\nextendedKeyUsage={usage}\nsubjectAltName=IP:127.0.0.1,DNS:localhost\n")
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    (folder / f"{name}.index").write_text("")
    (folder / f"{name}.cnf").write_text(
        f"[ca]\ndefault_ca=ours\n[ours]\ndatabase={folder}/{name}.index\nnew_certs_dir={folder}\nrand_serial=yes\n"
        "default_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n")
    openssl(folder, "ca", "-batch", "-notext", "-config", f"{name}.cnf", "-cert", f"{ca}-ca.pem", "-keyfile", f"{ca}-ca.key",
            "-in", f"{name}.csr", "-out", f"{name}.pem", "-extfile", f"{name}.ext", "-extensions", "ext",
            *(dates or ("-days", "20")))
