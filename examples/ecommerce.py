"""E-commerce: product pictures, a logo and a voiceover become a product film; cuts fall in the voice's pauses."""

import media
import phonofilm

film = phonofilm.make(
    "A product film for @product1 and @product2 with @voiceover. The film closes on @logo.",
    "ecommerce.mp4",
    references={
        "product1": media.carried("coffee.png"),
        "product2": media.bottle(),
        "logo": media.logo(),
        "voiceover": media.voiceover(
            "shop", "Every morning begins the same way. A warm cup, and a quiet minute. Morrow is made for that minute. Try it tomorrow."
        ),
    },
    ratio="16:9",
)
print(film.path, *film.remarks, sep="\n")
