"""An HTTP proxy that tries each address of a name, as reverse proxies do. retrying_proxy.py PORT TARGET_HOST TARGET_PORT"""

import http.client
import http.server
import socket
import sys

PORT, HOST, TARGET_PORT = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        answer, code = b"no address answers", 502
        for *_, (address, port) in socket.getaddrinfo(HOST, TARGET_PORT, socket.AF_INET, socket.SOCK_STREAM):
            connection = http.client.HTTPConnection(address, port, timeout=10)
            try:
                connection.request("GET", self.path)
                response = connection.getresponse()
                answer, code = response.read(), response.status
                break
            except OSError:
                continue
            except http.client.HTTPException:
                continue
            finally:
                connection.close()
        self.send_response(code)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("", PORT), Handler).serve_forever()
