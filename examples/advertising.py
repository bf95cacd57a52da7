"""Advertising: a spokesperson speaks the script between shots of the assets; the music goes down under the voice."""

import media
import phonofilm

film = phonofilm.make(
    "Advertisement. The spokesperson @face_photo says the script @voiceover between shots of @product1 and @product2, "
    "with @bg_music quietly under the voice. End on @logo.",
    "advertising.mp4",
    references={
        "face_photo": media.carried("astronaut.png"),
        "product1": media.carried("coffee.png"),
        "product2": media.bottle(),
        "logo": media.logo(),
        "voiceover": media.voiceover(
            "ad", "I have seen the Earth from above. And still, the best view of the day is this one. A warm cup. A quiet minute. Morrow."
        ),
        "bg_music": media.music("upbeat", 15),
    },
    ratio="16:9",
)
print(film.path, *film.remarks, sep="\n")
