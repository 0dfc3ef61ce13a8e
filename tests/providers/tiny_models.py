"""Models of a few kilobytes with the inputs and outputs of the real ones, run by the real runtime.

What they make tells what came in: the recognisers answer one word per second of audio, Whisper after the
language that it was told or has detected; the voices hum for as long as there are phonemes.
"""

from __future__ import annotations

import base64
import struct

import onnx
from onnx import parser

WORDS = "one two three four five six seven eight nine ten".split()
_HEAD = '<ir_version: 8, opset_import: ["": 17]>'
_SPEECH = (
    " !\"'(),-.:;?0123456789abcdefghijklmnopqrstuvwxyzæçðøħŋœɐɑɒɓɔɕɖɗɘəɚɛɜɞɟɠɡɢɣɤɥɦɧɨɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɽɾ"
    "ʀʁʂʃʄʈʉʊʋʌʍʎʏʐʑʒʔʕʘʙʛʜʝʟʡʢʲˈˌːˑ˞βθχᵻⱱ\u0303\u0329\u0327AIOQSTWYᵊʤʧ"
)


def _model(text: str, metadata: dict[str, object] | None = None) -> bytes:
    model = parser.parse_model(_HEAD + text)
    for key, value in (metadata or {}).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, str(value)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _tokens(names: list[str]) -> bytes:
    """As Whisper and Moonshine have them: in base64."""
    lines = [f"{base64.b64encode(name.encode()).decode()} {index}\n" for index, name in enumerate(names)]
    return "".join(lines).encode()


def _signs(first: list[str]) -> bytes:
    """As Piper and Kokoro have them: one sign a line."""
    lines = [f"{sign} {index}\n" for index, sign in enumerate([*first, *_SPEECH])]
    return "".join(lines).encode()


_FAILS_FROM_3_SECS = """lengths = Constant <value: tensor = float[3] {0, 1, 2}> ()
        secs = Gather (lengths, whole)"""
"""The length of an utterance, out of a table that is too short."""


def moonshine(*, fails: bool = False) -> dict[str, bytes]:
    """Moonshine 2: an encoder of samples, and a decoder with its own cache; `fails` at 3 s and more."""
    length = _FAILS_FROM_3_SECS if fails else "secs = Cast <to: int = 1> (whole)"
    encoder = _model(
        """encoder (float[1,N] input_values) => (float[1,F,1] last_hidden_state) {
        samples = Shape <start: int = 1> (input_values)
        rate = Constant <value: tensor = int64[1] {16000}> ()
        whole = Div (samples, rate)
        LENGTH
        form = Constant <value: tensor = int64[3] {1, 1, 1}> ()
        one = Reshape (secs, form)
        stride = Constant <value: tensor = int64[1] {384}> ()
        frames = Div (samples, stride)
        unit = Constant <value: tensor = int64[1] {1}> ()
        size = Concat <axis: int = 0> (unit, frames, unit)
        last_hidden_state = Expand (one, size)
    }""".replace("LENGTH", length)
    )
    decoder = _model("""decoder (
        int64[1,S] input_ids, float[1,F,1] encoder_hidden_states,
        float[1,1,P,1] past_key_values_0_decoder_key, float[1,1,P,1] past_key_values_0_decoder_value,
        float[1,1,E,1] past_key_values_0_encoder_key, float[1,1,E,1] past_key_values_0_encoder_value,
        bool[1] use_cache_branch
    ) => (
        float[1,1,V] logits, float[1,1,Q,1] present_0_decoder_key, float[1,1,Q,1] present_0_decoder_value,
        float[1,1,2,1] present_0_encoder_key, float[1,1,2,1] present_0_encoder_value
    ) {
        said = Shape <start: int = 2, end: int = 3> (past_key_values_0_decoder_key)
        flat = Constant <value: tensor = int64[1] {-1}> ()
        most = ReduceMax <keepdims: int = 0> (encoder_hidden_states)
        secs = Reshape (most, flat)
        words = Cast <to: int = 7> (secs)
        goes_on = Less (said, words)
        first = Constant <value: tensor = int64[1] {3}> ()
        word = Add (said, first)
        end = Constant <value: tensor = int64[1] {2}> ()
        token = Where (goes_on, word, end)
        depth = Constant <value: tensor = int64[1] {16}> ()
        marks = Constant <value: tensor = float[2] {0, 1}> ()
        chosen = OneHot (token, depth, marks)
        row = Constant <value: tensor = int64[3] {1, 1, 16}> ()
        logits = Reshape (chosen, row)
        column = Constant <value: tensor = int64[4] {1, 1, -1, 1}> ()
        ids = Cast <to: int = 1> (input_ids)
        fresh = Reshape (ids, column)
        present_0_decoder_key = Concat <axis: int = 2> (past_key_values_0_decoder_key, fresh)
        present_0_decoder_value = Concat <axis: int = 2> (past_key_values_0_decoder_value, fresh)
        present_0_encoder_key = Constant <value: tensor = float[1,1,2,1] {0, 0}> ()
        present_0_encoder_value = Constant <value: tensor = float[1,1,2,1] {0, 0}> ()
    }""")
    names = ["<unk>", "<s>", "</s>", *(f"\u2581{word}" for word in WORDS), "a", "b", "c"]
    return {"encoder.onnx": encoder, "decoder.onnx": decoder, "tokens.txt": _tokens(names)}


def whisper() -> dict[str, bytes]:
    """Whisper: cross attention out of the encoder, and a decoder that is told where it stands."""
    metadata = {
        "model_type": "whisper-tiny", "n_mels": 80, "n_text_layer": 1, "n_text_ctx": 64, "n_text_state": 1,
        "n_vocab": 32, "sot": 20, "eot": 21, "sot_index": 0, "sot_sequence": "20,24,22", "blank_id": 19,
        "no_speech": 18, "no_timestamps": 23, "transcribe": 22, "translate": 17, "is_multilingual": 1,
        "all_language_tokens": "24,25,26", "all_language_codes": "en,de,fr", "non_speech_tokens": "16",
        "n_audio_ctx": 1500, "n_audio_state": 1, "n_audio_head": 1, "n_audio_layer": 1, "n_text_head": 1,
        "sot_prev": 15, "sot_lm": 14, "version": 1, "maintainer": "ORION",
    }  # fmt: skip
    encoder = _model(
        """encoder (float[1,80,T] mel) => (float[1,1,1,1] n_layer_cross_k, float[1,1,1,1] n_layer_cross_v) {
        frames = Shape <start: int = 2> (mel)
        padding = Constant <value: tensor = int64[1] {1000}> ()
        heard = Sub (frames, padding)
        per_sec = Constant <value: tensor = int64[1] {100}> ()
        secs = Div (heard, per_sec)
        words = Cast <to: int = 1> (secs)
        form = Constant <value: tensor = int64[4] {1, 1, 1, 1}> ()
        n_layer_cross_k = Reshape (words, form)
        n_layer_cross_v = Reshape (words, form)
    }""",
        metadata,
    )
    decoder = _model("""decoder (
        int64[1,S] tokens, float[1,1,64,1] in_n_layer_self_k_cache, float[1,1,64,1] in_n_layer_self_v_cache,
        float[1,1,1,1] n_layer_cross_k, float[1,1,1,1] n_layer_cross_v, int64[1] offset
    ) => (
        float[1,S,32] logits, float[1,1,64,1] out_n_layer_self_k_cache,
        float[1,1,64,1] out_n_layer_self_v_cache
    ) {
        flat = Constant <value: tensor = int64[1] {-1}> ()
        secs = Reshape (n_layer_cross_k, flat)
        words = Cast <to: int = 7> (secs)
        given = Shape <start: int = 1> (tokens)
        after = Add (offset, given)
        before = Constant <value: tensor = int64[1] {4}> ()
        said = Sub (after, before)
        zero = Constant <value: tensor = int64[1] {0}> ()
        one = Constant <value: tensor = int64[1] {1}> ()
        two = Constant <value: tensor = int64[1] {2}> ()
        rest = Slice (tokens, one, two, one)
        padded = Concat <axis: int = 1> (tokens, tokens)
        second = Slice (padded, one, two, one)
        language = Reshape (second, flat)
        to_name = Constant <value: tensor = int64[1] {13}> ()
        name = Sub (language, to_name)
        behind = Less (said, words)
        beside = Equal (said, words)
        goes_on = Or (behind, beside)
        word = Sub (said, one)
        end = Constant <value: tensor = int64[1] {21}> ()
        told = Where (goes_on, word, end)
        begins = Equal (said, zero)
        spoken = Where (begins, name, told)
        detecting = Less (said, zero)
        german = Constant <value: tensor = int64[1] {25}> ()
        token = Where (detecting, german, spoken)
        depth = Constant <value: tensor = int64[1] {32}> ()
        marks = Constant <value: tensor = float[2] {0, 1}> ()
        chosen = OneHot (token, depth, marks)
        form = Constant <value: tensor = int64[3] {1, 1, 32}> ()
        row = Reshape (chosen, form)
        size = Concat <axis: int = 0> (one, given, depth)
        logits = Expand (row, size)
        out_n_layer_self_k_cache = Identity (in_n_layer_self_k_cache)
        out_n_layer_self_v_cache = Identity (in_n_layer_self_v_cache)
    }""")
    names = [*(f" {word}" for word in WORDS), "-", "english", "german", "french"]
    return {
        "tiny-encoder.int8.onnx": encoder,
        "tiny-decoder.int8.onnx": decoder,
        "tiny-tokens.txt": _tokens(names),
    }


def piper() -> dict[str, bytes]:
    """Piper: a hum of 0.05 s for each of the phonemes, 22.05 kHz."""
    metadata = {
        "model_type": "vits", "comment": "piper", "language": "English", "voice": "en-us", "has_espeak": 1,
        "n_speakers": 1, "sample_rate": 22050,
    }  # fmt: skip
    model = _model(
        """hum (int64[1,P] input, int64[1] input_lengths, float[3] scales) => (float[1,1,1,T] output) {
        each = Constant <value: tensor = int64[1] {500}> ()
        samples = Mul (input_lengths, each)
        begin = Constant <value: tensor = int64 {0}> ()
        step = Constant <value: tensor = int64 {1}> ()
        scalar = Constant <value: tensor = int64[1] {0}> ()
        end = Squeeze (samples, scalar)
        times = Range (begin, end, step)
        time = Cast <to: int = 1> (times)
        pitch = Constant <value: tensor = float {0.06}> ()
        phase = Mul (time, pitch)
        wave = Sin (phase)
        half = Constant <value: tensor = float {0.5}> ()
        sound = Mul (wave, half)
        form = Constant <value: tensor = int64[4] {1, 1, 1, -1}> ()
        output = Reshape (sound, form)
    }""",
        metadata,
    )
    return {"voice.onnx": model, "tokens.txt": _signs(["_", "^", "$"])}


def kokoro(voices: list[str], samples: int = 600) -> dict[str, bytes]:
    """Kokoro: a hum of so many samples for each of the phonemes, 24 kHz, voice by voice louder."""
    metadata = {
        "model_type": "kokoro", "language": "multi-lang, e.g., English", "has_espeak": 1, "voice": "en-us",
        "sample_rate": 24000, "version": 2, "style_dim": "510,1,256", "n_speakers": len(voices),
        "speaker_names": ",".join(voices), "maintainer": "ORION", "comment": "Kokoro",
    }  # fmt: skip
    model = _model(
        """hum (int64[1,N] tokens, float[1,256] style, float[1] speed) => (float[T] audio) {
        shape = Shape <start: int = 1> (tokens)
        each = Constant <value: tensor = int64[1] {SAMPLES}> ()
        samples = Mul (shape, each)
        begin = Constant <value: tensor = int64 {0}> ()
        step = Constant <value: tensor = int64 {1}> ()
        scalar = Constant <value: tensor = int64[1] {0}> ()
        end = Squeeze (samples, scalar)
        times = Range (begin, end, step)
        time = Cast <to: int = 1> (times)
        pitch = Constant <value: tensor = float {0.06}> ()
        phase = Mul (time, pitch)
        wave = Sin (phase)
        loud = ReduceMax <keepdims: int = 0> (style)
        sound = Mul (wave, loud)
        audio = Identity (sound)
    }""".replace("SAMPLES", str(samples)),
        metadata,
    )
    styles = b"".join(struct.pack("<f", (index + 1) / 10) * (510 * 256) for index in range(len(voices)))
    return {"model.onnx": model, "tokens.txt": _signs(["$"]), "voices.bin": styles}
