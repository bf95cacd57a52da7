import { render } from "preact";
import { App } from "./app";
import { keepDraft } from "./state/draft";
import { keepWatching } from "./state/films";
import { dress } from "./state/look";
import { loadOptions } from "./state/options";
import { keepReading } from "./state/reading";
import "./style/index.css";

dress();
keepDraft();
keepReading();
keepWatching();
void loadOptions();
render(<App />, document.getElementById("studio")!);
