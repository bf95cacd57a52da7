// The AI SDK with the providers of ByteDance and OpenRouter (the third argument).
import { createByteDance } from '@ai-sdk/bytedance';
import { createOpenRouter } from '@openrouter/ai-sdk-provider';
import { experimental_generateVideo as generateVideo } from 'ai';
import { bytes, caught, data, given, keep, tell } from './common.mjs';

// its own download refuses addresses of this machine
const download = async ({ url }) => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return { data: new Uint8Array(await answer.arrayBuffer()), mediaType: answer.headers.get('content-type') ?? undefined };
};
const makers = {
  bytedance: (apiKey, model) => createByteDance({ apiKey, baseURL: `${given.url}/api/v3` }).video(model),
  openrouter: (apiKey, model) => createOpenRouter({ apiKey, baseURL: `${given.url}/api/v1` }).videoModel(model, { pollIntervalMs: 300 }),
};
const which = process.argv[3];
const options = {
  bytedance: { pollIntervalMs: 300, watermark: false },
  openrouter: {},
};
const references = {
  bytedance: { referenceImages: [data('image')], referenceVideos: [data('clip')], referenceAudio: [data('sound')] },
  openrouter: {
    input_references: [
      { type: 'image_url', image_url: { url: data('image') } },
      { type: 'video_url', video_url: { url: data('clip') } },
      { type: 'audio_url', audio_url: { url: data('sound') } },
    ],
  },
};

async function film(request, more = {}, apiKey = given.key, model = given.model) {
  const made = await generateVideo({
    model: makers[which](apiKey, model), aspectRatio: '16:9', resolution: '864x496', duration: 4, maxRetries: 0, download,
    providerOptions: { [which]: { ...options[which], ...more } }, ...request,
  });
  return made;
}

const words = await film({ prompt: 'A quiet sea at dusk.', seed: 5 });
const picture = await film({ prompt: { image: new Uint8Array(bytes('image')), text: 'It begins to move.' } });
const several = await film({ prompt: 'Image 1 turns as in Video 1, to the music of Audio 1.' }, references[which]);
tell({
  films: {
    words: keep('words.mp4', words.video.uint8Array),
    picture: keep('picture.mp4', picture.video.uint8Array),
    several: keep('several.mp4', several.video.uint8Array),
  },
  type: words.video.mediaType,
  warnings: words.warnings,
  errors: {
    401: await caught(() => film({ prompt: 'A sea.' }, {}, given.wrong)),
    400: await caught(() => film({ prompt: 'A sea.', aspectRatio: '7:3' })),
    404: await caught(() => film({ prompt: 'A sea.' }, {}, given.key, 'no-such-model')),
  },
});
