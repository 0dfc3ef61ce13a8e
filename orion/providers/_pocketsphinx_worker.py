"""The processes that listen: `python _pocketsphinx_worker.py FD`, by its path.

PocketSphinx holds the GIL while it decodes, so it never runs in ORION's process. This one loads the
model once, then forks a child for every call: a call's own memory is 23 MB, the model is shared. Each
message on the control socket brings one end of a socket pair, which a new child serves.

Packets both ways: kind (1 byte), length (4, little-endian), content. To the child: `S` an utterance
begins, `A` PCM (16-bit mono, 16 kHz), `E` it ends. Back: `P` words so far, `F` the final words.
All end with their parents: at the end of their sockets.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import struct
import sys

from pocketsphinx import Config, Decoder

HEADER = struct.Struct("<cI")
_PRONUNCIATION = re.compile(r"\(\d+\)")
_PARTIAL_BYTES = 16000 * 2 // 5
"""Words so far are looked up after every 200 ms of audio."""


def main() -> None:
    """Load the model, say so, and fork for every socket that comes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the kernel
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for ORION
    # Measured: a third of the default's CPU for the same word error rate.
    decoder = Decoder(Config(loglevel="FATAL", fwdflat=False, maxhmmpf=3000))
    control.send(b"R")
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _serve(socket.socket(fileno=descriptors[0]), decoder)
            os._exit(0)
        os.close(descriptors[0])


def _serve(caller: socket.socket, decoder: Decoder) -> None:
    """Decode one call's utterances until its socket ends."""
    stream = caller.makefile("rb")
    words, unheard, listening = "", 0, False
    while header := stream.read(HEADER.size):
        kind, length = HEADER.unpack(header)
        content = stream.read(length)
        if kind == b"S" and not listening:
            decoder.start_utt()
            words, unheard, listening = "", 0, True
        elif kind == b"A" and listening:
            decoder.process_raw(content, False, False)  # noqa: FBT003 - no_search, full_utt
            unheard += length
            if unheard >= _PARTIAL_BYTES:
                unheard = 0
                heard = _words(decoder)
                if heard and heard != words:
                    words = heard
                    _send(caller, b"P", words)
        elif kind == b"E" and listening:
            decoder.end_utt()
            listening = False
            _send(caller, b"F", _words(decoder))


def _words(decoder: Decoder) -> str:
    hypothesis = decoder.hyp()
    return _PRONUNCIATION.sub("", hypothesis.hypstr) if hypothesis else ""


def _send(caller: socket.socket, kind: bytes, text: str) -> None:
    content = text.encode()
    caller.sendall(HEADER.pack(kind, len(content)) + content)


if __name__ == "__main__":
    main()
