"""What people ask for in the order of their words: who comes after whom, how long the film lasts, who says a line beside a list of pictures."""

from __future__ import annotations

import pytest

from phonofilm.prompt import read
from phonofilm.prompt.script import Script
from prompt_corpus import references


def script_of(text: str, refs: str) -> Script:
    return read(text, references({"text": text, "refs": refs}))


@pytest.mark.parametrize(
    ("prompt", "shots"),
    [
        ('@cafe on a table, then @me says: "Come in!"', [["cafe"], ["me"]]),
        ("@cafe sur une table en bois, puis @me qui dit « Venez goûter ! »", [["cafe"], ["me"]]),
        ("@cafe im Zeitraffer. Danach @me in Nahaufnahme, er nickt.", [["cafe"], ["me"]]),
        ('Se ve @cafe. Luego @me dice: "Hola a todos."', [["cafe"], ["me"]]),
        ("@meが「いらっしゃいませ！」と話します。そのあと @cafe を見せて", [["me"], ["cafe"]]),
        ("@cafe 를 보여주고 그다음 @me 가 웃는다", [["cafe"], ["me"]]),
        ("@me说：“大家好！”然后@cafe快速切换", [["me"], ["cafe"]]),
        ("先影 @cafe，跟住 @me 講：「歡迎！」", [["cafe"], ["me"]]),
        ("@me looks up, then @me smiles beside @cafe.", [["me"], ["me", "cafe"]]),
        ("@me looks up, then turns to the window.", [["me"]]),
        ("Then @me smiles at @cafe.", [["me", "cafe"]]),
        ('@me asks: "Where?" then @you answers: "There."', [["me", "you"]]),
    ],
)
def test_what_comes_then_is_a_shot_of_its_own(prompt: str, shots: list[list[str]]) -> None:
    script = script_of(prompt, "cafe:image me:image you:image" if "@you" in prompt else "cafe:image me:image")
    assert [list(shot.mentions) for shot in script.shots] == shots


@pytest.mark.parametrize(
    ("prompt", "shots", "speakers"),
    [
        ('@me says "Look at my bike." Cut to @bike, slow orbit. Back to @me: "Do you like it?"', [["me"], ["bike"], ["me"]], ["me", "me"]),
        ("@me dice «Mira mi moto.» Corte a @bike. Vuelve a @me: «¿Te gusta?»", [["me"], ["bike"], ["me"]], ["me", "me"]),
        ("@me dit « Regarde ma moto. » Plan sur @bike. Retour à @me : « Elle te plaît ? »", [["me"], ["bike"], ["me"]], ["me", "me"]),
        ("@me sagt: „Mein Motorrad.“ Schnitt auf @bike. Dann zurück zu @me: „Gefällt es dir?“", [["me"], ["bike"], ["me"]], ["me", "me"]),
        ('@bike in the sun. Cut to @me, who says "Do you like it?"', [["bike"], ["me"]], ["me"]),
        ('@me says to @you: "Hello there."', [["me", "you"]], ["me"]),
        ('@me says "Here it is." Then we see @bike while she explains "It is quite old."', [["me"], ["bike"]], ["me", "me"]),
        ("@me说：“早上好。”镜头转向@you：“你好！”", [["me", "you"]], ["me", "you"]),
    ],
)
def test_who_is_cut_to_is_seen_and_says_the_line(prompt: str, shots: list[list[str]], speakers: list[str]) -> None:
    script = script_of(prompt, "me:image bike:image you:image" if "@you" in prompt else "me:image bike:image")
    assert [list(shot.mentions) for shot in script.shots] == shots
    assert [line.speaker for line in script.lines] == speakers


@pytest.mark.parametrize(
    ("prompt", "lines"),
    [
        ('A woman\'s voice says "One." and "Two." Then a man\'s voice says "Three." then "Four."', ["female", "female", "male", "male"]),
        ("Une voix douce de femme dit « Il attend une famille. » puis « Adoptez-le dès aujourd'hui. »", ["female", "female"]),
        ("Eine Frauenstimme sagt „Guten Morgen.“ und dann „Wir gehen los.“", ["female", "female"]),
        ("Una voz de mujer dice «Buenos días.» y luego «Nos vamos ya.»", ["female", "female"]),
        ("女声旁白说“早上好。”然后“我们出发吧。”", ["female", "female"]),
        ("女性のナレーション「おはよう。」次に「出発しよう。」", ["female", "female"]),
        ('A man\'s voice says "Hello there." and "Welcome" appears on screen.', ["male"]),
    ],
)
def test_a_line_that_goes_on_behind_then_is_said_by_the_same_voice(prompt: str, lines: list[str]) -> None:
    script = script_of(prompt, "")
    assert [line.gender for line in script.lines] == lines and all(line.narration for line in script.lines)


@pytest.mark.parametrize(
    ("prompt", "titles"),
    [
        ("Thunder over a city. Title: LIFT OFF", ["LIFT OFF"]),
        ('A voice says "Hello." Tagline: Fresh every day. Calm music.', ["Fresh every day"]),
        ("Ein Hund läuft. Titel: Der Anfang", ["Der Anfang"]),
        ("Un perro corre. Título: El comienzo", ["El comienzo"]),
        ("Un chien court. Titre : Le début", ["Le début"]),
        ("小狗跑步。标题：新的开始", ["新的开始"]),
        ("犬が走る。タイトル：新しい始まり", ["新しい始まり"]),
        ("개가 달린다. 제목: 새로운 시작", ["새로운 시작"]),
        ("A dog runs. Title: none. Calm music.", []),
        ("Title: my project\nA dog runs.", []),
        ('A dog runs. Title: "Go".', ["Go"]),
    ],
)
def test_a_title_behind_its_label_needs_no_marks(prompt: str, titles: list[str]) -> None:
    assert [title.text for title in script_of(prompt, "").titles] == titles


def test_somebody_who_speaks_again_at_the_end_is_seen_again() -> None:
    script = script_of("@主播说：“家人们，今天只要九十九块！”然后 @杯 和 @壶 快速切换，最后主播说“赶紧下单！”", "主播:image 杯:image 壶:image")
    assert [shot.mentions for shot in script.shots][:2] == [("主播",), ("杯", "壶")]
    assert [line.shot for line in script.lines] == [0, 2]


def test_what_is_named_with_a_moment_begins_there() -> None:
    script = script_of("@me が窓の外を見ている。4秒後に @neko のカット。", "me:image neko:image")
    assert [(shot.mentions, shot.start) for shot in script.shots] == [(("me",), None), (("neko",), 4 * 48_000)]


@pytest.mark.parametrize(
    ("prompt", "seconds"),
    [
        ("The camera glides over @a, soft piano, 6 seconds.", 6),
        ("Imagefilm 21:9, 10 Sekunden: @a im Zeitraffer.", 10),
        ("@a 이 노래해요. 네온 조명. 세로 영상 8초", 8),
        ("유튜브 인트로 5초: @a 가 나타난다", 5),
        ("@a在咖啡馆里，10秒，电影感", 10),
        ("@a sonríe, música alegre, unos 8 segundos", 8),
        ("@a waits, 10 seconds later, she smiles.", 0),
        ("Shot 1, 5 seconds: @a smiles. Shot 2, 5 seconds: @a waves.", 0),
        ("@a smiles, 2 seconds, then laughs.", 0),
    ],
)
def test_a_clause_that_is_only_a_length_is_the_films(prompt: str, seconds: int) -> None:
    script = script_of(prompt, "a:image")
    assert script.seconds == seconds
    assert not any("names no file" in remark.text for remark in script.remarks)


def test_a_list_of_pictures_before_a_line_does_not_say_it() -> None:
    script = script_of(
        '@teacher presents three slides @s1 @s2 @s3. "The moon has no air. Its craters never wash away."', "teacher:image s1:image s2:image s3:image"
    )
    assert [line.speaker for line in script.lines] == ["teacher"]
    assert script.role("s3") == "subject"


def test_whom_somebody_sits_beside_is_not_worn() -> None:
    script = script_of("一个女孩@girl在咖啡馆里，对面坐着@boy。", "girl:image boy:image")
    assert script.role("boy") != "outfit"
    assert script_of("@girl穿着@coat走来。", "girl:image coat:image").role("coat") == "outfit"


def test_a_second_title_of_one_sentence_is_a_title_in_its_own_place() -> None:
    script = script_of('@a girando. Texto "NUEVA COLECCIÓN" al principio y "-30% SOLO HOY" al final.', "a:image")
    assert [(t.text, t.opening, t.closing) for t in script.titles] == [("NUEVA COLECCIÓN", True, False), ("-30% SOLO HOY", False, True)]


def test_what_a_quote_is_called_right_behind_it_says_what_it_is() -> None:
    script = script_of('@logo 가 빙글 돌면서 나타나고 "안녕하세요, 여행일기입니다!" 라는 남자 목소리.', "logo:image")
    assert [(line.narration, line.gender) for line in script.lines] == [(True, "male")] and not script.titles


def test_a_fade_to_black_behind_the_last_line_ends_the_film() -> None:
    script = script_of('@a whispers: "Goodbye, Earth." Fade to black. Dark drums.', "a:image")
    assert [shot.ending for shot in script.shots] == ["dip"]


@pytest.mark.parametrize(
    ("prompt", "speakers"),
    [
        ("@pierre et @julie discutent. Pierre : « Tu as vu ? » Julie : « Non. » Pierre : « Dommage ! »", ["pierre", "julie", "pierre"]),
        ('@pierre and @julie are in a bar. Pierre says "Did you see it?" Julie answers: "No, I did not."', ["pierre", "julie"]),
        ('@pierre and @julie are in a bar. Pierre says to Julie: "Did you see it?"', ["pierre"]),
        ('@pierre meets @julie. The woman says: "Hello there, you."', ["julie"]),
    ],
)
def test_who_speaks_may_be_called_by_a_tag_without_its_sign(prompt: str, speakers: list[str]) -> None:
    script = script_of(prompt.replace("@julie. The", "the woman @julie. The"), "pierre:image julie:image")
    assert [line.speaker for line in script.lines] == speakers


def test_a_ratio_at_the_end_of_a_sentence_is_read() -> None:
    assert script_of("@a sourit. Format 16:9.", "a:image").ratio == "16:9"
    assert script_of("@a wins 16:9.5.", "a:image").ratio == ""


def test_a_childs_voice_is_heard_and_nobody_in_a_picture_says_it() -> None:
    script = script_of('An old @house at night. Kid voice whispers "come play with us". Suddenly cut to @face.', "house:image face:image")
    assert [(line.narration, line.speaker) for line in script.lines] == [(True, "")]


def test_an_emoji_that_is_not_wanted_refuses_no_words() -> None:
    script = script_of("最初に「Happy Birthday ミケ」って文字、ケーキの絵文字はいらない。@a", "a:image")
    assert "text" not in script.refused and [t.text for t in script.titles] == ["Happy Birthday ミケ"]


def test_a_hype_beat_is_upbeat_music() -> None:
    assert script_of("Fast cuts of @a, hype beat.", "a:image").scene.music == "upbeat"


@pytest.mark.parametrize(
    ("prompt", "refs", "genders"),
    [
        ("@pierre et @julie discutent. Pierre : « Tu as vu ? » Julie : « Non. »", "pierre:image julie:image", ["male", "female"]),
        ('@anna_portrait says: "Hello, everybody."', "anna_portrait:image", ["female"]),
        ('Two friends on a bench. Ben: "Where is it?" Anna: "Over there."', "", ["male", "female"]),
        ('@anna is told by an old man: "Hello, everybody."', "anna:image", ["male"]),
        ('@kim says: "Hello, everybody."', "kim:image", [""]),
    ],
)
def test_a_first_name_tells_the_voice(prompt: str, refs: str, genders: list[str]) -> None:
    assert [line.gender for line in script_of(prompt, refs).lines] == genders


def test_captions_that_there_are_to_be_are_read_in_korean() -> None:
    assert script_of("@a 가 말한다: “안녕하세요, 여러분.” 자막 있음", "a:image").captions is True


@pytest.mark.parametrize(
    ("prompt", "music"),
    [
        ('@a says: "Hi there, you." Energetic music.', "upbeat"),
        ("@a winkt, dazu Musik.", "calm"),
        ("@a saluda, música de fondo.", "calm"),
        ("@a sourit, musique corporate discrète.", "calm"),
        ("@aが笑う。音楽つき", "calm"),
        ("@a 웃는다, 배경 음악", "calm"),
        ("@a微笑，配乐紧凑", "calm"),
        ("@a smiles. No music.", ""),
        ("@a微笑，不要音乐", ""),
        ("@a stands in a music store beside a music box.", ""),
        ("@a est musicienne.", ""),
    ],
)
def test_music_of_no_named_kind_is_music_all_the_same(prompt: str, music: str) -> None:
    assert script_of(prompt, "a:image").scene.music == music


def test_a_title_that_the_film_is_to_start_with_comes_at_once() -> None:
    assert [t.opening for t in script_of('Start with the title "3 THINGS I LEARNED". @a walks in.', "a:image").titles] == [True]


@pytest.mark.parametrize(
    "prompt",
    [
        '@me says "Look at this." Show @cafe. Then @me again: "Do you like it?"',
        "@me erklärt: „Das ist unser Haus.“ Dazu erscheint @cafe. Danach wieder @me: „Ganz einfach, oder?“",
        "@me dit « Regardez bien. » On voit @cafe. Puis de nouveau @me : « Elle te plaît ? »",
        "@me dice: «Mirad esto». Se ve @cafe. Otra vez @me: «¿Os gusta?»",
        "@me 说：“早上好。”镜头转向@cafe。再次@me：“再见！”",
        "@me が「おはようございます」と言う。@cafe を映す。再び@me：「さようなら」",
        '@me가 "안녕하세요 여러분"이라고 말한다. @cafe를 보여준다. 다시 @me: "안녕히 가세요"',
    ],
)
def test_who_comes_again_says_the_line_in_a_shot_of_its_own(prompt: str) -> None:
    script = script_of(prompt, "cafe:image me:image")
    assert [line.speaker for line in script.lines] == ["me", "me"]
    assert script.lines[1].shot == len(script.shots) - 1 > 0 and script.shots[-1].mentions == ("me",)


@pytest.mark.parametrize(
    "prompt",
    [
        '"Good morning", @anna says. @tom waits.',
        "“早上好”，@anna 说。@tom 在等。",
        "“早上好”，@anna笑着说。@tom 在等。",
        "「おはよう」と@annaが言う。@tom が待つ。",
        '"안녕"이라고 @anna가 말한다. @tom 이 기다린다.',
        '@tom waits. "Good morning," @anna whispers softly.',
    ],
)
def test_who_is_named_behind_the_words_says_them(prompt: str) -> None:
    assert [line.speaker for line in script_of(prompt, "anna:image tom:image").lines] == ["anna"]


@pytest.mark.parametrize(
    ("prompt", "speakers"),
    [
        ('@anna says, "Hi," @tom answers, "Ho."', ["anna", "tom"]),
        ('"Hi," @anna says, "let us go."', ["anna", "anna"]),
        ('The word "red" @anna says "No."', ["anna"]),
        ('The title "Spring", @anna says: "Hello."', ["anna"]),
    ],
)
def test_what_stands_before_somebody_who_speaks_is_not_always_said(prompt: str, speakers: list[str]) -> None:
    assert [line.speaker for line in script_of(prompt, "anna:image tom:image").lines] == speakers


@pytest.mark.parametrize(
    ("prompt", "speakers"),
    [
        ('@anna and @tom talk: "Are you coming?" "Of course." "Good."', ["anna", "tom", "anna"]),
        ("@anna und @tom unterhalten sich: „Kommst du?“ „Na klar.“", ["anna", "tom"]),
        ("@anna y @tom conversan: «¿Vienes?» «Claro que sí.»", ["anna", "tom"]),
        ("@anna et @tom discutent : « Tu viens ? » « Bien sûr. »", ["anna", "tom"]),
        ("@anna和@tom对话：“你来吗？”“当然。”", ["anna", "tom"]),
        ('@anna and @tom smile. @tom says: "One." "Two."', ["tom", "tom"]),
        ('@anna and @tom wave. A voice says "One." "Two."', ["", ""]),
    ],
)
def test_two_who_talk_take_turns(prompt: str, speakers: list[str]) -> None:
    assert [line.speaker for line in script_of(prompt, "anna:image tom:image").lines] == speakers


def test_what_a_line_mentions_is_called_by_its_name_and_seen_there() -> None:
    script = script_of('@me says "This is @my_shoe, follow @phonofilm."', "me:image my_shoe:image")
    assert [line.text for line in script.lines] == ["This is my shoe, follow @phonofilm."]
    assert script.at_words == (("my_shoe", "my shoe"),) and not script.remarks


@pytest.mark.parametrize(
    ("prompt", "cutting"),
    [
        ("Quick cuts between @anna and @tom.", "fast"),
        ("Schnelle Schnitte, @anna und @tom.", "fast"),
        ("Montaje rápido de @anna y @tom.", "fast"),
        ("Montage rapide de @anna et @tom.", "fast"),
        ("@anna和@tom快速剪辑。", "fast"),
        ("@annaと@tomをテンポよくカット。", "fast"),
        ("@anna와 @tom을 빠른 컷 편집으로.", "fast"),
        ("Slow editing, @anna and @tom.", "slow"),
        ("No fast cuts, @anna and @tom.", ""),
    ],
)
def test_how_often_pictures_change_is_read(prompt: str, cutting: str) -> None:
    assert script_of(prompt, "anna:image tom:image").cutting == cutting


@pytest.mark.parametrize(
    ("prompt", "lines"),
    [
        ("@host and @guest chat. HOST: So you quit? GUEST: I did. Slow push in.", [("host", "So you quit?"), ("guest", "I did.")]),
        ("@host (Anna), @guest (Ben).\nAnna: Did you eat?\nBen: No. Maybe.\nSoft piano.", [("host", "Did you eat?"), ("guest", "No. Maybe.")]),
        ("@host @guest\nHOST: Warum?\nGUEST (leise): Darum.", [("host", "Warum?"), ("guest", "Darum.")]),
        ("@host、@guest。host：你为什么辞职？guest：我想旅行。", [("host", "你为什么辞职？"), ("guest", "我想旅行。")]),
        ("Host: slow pan left. Guest: close-up!", []),
        ("@host and @guest. Host: smiles. Guest: waves.", []),
        ("HOST: So you quit?", []),
    ],
)
def test_a_dialogue_as_in_a_play_needs_no_marks(prompt: str, lines: list[tuple[str, str]]) -> None:
    script = script_of(prompt, "host:image guest:image")
    assert [(line.speaker, line.text) for line in script.lines] == lines


@pytest.mark.parametrize(
    "prompt",
    [
        '@anna tells three facts about @moon: "It has quakes."',
        "@anna erzählt etwas über @moon: „Er bebt.“",
        "@anna habla sobre @moon: «Tiembla.»",
        "@anna讲述关于@moon：“它会震动。”",
    ],
)
def test_what_is_spoken_of_does_not_speak(prompt: str) -> None:
    assert [line.speaker for line in script_of(prompt, "anna:image moon:image").lines] == ["anna"]


@pytest.mark.parametrize(
    "prompt", ['End with @anna and phone number "555-0134".', "Am Ende @anna und der Preis „9,99 €“.", "最后出现@anna和网址“phono.example”。"]
)
def test_numbers_prices_and_addresses_are_seen(prompt: str) -> None:
    script = script_of(prompt, "anna:image")
    assert len(script.titles) == 1 and not script.lines


def test_a_picture_named_in_brackets_does_not_say_the_next_line() -> None:
    script = script_of('@ceo: "We started small." [cut to @garage] "Today we ship." @anna: "Yes."', "ceo:image garage:image anna:image")
    assert [line.speaker for line in script.lines] == ["ceo", "ceo", "anna"]


@pytest.mark.parametrize(
    "prompt", ["@yo digo «Buenas».", "Ich @yo sage: „Hallo.“", "Je dis « Bonjour ». @yo", 'She reads aloud: "Once upon a time." @yo']
)
def test_i_say_and_she_reads_are_speech(prompt: str) -> None:
    script = script_of(prompt, "yo:image")
    assert [line.speaker for line in script.lines] == ["yo"] and not script.titles


@pytest.mark.parametrize(
    ("prompt", "seconds"),
    [
        ("A ten second film of the sea.", 10),
        ("Ein zehnsekündiger Film vom Meer.", 10),
        ("Un vídeo de doce segundos: el mar.", 12),
        ("Un film de dix secondes : la mer.", 10),
        ("十秒的短片：大海。", 10),
        ("十二秒的短片：大海。", 12),
        ("二十秒的短片：大海。", 0),
        ("Ten seconds later the sea is calm.", 0),
    ],
)
def test_a_length_in_words_is_read(prompt: str, seconds: int) -> None:
    assert script_of(prompt, "").seconds == seconds


@pytest.mark.parametrize(
    ("prompt", "line"),
    [
        ("The sea. Narrator: Some lights never go out! Slow push in.", "Some lights never go out!"),
        ("Voice-over (male, calm): The mountains are calling. Fog.", "The mountains are calling."),
        ("Sprecher: Die Berge rufen uns. Nebel.", "Die Berge rufen uns."),
        ("El mar. Narrador: El mar nunca duerme. Olas.", "El mar nunca duerme."),
        ("La mer. Voix off : La mer ne dort jamais. Des vagues.", "La mer ne dort jamais."),
        ("雪山。旁白：山在呼唤我们。镜头慢慢推近。", "山在呼唤我们。"),
        ("夜の海。ナレーション：むかしむかし、海がありました。", "むかしむかし、海がありました。"),
        ("바다. 내레이션: 바다는 잠들지 않는다. 파도.", "바다는 잠들지 않는다."),
        ("Narrator: deep male voice. The sea at night.", ""),
        ("The sea. Voiceover: none. Calm music.", ""),
        ("旁白：低沉的男声。大海。", ""),
    ],
)
def test_a_narrators_words_need_no_marks(prompt: str, line: str) -> None:
    script = script_of(prompt, "")
    assert [one.text for one in script.lines] == ([line] if line else []) and all(one.narration for one in script.lines)


def test_words_in_corner_marks_right_behind_somebody_are_theirs() -> None:
    script = script_of("@anna「おはよう」@ben「元気？」@anna「うん！」夕方の公園。", "anna:image ben:image")
    assert [line.speaker for line in script.lines] == ["anna", "ben", "anna"]


@pytest.mark.parametrize(
    ("prompt", "speaker"),
    [
        ('@anna says "Hi." Then we see @ben. She says "This is the coast."', "anna"),
        ('@anna says "Hi." @ben walks in. He says "Yo."', "ben"),
        ('@me says "Hi." Show @map. She says "This is the coast."', "me"),
        ("@me sagt „Hallo.“ Zeige dabei @map. Dann sagt sie „Das ist die Küste.“", "me"),
    ],
)
def test_who_has_spoken_goes_on_where_a_pronoun_does(prompt: str, speaker: str) -> None:
    script = script_of(prompt, "anna:image ben:image me:image map:image")
    assert script.lines[1].speaker == speaker


@pytest.mark.parametrize(
    ("prompt", "remarked"),
    [
        ('"This is the best day ever" over the image of @anna.', True),
        ('{"subject": "@anna", "camera move": "a slow push in"}', False),
        ('The word "red" and a "very old" look around @anna.', False),
        ('@anna says "It is the best day ever."', False),
        ('Show @anna when the voice says "the best day of all". A voice says "It was the best day of all."', False),
    ],
)
def test_quoted_words_that_come_to_nothing_are_remarked_on(prompt: str, remarked: bool) -> None:
    assert any("neither spoken nor shown" in r.text for r in script_of(prompt, "anna:image").remarks) == remarked
