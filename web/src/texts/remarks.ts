/** What the server remarks, which it says in English: the most usual of it in Chinese. */
import { language, word } from ".";

const role = (name: string): string => word("role", name.replaceAll(" ", "_"));

const CHINESE: [RegExp, (...parts: string[]) => string][] = [
  [/^Not understood: “(.+)”$/s, (words) => `没有读懂：“${words}”`],
  [/^@(\S+) \(character \d+\) names no reference\..*$/s, (tag) => `没有名为 @${tag} 的文件。`],
  [/^@(\S+) is not mentioned; it is used as (.+), from its (name|kind of file)\.$/, (tag, as, why) =>
    `提示词没有提到 @${tag}，按${why === "name" ? "名字" : "文件类型"}用作${role(as)}。`],
  [/^@(\S+) is read as (.+), which the engine (\S+) cannot use yet\.$/, (tag, as, engine) => `@${tag} 读作${role(as)}，引擎 ${engine} 还不能使用。`],
  [/^(\S+) is small: enlarged ([\d.]+) times, so fine detail is estimated\.$/, (file, times) => `${file} 较小，放大了 ${times} 倍，细节为推算所得。`],
  [/^(\S+): no human face found; its subject is filmed as a thing\.$/, (file) => `${file} 里没有找到人脸，主体按物品拍摄。`],
  [/^(\S+): no human face found, so no mouth can be drawn\.$/, (file) => `${file} 里没有找到人脸，因此无法画出口型。`],
  [/^(\S+): no human face found, and its subject fills the picture, so it is filmed whole\.$/, (file) => `${file} 里没有找到人脸，主体占满画面，因此整幅拍摄。`],
  [/^There is no sound for '(.+)' yet\.$/, (sound) => `还没有“${sound}”的声音。`],
];

export function remarkText(text: string): string {
  if (language.value !== "zh") return text;
  for (const [pattern, say] of CHINESE) {
    const found = pattern.exec(text);
    if (found) return say(...found.slice(1));
  }
  return text;
}
