// OpenRouter's SDK for Node.
import { OpenRouter } from '@openrouter/sdk';
import { caught, data, fetched, given, keep, poll, tell } from './common.mjs';

const client = (apiKey) => new OpenRouter({ apiKey, serverURL: `${given.url}/api/v1`, retryConfig: { strategy: 'none' } });
const videos = client(given.key).videoGeneration;
const going = ['pending', 'in_progress'];
const asked = { model: given.model, resolution: '480p', aspectRatio: '16:9', duration: 4 };
const create = (request) => videos.generate({ videoGenerationRequest: { ...asked, ...request } });
const finished = async (made) => poll(() => videos.getGeneration({ jobId: made.id }), going);

const made = await create({ prompt: 'A quiet sea at dusk.' });
const words = await finished(made);
const references = await finished(
  await create({
    prompt: 'Image 1 turns as in Video 1, to the music of Audio 1.',
    inputReferences: [
      { type: 'image_url', imageUrl: { url: data('image') } },
      { type: 'video_url', videoUrl: { url: data('clip') } },
      { type: 'audio_url', audioUrl: { url: data('sound') } },
    ],
  }),
);
const content = await videos.getVideoContent({ jobId: words.id, index: 0 });
const narrow = client(given.narrow).videoGeneration;
await narrow.listVideosModels();
tell({
  films: {
    content: keep('content.mp4', Buffer.from(await new Response(content).arrayBuffer())),
    words: await fetched('words.mp4', words.unsignedUrls[0]),
    references: await fetched('references.mp4', references.unsignedUrls[0]),
  },
  created: [made.status, made.pollingUrl],
  statuses: [words.status, references.status],
  models: (await videos.listVideosModels()).data.map((model) => model.id),
  errors: {
    401: await caught(() => client(given.wrong).videoGeneration.getGeneration({ jobId: words.id })),
    400: await caught(() => create({ prompt: 'A sea.', aspectRatio: '7:3' })),
    404: await caught(() => videos.getGeneration({ jobId: 'gen-vid-none' })),
    429: await caught(() => narrow.generate({ videoGenerationRequest: { ...asked, prompt: 'A sea.' } })),
  },
});
