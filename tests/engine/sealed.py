"""Changes a sealed file of the state folder, as another version or another time might have written it."""

import hashlib
import json


def read(path):
    return json.loads(path.read_text())["content"]


def write(path, content):
    text = json.dumps(content, separators=(",", ":"))
    path.write_text(f'{{"version":1,"sha256":"{hashlib.sha256(text.encode()).hexdigest()}","content":{text}}}')
