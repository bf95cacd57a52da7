"""Music video: an artist's photograph, footage and a song; cuts on the beats, mostly on downbeats."""

import media
import phonofilm

film = phonofilm.make(
    "Music video. @artist sings, with footage @ride and @bunny between, with cuts on the beats of @bg_music.",
    "music_video.mp4",
    references={
        "artist": media.carried("astronaut.png"),
        "ride": media.carried("bikes.mp4"),
        "bunny": media.carried("bigbuckbunny.mp4"),
        "bg_music": media.music("electronic", 15),
    },
    seconds=15,
    ratio="16:9",
)
print(film.path, *film.remarks, sep="\n")
