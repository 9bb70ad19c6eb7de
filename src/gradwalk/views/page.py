"""One walk as one HTML file: the player with everything it shows, and nothing that reaches out of the file."""

from __future__ import annotations

import base64
import hashlib

from gradwalk.views.marks import escaped, quoted

POLICY = "default-src 'none'; {script}style-src {style}; img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"

DOCUMENT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="gradwalk">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
PLAYER = """<header><h1>{title}</h1></header>
<main id="player"></main>
<noscript>This page shows a walk with JavaScript; allow it for this file. It loads nothing from anywhere.</noscript>
<script type="application/json" id="recording">{recording}</script>
<script>{script}</script>"""
MARGINS = "body{margin:0}header,#player{padding:0 16px}header h1{font-size:1.1rem;margin:12px 0}"
HEIGHT = 640  # of the player in a notebook's cell


def page(title: str, recording: str, script: str, style: str) -> str:
    """The file: a recording (JSON text), and the player's script and style sheet, which the policy allows by their hashes."""
    data = recording.replace("<", "\\u003c")  # so that no text in a walk ends the element that holds it
    body = PLAYER.format(title=escaped(title), recording=data, script=script)
    return document(f"{title} · gradwalk", style + MARGINS, body, script)


def document(title: str, style: str, body: str, script: str = "") -> str:
    """A page that loads nothing and runs nothing but ``script``, which stands in its body."""
    allowed = f"script-src {fingerprint(script)}; " if script else ""
    policy = POLICY.format(script=allowed, style=fingerprint(style))
    return DOCUMENT.format(policy=policy, title=escaped(title), style=style, body=body)


def fingerprint(text: str) -> str:
    """What a content security policy calls an inline script or style sheet.

    >>> fingerprint("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def frame(title: str, document: str, height: int = HEIGHT) -> str:
    """A page inside another: in a sandbox, so that it can neither see nor change what is around it."""
    return (
        f'<iframe sandbox="allow-scripts allow-downloads" title={quoted(title)} srcdoc={quoted(document)} '
        f'style="width:100%;height:{height}px;border:0"></iframe>'
    )
