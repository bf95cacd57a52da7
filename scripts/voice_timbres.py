"""Measure every voice in every language that it speaks, into ``src/phonofilm/voice/timbres.json``.

    python scripts/voice_timbres.py

Each says the same two sentences of its language; the speech model must be in the cache (``phonofilm models pull``).
"""

from __future__ import annotations

from pathlib import Path

from phonofilm.voice import speak, timbre, voices

SAID = {
    "en": "The old lighthouse stands above the bay, and every evening its lamp is lit. We walked there once, before the winter came.",
    "zh": "老灯塔立在海湾上面，每天晚上都会点亮。冬天来之前，我们去过那里一次。",
    "yue": "老燈塔企喺海灣上面，每晚都會着燈。冬天嚟之前，我哋去過嗰度一次。",
    "ja": "古い灯台は湾の上に立っていて、毎晩あかりがともります。冬が来る前に、私たちはそこへ一度行きました。",
    "ko": "오래된 등대가 만 위에 서 있고, 매일 저녁 불이 켜집니다. 겨울이 오기 전에 우리는 그곳에 한 번 갔습니다.",
    "es": "El viejo faro está sobre la bahía, y cada tarde se enciende su lámpara. Fuimos allí una vez, antes de que llegara el invierno.",
    "fr": "Le vieux phare se dresse au-dessus de la baie, et chaque soir sa lampe s'allume. Nous y sommes allés une fois, avant l'hiver.",
    "de": "Der alte Leuchtturm steht über der Bucht, und jeden Abend wird seine Lampe angezündet. Wir waren einmal dort, vor dem Winter.",
}

OUT = Path(__file__).parents[1] / "src" / "phonofilm" / "voice" / timbre.TABLE


def main() -> None:
    """Measure and write."""
    table: dict[tuple[str, str], timbre.Traits] = {}
    for voice in voices():
        spoken = speak(SAID[voice.language], voice.language, voice=voice.name)
        traits = timbre.traits_of(spoken.samples)
        assert traits is not None, f"{voice.name} in {voice.language} has no voice"
        table[voice.language, voice.name] = traits
        print(f"{voice.language:4} {voice.name:16} {traits}", flush=True)
    OUT.write_text(timbre.written(table), encoding="utf-8")


if __name__ == "__main__":
    main()
