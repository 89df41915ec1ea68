"""Runs a command in a new pseudo-terminal, as the leader of its session and its foreground group.

Lines of JSON on standard input: {"write": TEXT}, {"size": [ROWS, COLUMNS]}, {"close": true} hangs up.
Lines of JSON on standard output: {"data": BASE64} and, at the end, {"code": N}, with 128 + N for a signal.
"""

import base64
import errno
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main():
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    say({"pid": child})
    orders = b""
    watched = [terminal, 0]
    while terminal in watched:
        ready, _, _ = select.select(watched, [], [])
        if terminal in ready:
            try:
                data = os.read(terminal, 65536)
            except OSError as error:
                # Linux says so once nobody has the other end open any more.
                if error.errno != errno.EIO:
                    raise
                data = b""
            if data:
                say({"data": base64.b64encode(data).decode()})
            else:
                watched.remove(terminal)
        if 0 in ready:
            received = os.read(0, 65536)
            if not received:
                watched.remove(0)
            orders += received
            *lines, orders = orders.split(b"\n")
            for line in lines:
                order = json.loads(line)
                if "write" in order:
                    os.write(terminal, order["write"].encode())
                if "size" in order:
                    size = struct.pack("HHHH", *order["size"], 0, 0)
                    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
                if "close" in order:
                    watched.remove(terminal)
                    os.close(terminal)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    say({"code": 128 - code if code < 0 else code})


main()
