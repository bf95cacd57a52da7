"""Speech: text to sound with its phones, and a recording to its phones."""

from phonofilm.voice.align import align
from phonofilm.voice.detect import detect_language
from phonofilm.voice.singing import Sung, align_sung
from phonofilm.voice.speech import Spoken, speak
from phonofilm.voice.voices import Voice, models_for, voice_for, voices

__all__ = ["Spoken", "Sung", "Voice", "align", "align_sung", "detect_language", "models_for", "speak", "voice_for", "voices"]
