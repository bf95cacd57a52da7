/** What each example is about, drawn as a frame of a strip. */
import type { JSX } from "preact";

const LINES: Record<string, string> = {
  ecommerce: "M50 62V36q0-5 5-5h2V22h12v9h2q5 0 5 5v26zM50 44h26M88 62V46h22v16zM110 50h5q4 0 4 4t-4 4h-5M94 41q2-3 0-6M102 41q2-3 0-6",
  music_video: "M36 46v-4M44 50V38M52 56V32M60 62V26M68 54V34M76 50V38M84 58V30M92 64V24M100 54V34M108 48V40M116 52V36M124 46v-4",
  social: "M64 16h32q5 0 5 5v46q0 5-5 5H64q-5 0-5-5V21q0-5 5-5zM80 28a8.500 8.500 0 110 17 8.500 8.500 0 010-17zM66 62q3-11 14-11t14 11",
  advertising: "M46 50V38l34-14v40zM46 50l6 16h8l-5-13M90 36q8 8 0 16M98 28q16 16 0 32M120 24l2 5 5 2-5 2-2 5-2-5-5-2 5-2z",
  education: "M42 20h76v38H42zM36 20h88M80 58v12M66 70h28M52 48l12-16 10 12 8-8 16 12M104 30h.01",
};

export function ExampleArt({ id }: { id: string }): JSX.Element {
  return (
    <svg class="example-art" viewBox="0 0 160 88" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">
      <path class="art-holes" d="M0 6h160M0 82h160" />
      <path class="art-track" d="M0 74q6-5 10 0t10 0 10 0 10-4 10 4 10 0 10 3 10-6 10 3 10 0 10 4 10-5 10 1 10 0 10 2 10-2" />
      <path class="art-lines" d={LINES[id] ?? ""} />
    </svg>
  );
}
