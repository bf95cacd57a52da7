/** The steps of making a film, which the server tells in English. */
import { language } from ".";

const CHINESE: [RegExp, string][] = [
  [/^film(?:ing)?$/, "拍摄"],
  [/^planning the shots$/, "编排镜头"],
  [/^mixing the sound$/, "混音"],
  [/^listening to the voices$/, "聆听人声"],
  [/^looking at (.+)$/, "查看 $1"],
  [/^reading (.+)$/, "读取 $1"],
  [/^faces of (.+)$/, "查看 $1 中的人脸"],
  [/^matte of (.+)$/, "抠出 $1 的主体"],
  [/^plate of (.+)$/, "补全 $1 的背景"],
  [/^motion of (.+)$/, "分析 $1 的运动"],
  [/^sound of (.+)$/, "分析 $1 的声音"],
];

export function stepText(step: string): string {
  if (language.value === "zh") {
    for (const [pattern, text] of CHINESE) {
      if (pattern.test(step)) return step.replace(pattern, text);
    }
  }
  if (step === "film") return "Filming";
  return step.charAt(0).toUpperCase() + step.slice(1);
}
