import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, type BuildOptions } from 'esbuild';

const root = join(import.meta.dirname, '..');
const out = join(root, 'server/dist');

const shared: BuildOptions = { bundle: true, sourcemap: true, format: 'esm', logLevel: 'warning' };
/** Packages stay in node_modules: native code and WebAssembly find their files there. */
const forNode: BuildOptions = { ...shared, platform: 'node', target: 'node20', packages: 'external' };
const forBrowser: BuildOptions = {
  ...shared,
  platform: 'browser',
  target: 'es2022',
  minify: true,
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
};

const targets: { entry: string; outfile: string; options: BuildOptions }[] = [
  { entry: 'server/src/main.ts', outfile: 'main.js', options: forNode },
  { entry: 'server/src/adapters/onnx/engineProcess.ts', outfile: 'engineProcess.js', options: forNode },
  {
    entry: 'server/src/adapters/demoStudy/demoStudyWorker.ts',
    outfile: 'demoStudyWorker.js',
    options: forNode,
  },
  { entry: 'server/src/adapters/dicom/decodeWorker.ts', outfile: 'decodeWorker.js', options: forNode },
  { entry: 'server/src/adapters/picture/pictureWorker.ts', outfile: 'pictureWorker.js', options: forNode },
  { entry: 'extension/src/index.ts', outfile: 'plugins/tomoclick/extension.js', options: forBrowser },
  { entry: 'mode/src/index.ts', outfile: 'plugins/tomoclick/mode.js', options: forBrowser },
];

const startedMs = performance.now();
const present = targets.filter(target => existsSync(join(root, target.entry)));
const missing = targets.filter(target => !present.includes(target));
for (const target of missing) console.log(`build: ${target.entry} does not exist yet, left out`);
await Promise.all(
  present.map(({ entry, outfile, options }) =>
    build({ ...options, entryPoints: [join(root, entry)], outfile: join(out, outfile) }),
  ),
);
const names = present.map(target => target.outfile).join(', ');
console.log(`build: ${names} → ${relative(root, out)}/ in ${Math.round(performance.now() - startedMs)} ms`);
