"""A real HTTP server on loopback, with playlists, audio, and every fault a network has."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site:
    """By path: files, their bytes; redirects, to an address; faults, what goes wrong.

    requests: paths of GETs so far.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, str] = {}
        self.redirects: dict[str, str] = {}
        self.requests: list[str] = []
        self.over = threading.Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *words: object) -> None:
                pass

            def do_HEAD(self) -> None:
                site.answer(self, body=False)

            def do_GET(self) -> None:
                site.requests.append(self.path)
                site.answer(self, body=True)

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.over.set()
        self.http.shutdown()
        self.http.server_close()

    def playlist(self, name: str, songs: list[str], titles: dict[str, str] | None = None) -> str:
        """Publish an RSS feed with enclosures, a playlist to yt-dlp; returns its address."""
        items = "".join(
            f"<item><title>{(titles or {}).get(song, song)}</title>"
            f"<enclosure url='{self.url}/{song}' type='audio/x'/></item>"
            for song in songs
        )
        feed = f"<rss version='2.0'><channel><title>{name}</title>{items}</channel></rss>"
        self.files[f"/{name}.xml"] = f"<?xml version='1.0'?>{feed}".encode()
        return f"{self.url}/{name}.xml"

    def answer(self, handler: BaseHTTPRequestHandler, body: bool) -> None:
        path, fault = handler.path, self.faults.get(handler.path, "")
        if fault.startswith("once "):
            if body:
                del self.faults[path]
            fault = fault.removeprefix("once ")
        if path in self.redirects:
            handler.send_response(302)
            handler.send_header("Location", self.redirects[path])
            handler.end_headers()
            return
        if fault.isdigit() or path not in self.files:
            handler.send_error(int(fault or 404))
            return
        content = self.files[path]
        if fault == "html":
            content = b"<!doctype html><html><body>Please sign in.</body></html>"
        length = len(content)
        if fault == "claims more":
            length += 5000
        elif fault == "claims less":
            length //= 2
        handler.send_response(200)
        kind = "text/xml" if path.endswith(".xml") else "audio/mpeg"
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        if not body:
            return
        # yt-dlp looks at the first bytes, then asks for all
        sent = content[: len(content) // 2] if fault in ("cut", "stall") else content[:length]
        try:
            handler.wfile.write(sent)
            handler.wfile.flush()
            if fault == "stall":
                self.over.wait(30)
        except ConnectionError:
            pass
        handler.close_connection = True
