import { FakeArchive, multipartOf, MULTIPART_TYPE } from '../fixtures/fakeArchive.ts';
import { seriesFiles } from '../fixtures/seriesFiles.ts';
import { BENCH_SERIES } from './retrieval.ts';

/** An archive in a process of its own that holds one series; says its address to its parent. */
const body = multipartOf(seriesFiles(BENCH_SERIES));
const archive = await FakeArchive.start((_, response) => {
  response.setHeader('Content-Type', MULTIPART_TYPE);
  response.end(body);
});
process.send?.(archive.url);
