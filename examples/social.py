"""Social: a face speaks an audio, upright for a phone."""

import media
import phonofilm

film = phonofilm.make(
    "@face_photo says what is on @voiceover, handheld, with captions.",
    "social.mp4",
    references={
        "face_photo": media.carried("astronaut.png"),
        "voiceover": media.voiceover("social", "Okay, nobody told me that space has such bad coffee. I mean, it floats. How do you even drink it?"),
    },
    transcripts={"voiceover": "Okay, nobody told me that space has such bad coffee. I mean, it floats. How do you even drink it?"},
    ratio="9:16",
)
print(film.path, *film.remarks, sep="\n")
