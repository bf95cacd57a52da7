"""Education: a presenter, and each picture at its place in the talk, with captions."""

import media
import phonofilm

TALK = "Today we look at three things. First, a cup of coffee, and why it is hot. Then a cat, who never is. And last, a rocket, which is both."
film = phonofilm.make(
    "@presenter says what is on @voiceover, with @coffee, @cat and @rocket at their place in the talk, with captions.",
    "education.mp4",
    references={
        "presenter": media.carried("astronaut.png"),
        "coffee": media.carried("coffee.png"),
        "cat": media.carried("chelsea.png"),
        "rocket": media.carried("rocket.jpg"),
        "voiceover": media.voiceover("talk", TALK),
    },
    transcripts={"voiceover": TALK},
    ratio="16:9",
)
print(film.path, *film.remarks, sep="\n")
