"""The parts of user data: what a guest of the simulator keeps of them is what cloud-init's own processor makes."""

import email
import email.mime.application
import email.mime.multipart
import email.mime.text
import gzip
import subprocess
import sys
import urllib.request

import pytest
from cloudinit import user_data
from cloudinit.helpers import Paths


def text_part(subtype, text, **headers):
    part = email.mime.text.MIMEText(text, subtype)
    for name, value in headers.items():
        part.add_header(name.replace("_", "-"), value)
    return part


def multipart(*parts):
    message = email.mime.multipart.MIMEMultipart()
    for part in parts:
        message.attach(part)
    return message


def packed(text):
    return email.mime.application.MIMEApplication(gzip.compress(text.encode(), mtime=0), "gzip")


SCRIPT, CONFIG = "#!/bin/sh\necho hi\n", "#cloud-config\nruncmd: [ls]\n"

INPUTS = {
    "script": SCRIPT,
    "blanks first": "\n  #!/bin/sh\n",
    "config": CONFIG,
    "capitals": "#Cloud-Config\na: 1\n",
    "nonsense": "hello\nworld\n",
    "boothook": "#cloud-boothook\n#!/bin/sh\n",
    "template": "## template: jinja\n#cloud-config\na: '{{ v1.region }}'\n",
    "gzip": gzip.compress(SCRIPT.encode(), mtime=0),
    "gzip of mime": gzip.compress(multipart(text_part("plain", SCRIPT)).as_bytes(), mtime=0),
    "mime": multipart(text_part("x-shellscript", SCRIPT), text_part("cloud-config", CONFIG)).as_string(),
    "names": multipart(
        text_part("x-shellscript", SCRIPT, Content_Disposition='attachment; filename="first.sh"'), text_part("plain", CONFIG)
    ).as_string(),
    "nested": multipart(multipart(text_part("plain", SCRIPT), packed(CONFIG)), text_part("strange", "x")).as_string(),
    "wrong type": multipart(text_part("x-shellscript", CONFIG), text_part("cloud-config", SCRIPT)).as_string(),
    "no multipart": text_part("cloud-config", CONFIG).as_string(),
    "quoted-printable": "MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"
    "#!/bin/sh\necho =61=\nb\n",
    "archive": "#cloud-config-archive\n- |\n  #!/bin/sh\n- {content: 'a: 1', filename: one.cfg}\n"
    "- {type: text/cloud-boothook, content: '#cloud-boothook'}\n- 12\n",
    "archive in mime": multipart(text_part("cloud-config-archive", "#cloud-config-archive\n- '#!/bin/sh'\n")).as_string(),
    "crlf": multipart(text_part("plain", SCRIPT)).as_string().replace("\n", "\r\n"),
    "preamble": "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\nfor others\n--B\n\n" + SCRIPT + "\n--B--\nend\n",
    "unfinished": "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\n" + SCRIPT,
}


def parts_of(message):
    return [
        (part.get_content_type(), part.get_filename(), part.get_payload(decode=True).decode().replace("\r\n", "\n").rstrip("\n"))
        for part in message.walk()
        if part.get_content_maintype() != "multipart"
    ]


def kept(simulator, launch, data, name):
    """What the guest has of it on its disk."""
    instance = launch(UserData=data)
    url = f"{simulator.url}/_amisim/guests/{instance}/files/var/lib/cloud/instances/{instance}/{name}"
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read()


@pytest.mark.parametrize("name", INPUTS)
def test_parts_are_cloud_inits(simulator, launch, name, tmp_path):
    data = INPUTS[name]
    blob = data.encode() if isinstance(data, str) else data
    paths = Paths({"cloud_dir": str(tmp_path), "run_dir": str(tmp_path)})
    wanted = parts_of(user_data.UserDataProcessor(paths).process(blob))
    assert parts_of(email.message_from_bytes(kept(simulator, launch, data, "user-data.txt.i"))) == wanted
    assert kept(simulator, launch, data, "user-data.txt") == blob


@pytest.mark.parametrize(
    ("config", "valid"),
    [
        (CONFIG, True),
        ("#cloud-config\nwrite_files: [{path: /a, content: b, encoding: b64, defer: true, append: true}]\n", True),
        ("#cloud-config\npower_state: {mode: poweroff, delay: '+1'}\nfinal_message: x\n", True),
        ("#cloud-config\npackages: httpd\nruncmd: echo\n", False),
    ],
)
def test_schema(simulator, launch, tmp_path, config, valid):
    """What the guest keeps of a configuration is one to cloud-init, as far as what was given is."""
    (tmp_path / "kept").write_bytes(kept(simulator, launch, config, "cloud-config.txt"))
    judged = subprocess.run(
        [sys.executable, "-m", "cloudinit.cmd.main", "schema", "-c", tmp_path / "kept"], capture_output=True, text=True
    )
    assert ("Valid cloud-config" in judged.stdout) == valid, judged.stdout + judged.stderr
