"""Words and marks on the picture: subtitles, kinetic titles, lower thirds, the watermark and the logo card."""
