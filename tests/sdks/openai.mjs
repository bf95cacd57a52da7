// The OpenAI SDK for Node.
import { createReadStream } from 'node:fs';
import OpenAI, { toFile } from 'openai';
import { bytes, caught, data, given, keep, poll, tell } from './common.mjs';

const client = (apiKey) => new OpenAI({ baseURL: `${given.url}/v1`, apiKey, maxRetries: 0 });
const videos = client(given.key).videos;
const going = ['queued', 'in_progress'];
const asked = { model: given.model, seconds: '4', size: '864x496' };
const finished = async (made) => poll(() => videos.retrieve((made).id), going);
const content = async (video, name, query) => keep(name, Buffer.from(await (await videos.downloadContent(video.id, query)).arrayBuffer()));

const words = await finished(await videos.create({ prompt: 'A quiet sea at dusk.', ...asked }));
const picture = await finished(await videos.create({ prompt: 'It begins to move.', ...asked, input_reference: createReadStream(given.media.image) }));
const several = await finished(
  await videos.create({
    prompt: 'Image 1 turns as in Video 1, to the music of Audio 1.',
    ...asked,
    input_reference: [await toFile(bytes('image'), 'image.png'), await toFile(bytes('clip'), 'clip.mp4'), await toFile(bytes('sound'), 'sound.wav')],
  }),
);
const extended = await finished(
  await videos.create({
    prompt: 'Image 1 looks up.', ...asked, image_reference: JSON.stringify({ image_url: data('image') }), seed: 9, generate_sound: true,
  }),
);
const remix = await finished(await videos.remix(words.id, { prompt: 'At night.' }));
const listed = [];
for await (const video of videos.list({ limit: 2, order: 'asc' })) listed.push(video.id);
const deleted = await videos.delete(remix.id);
const narrow = client(given.narrow);
await narrow.models.list();
tell({
  films: {
    words: await content(words, 'words.mp4'),
    picture: await content(picture, 'picture.mp4'),
    several: await content(several, 'several.mp4'),
    extended: await content(extended, 'extended.mp4'),
  },
  thumbnail: await content(words, 'words.jpg', { variant: 'thumbnail' }),
  statuses: [words, picture, several, extended, remix].map((video) => video.status),
  listed: JSON.stringify(listed) === JSON.stringify([words, picture, several, extended, remix].map((video) => video.id)),
  deleted: deleted.deleted,
  errors: {
    401: await caught(() => client(given.wrong).videos.retrieve(words.id)),
    400: await caught(() => videos.create({ prompt: 'A sea.', ...asked, seconds: '4.5' })),
    404: await caught(() => videos.retrieve('video_none')),
    429: await caught(() => narrow.models.list()),
  },
});
